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

  execute({ data: { customers }, propose }) {
    const emails = new Map<string, number[]>()
    const phones = new Map<string, number[]>()
    const note = (marks: Map<string, number[]>, mark: string, at: number) => {
      const known = marks.get(mark)
      if (known) known.push(at)
      else marks.set(mark, [at])
    }
    let [withEmail, withPhone] = [0, 0]
    for (const [at, { email, phone }] of customers.entries()) {
      if (email) note(emails, plainEmail(email), at)
      if (phone) note(phones, plainPhone(phone), at)
      if (email) withEmail += 1
      if (phone) withPhone += 1
    }
    const sinceOf = (at: number) => customers[at]?.since ?? ''
    const twins = new Set<number>()
    for (const alike of [...emails.values(), ...phones.values()]) {
      if (alike.length < 2) continue
      // Whoever was there first stays; where that is not known, all are looked at.
      const first = alike.map(sinceOf).reduce((a, b) => (b < a ? b : a))
      const isLevel = alike.filter((at) => sinceOf(at) === first).length > 1
      for (const at of alike) if (isLevel || sinceOf(at) !== first) twins.add(at)
    }
    const latest = [...twins].sort((a, b) => (sinceOf(a) < sinceOf(b) ? 1 : -1))
    for (const at of latest.slice(0, 50)) {
      const id = customers[at]?.id ?? ''
      const title = 'Look whether {customer.name} stands in your books twice'
      propose('task.create', { title, customer: id }, { confidence: 0.9, because: [{ id }] })
    }
    return { metrics: { customers: customers.length, withEmail, withPhone, twice: twins.size } }
  },
})
