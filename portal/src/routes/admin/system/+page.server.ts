import { API_URL } from '$app/env/private'
import type { PageServerLoad } from './$types'

const isWell = async (address: string): Promise<boolean> => {
  try {
    return (await fetch(address, { signal: AbortSignal.timeout(3_000) })).ok
  } catch {
    return false
  }
}

export const load: PageServerLoad = async ({ locals, url }) => {
  await locals.api('platform')
  const base = API_URL || url.origin
  const [isAlive, isReady] = await Promise.all([isWell(`${base}/healthz`), isWell(`${base}/readyz`)])
  return { isAlive, isReady }
}
