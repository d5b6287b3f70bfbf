import type { Schemas } from '@bizq/client'
import type { Consent, PersonalFields } from '@bizq/sdk/contract'
import { answer, once, type Answer, type Api } from '@bizq/app-kit/transport.ts'

export type Subscription = Schemas['Subscription']
export type Grant = Omit<Schemas['Grant'], 'consent'> & { consent: Consent }
export type Disclosure = Schemas['Disclosure']
export type PersonalConsent = Schemas['PersonalConsent']
type State = Schemas['SubscriptionState']
type Settings = Schemas['NewSubscription']['settings']

interface Agreed {
  preview: string
  settings: Record<string, unknown>
  personal: PersonalFields
}

const at = (subscription: string) => ({ params: { path: { subscription } } })

export const listSubscriptions = (
  { client }: Api,
  query: { business?: string; service?: string; state?: State; cursor?: string; limit?: number } = {},
) => answer(client.GET('/subscriptions', { params: { query } }))
export const createSubscription = ({ client }: Api, body: Agreed, key?: string) =>
  answer(
    client.POST('/subscriptions', { body: { ...body, settings: body.settings as Settings }, ...once(key) }),
  )
export const getSubscription = ({ client }: Api, id: string) =>
  answer(client.GET('/subscriptions/{subscription}', at(id)))
export const changeSubscription = (
  { client }: Api,
  id: string,
  body: { settings: Record<string, unknown> },
) =>
  answer(client.PATCH('/subscriptions/{subscription}', { ...at(id), body: body as { settings: Settings } }))
export const pauseSubscription = ({ client }: Api, id: string, key?: string) =>
  answer(client.POST('/subscriptions/{subscription}/pause', { ...at(id), ...once(key) }))
export const resumeSubscription = ({ client }: Api, id: string, key?: string) =>
  answer(client.POST('/subscriptions/{subscription}/resume', { ...at(id), ...once(key) }))
export const consentToRelease = ({ client }: Api, id: string, body: Agreed, key?: string) =>
  answer(
    client.POST('/subscriptions/{subscription}/consent', {
      ...at(id),
      body: { ...body, settings: body.settings as Settings },
      ...once(key),
    }),
  )
export const cancelSubscription = (
  { client }: Api,
  id: string,
  reason: Schemas['Cancellation']['reason'],
  key?: string,
) =>
  answer(
    client.POST('/subscriptions/{subscription}/cancellation', {
      ...at(id),
      body: reason ? { reason } : {},
      ...once(key),
    }),
  )
/** What of personal data is asked for, and what was agreed to. */
export const getPersonalConsent = ({ client }: Api, id: string) =>
  answer(client.GET('/subscriptions/{subscription}/personal', at(id)))
/** Takes the consent to these personal fields back; to all, where none is named. */
export const withdrawPersonal = ({ client }: Api, id: string, personal: PersonalFields, key?: string) =>
  answer(
    client.POST('/subscriptions/{subscription}/personal/withdrawal', {
      ...at(id),
      body: Object.keys(personal).length > 0 ? { personal } : {},
      ...once(key),
    }),
  )
/** What left for the provider: every read of a live execution. */
export const listDisclosures = ({ client }: Api, id: string, query: { cursor?: string; limit?: number }) =>
  answer(
    client.GET('/subscriptions/{subscription}/disclosures', {
      params: { path: { subscription: id }, query },
    }),
  )
/** The grants of a subscription; the API document leaves the shape of their consent to the contract. */
export const listGrants = ({ client }: Api, id: string) =>
  answer(client.GET('/subscriptions/{subscription}/grants', at(id))) as Promise<Answer<{ items: Grant[] }>>
