import type { Api } from '../api.ts'

interface Named {
  id: string
}
interface Page<T = Named> {
  items: T[]
}

/** What an administrator did: a name that was taken and hidden again, and one that its provider objected about. */
export async function furnishAdmin(admin: Api, provider: Api) {
  const services = await Promise.all(
    ['quick-loan-finder', 'guest-list-mailer'].map((service) =>
      provider.post<Named>('/provider/services', { service }),
    ),
  )
  const [hidden, suspended] = services.map(({ id }) => id) as [string, string]
  const act = (service: string, kind: string, code: string, words: string) =>
    admin.post<Named>(`/admin/services/${service}/acts`, { kind, code, words })
  await act(hidden, 'hide', 'misleading', 'Its name promises loans, which no service here may arrange.')
  await act(suspended, 'suspend', 'privacy', 'It asks for guest lists, which hold personal data of others.')
  const notices = await provider.get<Page<Named & { service: { id: string } | null }>>('/platform-notices')
  const notice = notices.items.find(({ service }) => service?.id === suspended)
  await provider.post(`/platform-notices/${notice?.id ?? ''}/objection`, {
    words: 'It only counts the guests of each evening. We will ask for the numbers alone.',
  })
  const disputes = await admin.get<Page>('/disputes?state=waiting')
  const operators = await admin.get<Page<Named & { name: string }>>('/admin/organisations?kind=operator')
  const quayside = operators.items.find(({ name }) => name === 'Quayside Group')
  return {
    administration: {
      service: suspended,
      dispute: disputes.items[0]?.id ?? '',
      organisation: quayside?.id ?? '',
    },
  }
}
