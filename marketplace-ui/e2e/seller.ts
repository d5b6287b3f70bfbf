import { enter, type Api } from './api.ts'
import { newDeveloper } from './developer.ts'
import { newPerson } from './operator.ts'

/** A provider with services in the catalogue. */
export interface Seller {
  api: Api
  organisation: string
  name: string
  services: string[]
}

interface Release {
  id: string
  state: string
}

/** Makes one through the API, with a service at each of these prices in whole dollars a month. */
export async function newSeller(
  url: string,
  { name, prices, certifier }: { name: string; prices: readonly number[]; certifier: Api },
): Promise<Seller> {
  const api = await enter(url, 'sign-up', newPerson('Ravi Sands'))
  const { id: organisation } = await api.post<{ id: string }>('/organisations', { name, kind: 'provider' })
  const token = { name: 'Publishing', scopes: ['releases:write'], role: 'manager' }
  const { secret } = await api.post<{ secret: string }>('/tokens', token)
  const slug = name.toLowerCase().replaceAll(' ', '-')
  const services: string[] = []
  for (const price of prices) services.push(await sell(url, { slug, price, certifier, secret }))
  return { api, organisation, name, services }
}

async function sell(
  url: string,
  { slug, price, certifier, secret }: { slug: string; price: number; certifier: Api; secret: string },
): Promise<string> {
  const service = `${slug}-${price}`
  const developer = await newDeveloper(url, service, 'sandboxed', secret)
  try {
    await developer.edit('src/index.ts', 'monthly: usd(5)', `monthly: usd(${price})`)
    const { last } = await developer.bizq(['publish', '--skip-certify'])
    if (last['state'] !== 'submitted') throw new Error(`${service}: ${JSON.stringify(last)}`)
    await approve(certifier, (last as unknown as Release).id)
    return service
  } finally {
    await developer.leave()
  }
}

/** Approves a release that waits, by the API as a certifier may. */
async function approve(certifier: Api, release: string): Promise<void> {
  const path = `/certifier/submissions/${release}`
  const { report, checklist } = await certifier.get<{ report: { id: string }; checklist: { id: string }[] }>(
    path,
  )
  await certifier.put(`${path}/checklist`, Object.fromEntries(checklist.map(({ id }) => [id, 'yes'])))
  const words = 'It reminds of what is late and of nothing else; its words are fit to be sent.'
  await certifier.post(`${path}/decision`, { decision: 'approve', report: report.id, words })
}
