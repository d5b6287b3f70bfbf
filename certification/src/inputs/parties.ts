import { between, pick } from './dice.ts'
import type { Making, Row } from './making.ts'

const companies = ['Northern Supplies Ltd', 'Harbour Paper GmbH', 'Alder & Finch LLP', 'Dunmore Foods plc']

export function makeSuppliers(making: Making): Row[] {
  const { roll, id, money, countOf, size } = making
  return Array.from({ length: countOf('suppliers', Math.min(size / 4, 40)) }, (_, i) => ({
    id: id('suppliers'),
    name: `${companies[i % companies.length]}`,
    country: pick(['GB', 'DE', 'FR'], roll),
    leadTimeDays: i % 4 === 3 ? null : between(3, 25, roll),
    paymentTermDays: pick([14, 30, 60], roll),
    lateFeeRate: pick([0.01, 0.015, 0.02], roll),
    minimumOrder: money(between(50, 400, roll) * 100),
    notes: 'Delivers on Tuesdays, ask for [person]',
  }))
}

export function makeCustomers(making: Making): Row[] {
  const { roll, id, dayAt, countOf, size } = making
  return Array.from({ length: countOf('customers', Math.min(size / 3, 300)) }, (_, i) => ({
    id: id('customers'),
    company: i % 3 === 0 ? null : `${companies[i % companies.length]}`,
    region: pick(['Kent', 'Bavaria', 'Brittany'], roll),
    country: pick(['GB', 'DE', 'FR'], roll),
    since: dayAt(-between(30, 900, roll)),
    acceptsMarketing: roll() < 0.6,
    paymentTermDays: pick([14, 30], roll),
    notes: 'Prefers e-mail, see [email]',
  }))
}
