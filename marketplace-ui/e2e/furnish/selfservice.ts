import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api } from '../api.ts'

const picture = join(import.meta.dirname, '../../static/screenshot.png')

interface Named {
  id: string
}

/** A public key that nobody has the private half of. */
const publicKey = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

/** What a provider made for itself: a client, an endpoint that was tried, a person to come, and a listing with more to publish. */
export async function furnishSelfservice(provider: Api) {
  const service = 'cash-flow-optimizer'
  const { name } = await provider.get<{ name: string }>('/provider/profile')
  await provider.put('/provider/profile', { name, country: 'GB', support: 'help@tidewater.example' })
  const jwks = { keys: [publicKey] }
  const client = await provider.post<Named>('/provider/clients', {
    kind: 'service',
    name: 'Ledger server',
    jwks,
  })
  const endpoint = await provider.post<Named>('/webhook-endpoints', {
    url: 'https://hooks.tidewater.example/bizq',
    events: ['release.published', 'listing.published'],
  })
  const delivery = await provider.post<Named>(`/webhook-endpoints/${endpoint.id}/try`)
  await provider.post('/invitations', { email: 'ines@tidewater.example', role: 'manager' })
  await provider.post('/tokens', {
    name: 'Continuous integration',
    scopes: ['releases:write'],
    role: 'manager',
  })
  await writeListing(provider, service)
  return { selfservice: { service, client: client.id, endpoint: endpoint.id, delivery: delivery.id } }
}

async function writeListing(provider: Api, service: string): Promise<void> {
  const listing = `/provider/services/${service}/listing`
  const image = (await readFile(picture)).toString('base64')
  const shot = await provider.post<Named>(`${listing}/images`, { image })
  const content = {
    description:
      '## What it does\n\nIt looks **thirteen weeks** ahead and moves what can wait:\n\n- bills that may be paid later\n- invoices worth a reminder now\n\nRead [how it decides](https://tidewater.example/how).',
    screenshots: [{ image: shot.id, alt: 'The queue of decisions with three bills to move' }],
    support: 'help@tidewater.example',
    links: [{ label: 'Documentation', url: 'https://tidewater.example/docs' }],
    questions: [{ question: 'Does it see who my customers are?', answer: 'No. It sees pseudonyms.' }],
  }
  const save = (text: string) =>
    provider.put<{ draft: { version: number } }>(`${listing}/draft`, {
      content: { ...content, description: text },
    })
  const { draft } = await save(content.description)
  await provider.post(`${listing}/publication`, { version: draft.version })
  await save(`${content.description}\n\nNew: it tells what each move is worth.`)
}

/** The report of this month, in the platform's words. */
export async function furnishReport(owner: Api, subscription: string): Promise<void> {
  await owner.post(`/subscriptions/${subscription}/reports`, { month: new Date().toISOString().slice(0, 7) })
}
