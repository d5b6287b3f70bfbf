import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { enter, type Api } from './api.ts'
import { importFile, newPerson, subscribe as subscribeTo } from './operator.ts'

/** An operator with businesses that are owed money. */
export interface Office {
  api: Api
  businesses: string[]
  subscriptions: string[]
}

const customers = `id,company,email,country
1,Alder & Finch,books@alderfinch.example,GB
2,Dunmore Stores,accounts@dunmore.example,GB
`

const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10)

const invoices = () => `number,customer.id,issuedAt,dueAt,amount,amountDue,currency,status
INV-1,1,${day(80)},${day(50)},1240.00,1240.00,GBP,open
INV-2,2,${day(70)},${day(40)},310.50,310.50,GBP,open
INV-3,1,${day(60)},${day(30)},95.00,0.00,GBP,paid
INV-4,2,${day(20)},${day(-10)},480.00,480.00,GBP,open
`

const mappingOf = (dataset: string, text: string) => ({
  dataset,
  columns: Object.fromEntries((text.split('\n')[0] ?? '').split(',').map((name) => [name, name])),
  dateOrder: 'ymd',
  decimal: '.',
})

/** Makes one through the API, with its files in a folder. */
export async function openOffice(url: string, folder: string, count = 6): Promise<Office> {
  const api = await enter(url, 'sign-up', newPerson('Nora Hale'))
  await api.post('/organisations', { name: 'Hale Trading', kind: 'operator' })
  const files = await Promise.all(
    Object.entries({ customers, invoices: invoices() }).map(async ([dataset, text]) => {
      const path = join(folder, `${dataset}.csv`)
      await writeFile(path, text)
      return { name: `${dataset}.csv`, path, mapping: mappingOf(dataset, text) }
    }),
  )
  const businesses: string[] = []
  for (let n = 1; n <= count; n++) {
    const { id } = await api.post<{ id: string }>('/businesses', {
      name: `Hale Trading ${n}`,
      currency: 'GBP',
      country: 'GB',
      timeZone: 'Europe/London',
      locale: 'en-GB',
    })
    for (const file of files) await importFile(api, id, file)
    businesses.push(id)
  }
  return { api, businesses, subscriptions: [] }
}

/** Subscribes one of its businesses, and waits for the first run. */
export async function subscribe({ api }: Office, business: string, service: string): Promise<void> {
  await subscribeTo(api, business, service)
}
