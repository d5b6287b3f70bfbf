import type { TestProject } from 'vitest/node'
import { connect, openTemplateServer } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** One throwaway Postgres for the run, with a migrated template that every test file clones. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await openTemplateServer()
  try {
    await forceGenericPlans(url)
  } catch (error) {
    await stop()
    throw error
  }
  provide('postgresUrl', url)
  return stop
}

/** A kept plan is general from the sixth time on: a statement that only works for given values fails here at once. */
async function forceGenericPlans(url: string): Promise<void> {
  const admin = await connect(url)
  for (const role of ['app', 'directory', 'auth', 'sealer'])
    await admin.query(`alter role bizq_${role} set plan_cache_mode to force_generic_plan`)
  await admin.end()
}
