import { z } from '@hono/zod-openapi'
import {
  Consent as ContractConsent,
  PersonalFields as ContractPersonalFields,
  DatasetName,
  EndingReason,
  FieldKind,
  idPrefixes,
  idSchema,
  Mask,
  statesOf,
} from '@bizq/sdk/contract'
import { PageQuery } from '../../http/pagination.ts'
import { BusinessId } from '../businesses/index.ts'
import { Price } from '../catalogue/index.ts'
import { ReleaseId, ReleaseState, ServiceId, ServiceRef } from '../releases/index.ts'

export const SubscriptionId = idSchema(idPrefixes.subscription)
export const GrantId = idSchema(idPrefixes.grant)
const PreviewId = idSchema(idPrefixes.preview)
export type PriceValue = z.infer<typeof Price>

// A copy, since only schemas made after the extension can be described.
const Consent = ContractConsent.clone().openapi('Consent', {
  type: 'object',
  properties: {
    fields: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
      description: 'The fields of each dataset that may be read.',
    },
    money: { type: 'string', enum: ['exact', 'scaled'] },
    history: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: String.raw`^\d+d$` },
      description: 'The window of each dataset that has a time field, such as `180d`.',
    },
    personal: {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
      description:
        'The personal fields, by dataset, that leave as they are: named one by one. Whatever is not named is withheld.',
    },
  },
  required: ['fields', 'money', 'history'],
})

const SubscriptionState = z.enum(statesOf('subscription')).openapi('SubscriptionState')
const Settings = z.record(z.string(), z.json()).openapi({ type: 'object' })

export const NewPreview = z
  .object({
    business: BusinessId,
    release: ReleaseId.optional().openapi({ description: 'The newest that is published, if left out.' }),
    consent: Consent.optional().openapi({
      description:
        'Everything the release asks for but personal fields, if left out. Optional datasets and days of history may be left out or cut; fields that a dataset is useless without may not.',
    }),
  })
  .openapi('NewPreview')

const PersonalFields = ContractPersonalFields.clone().openapi('PersonalFields', {
  type: 'object',
  additionalProperties: { type: 'array', items: { type: 'string' }, minItems: 1 },
})

const AskedPersonalField = z
  .object({
    dataset: DatasetName,
    field: z.string(),
    description: z.string(),
    purpose: z.string().openapi({ description: 'In the provider’s words.' }),
    isOptional: z.boolean().openapi({ description: 'The service can do without it.' }),
    isGranted: z.boolean(),
  })
  .openapi('AskedPersonalField')

const PreviewRow = z.object({
  original: z.record(z.string(), z.json()).openapi({ type: 'object' }),
  seen: z.record(z.string(), z.json()).openapi({ type: 'object' }),
})

export const PreviewDataset = z
  .object({
    dataset: DatasetName,
    purpose: z.string(),
    history: z.string().nullable(),
    isOptional: z.boolean(),
    isFenced: z.boolean(),
    fields: z.array(z.object({ name: z.string(), kind: FieldKind, mask: Mask, description: z.string() })),
    rows: z.array(PreviewRow).openapi({ description: 'The newest of the window, oldest first.' }),
  })
  .openapi('PreviewDataset')

export const Preview = z
  .object({
    id: PreviewId,
    grant: GrantId,
    expiresAt: z.iso.datetime(),
    business: BusinessId,
    service: ServiceId,
    release: ReleaseId,
    version: z.string(),
    consent: Consent,
    price: Price,
    money: z.object({ mode: z.enum(['exact', 'scaled']), reason: z.string().nullable(), note: z.string() }),
    personal: z.array(AskedPersonalField).openapi({
      description: 'Personal fields that the release asks for, and which of them this consent names.',
    }),
    inWords: z.array(z.string()),
    settings: z
      .record(z.string(), z.json())
      .nullable()
      .openapi({ type: ['object', 'null'] }),
    subscription: SubscriptionId.nullable().openapi({
      description: 'The standing subscription that this consent would be for, with its own key.',
    }),
    datasets: z.array(PreviewDataset),
  })
  .openapi('Preview')

const Named = PersonalFields.optional().openapi({
  description:
    'Your consent to personal data, which a preview does not give: its personal fields, named once more. An owner gives it, signed in as themselves.',
})

export const PersonalWithdrawal = z
  .object({
    personal: PersonalFields.optional().openapi({ description: 'All that were agreed to, if left out.' }),
  })
  .openapi('PersonalWithdrawal')

