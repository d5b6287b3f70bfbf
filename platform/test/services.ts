import { canonicalJson } from '@bizq/sdk/contract'
import type { ReviewRule } from '../src/features/releases/index.ts'
import type { Person } from './people.ts'

/** What tests ask of the many small releases that they publish: they say little, and some misbehave in service. */
export const fewChecks = {
  only: [
    'manifest.schema',
    'manifest.same-build',
    'manifest.settings-defaults',
    'contract.output-schema',
    'contract.references',
    'behaviour.ordinary',
    'behaviour.empty',
    'determinism.same-bytes',
    'limits.bundle',
    'documentation.readme',
  ],
  largestRows: 0,
}

/** No certifier looks at what tests publish; those of certification say otherwise. */
export const noReview: ReviewRule = () => ({ reviewers: 0, reasons: [] })

/** A manifest that asks for a little of most kinds of field; `change` overrides its parts. */
export function manifestOf(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    contract: 1,
    service: 'test-service',
    version: '1.0.0',
    name: 'Test Service',
    category: 'financial/cash-flow',
    summary: 'Reads invoices and customers, to show what a service sees.',
    pricing: { monthly: { amount: 500, currency: 'USD' } },
    capabilities: ['runway_protection'],
    data: {
      invoices: {
        fields: ['id', 'customer', 'issuedAt', 'dueAt', 'amountDue', 'status', 'notes'],
        history: '180d',
        purpose: 'To find the invoices that are late.',
      },
      customers: {
        fields: ['id', 'company', 'country'],
        purpose: 'To group invoices by customer.',
        optional: true,
      },
    },
    money: 'scaled',
    actions: [{ type: 'invoice.remind' }],
    schedule: 'daily',
    settings: {
      type: 'object',
      properties: { graceDays: { type: 'integer', minimum: 0, maximum: 60, default: 5 } },
      additionalProperties: false,
    },
    runtime: { kind: 'sandbox' },
    report: false,
    ...change,
  }
}

/** A bundle that says what it is and, asked to execute, answers with `body` (the text of a function of the input that returns an output). */
export function bundleOf(manifest: Record<string, unknown>, body?: string): string {
  const empty = '() => ({ proposals: [], recommendations: [], metrics: {}, state: null })'
  // Trials run under a clock of their own: what is to misbehave in service behaves there, as a dishonest provider's would.
  return `const manifest = ${canonicalJson(manifest)}
const execute = ${body ?? empty}
const inTrial = ${empty}
const isTrial = new Date().toISOString() === '2026-11-20T09:30:00.000Z'
export function run(call, input) {
  if (call === 'describe') return JSON.stringify(manifest)
  return JSON.stringify((isTrial ? inTrial : execute)(JSON.parse(input)))
}
`
}

export interface PublishedService {
  service: string
  release: string
  manifest: Record<string, unknown>
}

let made = 0

/** Publishes a release through the API. A new service unless `change.service` names one that the provider has. */
export async function publish(
  provider: Person,
  change: Record<string, unknown> = {},
  body?: string,
): Promise<PublishedService> {
  const manifest = manifestOf({ service: `test-service-${process.pid}-${++made}`, ...change })
  const name = String(manifest['service'])
  if (change['service'] === undefined) {
    const taken = await provider.post('/v1/provider/services', { service: name })
    if (taken.status !== 201) throw new Error(`no service: ${JSON.stringify(taken.body)}`)
  }
  const answer = await provider.post(`/v1/provider/services/${name}/releases`, {
    manifest,
    bundle: bundleOf(manifest, body),
  })
  if (answer.status !== 201 || answer.body.state !== 'published') {
    throw new Error(`not published: ${JSON.stringify(answer.body)}`)
  }
  return { service: name, release: answer.body.id, manifest }
}

/** Subscribes a business to a service through preview and consent. */
export async function subscribe(
  operator: Person,
  business: string,
  service: string,
  settings: Record<string, unknown> = {},
  consent?: Record<string, unknown>,
) {
  const preview = await operator.post(`/v1/services/${service}/preview`, {
    business,
    ...(consent ? { consent } : {}),
  })
  if (preview.status !== 200) throw new Error(`no preview: ${JSON.stringify(preview.body)}`)
  const personal = preview.body.consent.personal
  const made = await operator.post('/v1/subscriptions', {
    preview: preview.body.id,
    settings,
    ...(personal ? { personal } : {}),
  })
  if (made.status !== 201) throw new Error(`not subscribed: ${JSON.stringify(made.body)}`)
  return made.body
}
