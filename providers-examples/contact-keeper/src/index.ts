import { defineProvider, usd } from '@bizq/sdk'

/** Upper and lower case are one in an address, and groups are nothing in a number. */
const plainEmail = (email: string) => email.trim().toLowerCase()
const plainPhone = (phone: string) => phone.replaceAll(/\D/g, '').slice(-9)

export default defineProvider({
  service: 'contact-keeper',
  version: '1.0.0',
  name: 'Contact Keeper',
  category: 'compliance/privacy',
  summary:
    'Finds customers that stand in your books twice, so that you keep no more of anybody than you need.',
  docs: 'https://bizq.example/services/contact-keeper',
  support: 'support@bizq.example',
  pricing: { monthly: usd(5) },
  capabilities: ['data_privacy'],
  handlesPersonalData: true,
  data: {
    customers: {
      fields: ['id', 'email', 'phone', 'since'],
      purpose: 'To find customers that stand in your books twice.',
      personal: {
        email: { purpose: 'To compare the addresses of customers with each other.', optional: true },
        phone: { purpose: 'To compare the numbers of customers with each other.', optional: true },
      },
    },
  },
  money: 'scaled',
  actions: ['task.create'],
  schedule: 'weekly',

  execute({ data, propose }) {
    const known = data.customers.map(({ id, email, phone, since }) => ({
      id,
      since: since ?? '',
      marks: [email && `e ${plainEmail(email)}`, phone && `p ${plainPhone(phone)}`].filter(Boolean),
    }))
    const alike = Map.groupBy(
      known.flatMap(({ marks, ...one }) => marks.map((mark) => ({ ...one, mark }))),
      ({ mark }) => mark,
    )
    const twins = new Map<string, (typeof known)[number]>()
    for (const group of alike.values()) {
      // Whoever was there first stays; where that is not known, all are looked at.
      const first = group.map(({ since }) => since).toSorted()[0]
      const isLevel = group.filter(({ since }) => since === first).length > 1
      for (const { id, since } of group)
        if (group.length > 1 && (isLevel || since !== first)) twins.set(id, { id, since, marks: [] })
    }
    const latest = [...twins.values()].toSorted((a, b) => (a.since < b.since ? 1 : -1))
    for (const { id } of latest.slice(0, 50))
      propose(
        'task.create',
        { title: 'Look whether {customer.name} stands in your books twice', customer: id },
        { confidence: 0.9, because: [{ id }] },
      )
    const count = (sign: string) =>
      known.filter(({ marks }) => marks.some((mark) => mark?.startsWith(sign))).length
    return {
      metrics: { customers: known.length, withEmail: count('e'), withPhone: count('p'), twice: twins.size },
    }
  },
})