export const PersonalConsent = z
  .object({
    fields: z.array(AskedPersonalField),
    givenBy: idSchema(idPrefixes.user).nullable(),
    givenAt: z.iso.datetime().nullable(),
    withdrawnAt: z.iso
      .datetime()
      .nullable()
      .openapi({ description: 'When some of it, or all, was last taken back.' }),
  })
  .openapi('PersonalConsent')

export const NewSubscription = z
  .object({ preview: PreviewId, settings: Settings.default({}), personal: Named })
  .openapi('NewSubscription')

export const ConsentToRelease = z
  .object({ preview: PreviewId, settings: Settings.optional(), personal: Named })
  .openapi('ConsentToRelease')

export const SubscriptionChange = z
  .object({
    settings: Settings.optional(),
    readAllowanceRows: z.int().min(1).max(100_000_000).nullable().optional().openapi({
      description: 'Rows that may be read in 24 hours; null is five windows.',
    }),
  })
  .openapi('SubscriptionChange')

export const Cancellation = z
  .object({
    reason: z
      .object({
        code: EndingReason,
        text: z.string().trim().min(1).max(500).optional().openapi({
          description: 'In your words. Its provider may read them once names are taken out of them.',
        }),
      })
      .optional(),
  })
  .openapi('Cancellation')

export const Subscription = z
  .object({
    id: SubscriptionId,
    business: BusinessId,
    service: z.object({ id: ServiceId, service: z.string(), name: z.string(), publisher: z.string() }),
    release: ReleaseId,
    version: z.string(),
    grant: GrantId,
    state: SubscriptionState,
    settings: Settings,
    price: Price,
    runs: z.object({ schedule: z.string().nullable(), on: z.array(z.string()) }),
    readAllowanceRows: z.int().nullable(),
    waiting: z
      .object({
        release: ReleaseId,
        version: z.string(),
        reasons: z.array(z.string()),
        since: z.iso.datetime(),
      })
      .nullable()
      .openapi({
        description: 'A release that waits for consent, and what it asks for beyond what was agreed to.',
      }),
    releaseState: ReleaseState,
    endsAt: z.iso.datetime().nullable().openapi({
      description:
        'When its deprecated release stops, and the subscription with it unless it moves on before.',
    }),
    notice: z
      .string()
      .nullable()
      .openapi({ description: 'What the provider says of the state of its release.' }),
    returned: z
      .object({ version: z.string(), at: z.iso.datetime(), reason: z.string() })
      .nullable()
      .openapi({ description: 'A release that it was taken to and came back from, and why.' }),
    endedBecause: z
      .string()
      .nullable()
      .openapi({ description: 'Why the platform cancelled it, when nobody of yours did.' }),
    trialEndsAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    pausedAt: z.iso.datetime().nullable(),
    cancelledAt: z.iso.datetime().nullable(),
  })
  .openapi('Subscription')

export const SubscriptionQuery = PageQuery.extend({
  business: BusinessId.optional(),
  service: ServiceId.optional(),
  state: SubscriptionState.optional().openapi({ description: 'All that are not cancelled, if left out.' }),
})
export type SubscriptionQuery = z.infer<typeof SubscriptionQuery>

export const Grant = z
  .object({
    id: GrantId,
    release: ReleaseId,
    version: z.string(),
    state: z.enum(['draft', 'active', 'ended']),
    consent: Consent,
    price: Price,
    activatedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    personalGivenBy: idSchema(idPrefixes.user).nullable(),
    personalGivenAt: z.iso.datetime().nullable(),
  })
  .openapi('Grant')

export const Disclosure = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    execution: idSchema(idPrefixes.execution).nullable(),
    grant: GrantId,
    release: ReleaseId,
    version: z.string(),
    rows: z.int(),
    bytes: z.int(),
    datasets: z.array(
      z.object({
        dataset: DatasetName,
        fields: z.array(z.string()),
        personal: z.array(z.string()).openapi({ description: 'Those of the fields that are personal.' }),
        from: z.string().nullable(),
        rows: z.int(),
        bytes: z.int(),
      }),
    ),
  })
  .openapi('Disclosure')

export const Fence = z.object({ dataset: DatasetName, isFenced: z.boolean() }).openapi('Fence')

export const previewParams = z.object({ service: ServiceRef })
