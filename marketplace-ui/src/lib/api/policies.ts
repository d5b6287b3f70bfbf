import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Policy = Schemas['Policy']
export type PolicyChange = Schemas['PolicyChange']
export type PolicyBody = Schemas['PolicyBody']
export type BaseSettings = Schemas['BasePolicySettings']
export type Conditions = Schemas['PolicyConditions']
export type Outcome = Schemas['PolicyOutcome']

/** From the most lenient to the strictest. */
export const outcomes = [
  'apply',
  'apply-and-tell',
  'ask',
  'ask-two',
  'block',
] as const satisfies readonly Outcome[]

const at = (policy: string) => ({ params: { path: { policy } } })

export const listPolicies = ({ client }: Api) => answer(client.GET('/policies'))
export const putPolicy = ({ client }: Api, id: string, body: PolicyChange) =>
  answer(client.PUT('/policies/{policy}', { ...at(id), body }))
export const deletePolicy = ({ client }: Api, id: string) =>
  answer(client.DELETE('/policies/{policy}', at(id)))
export const tryPolicy = ({ client }: Api, id: string, body: PolicyChange, key?: string) =>
  answer(client.POST('/policies/{policy}/try', { ...at(id), body, ...once(key) }))
