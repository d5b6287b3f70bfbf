import { listBusinesses } from '#lib/api/businesses.ts'
import { listServices } from '#lib/api/catalogue.ts'
import { listPolicies } from '#lib/api/policies.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const [policies, services, businesses] = await Promise.all([
    listPolicies(locals.api),
    listServices(locals.api, { limit: 200 }),
    listBusinesses(locals.api, { limit: 200 }),
  ])
  const all = need(policies, url).items
  return {
    base: all.find((policy) => policy.body.kind === 'base') ?? null,
    rules: all.filter((policy) => policy.body.kind === 'rule'),
    names: Object.fromEntries([
      ...(services.data?.items.map((one) => [one.id, one.name]) ?? []),
      ...(businesses.data?.items.map((one) => [one.id, one.name]) ?? []),
    ]) as Record<string, string>,
  }
}
