import type { Making, Records } from './making.ts'

const supplierNames = [
  ['Hartley Timber Ltd', 14, 30],
  ['Northern Fixings Ltd', 5, 14],
  ['Clyde Paints plc', 9, 30],
  ['Brook & Stone Lighting Ltd', 21, 45],
  ['Pennine Packaging Ltd', 4, 14],
  ['Mersey Freight LLP', 2, 7],
  ['Greenfield Energy plc', 0, 14],
  ['Oakley Property Management Ltd', 0, 1],
] as const

const companies = [
  'Acorn Interiors Ltd',
  'Bluebell Hotels plc',
  'Castle Street Dental LLP',
  'Denby Architects Ltd',
  'Elm Park School Foundation',
  'Fenwick Estates Ltd',
  'Goldcrest Cafés Ltd',
  'Harbour Gym Ltd',
] as const

const people = [
  'Ann Hughes',
  'Bilal Rahman',
  'Carys Morgan',
  'Dev Patel',
  'Elena Petrova',
  'Finn O’Connor',
  'Grace Adeyemi',
  'Hannah Weiss',
  'Ivan Kowalski',
  'Joy Mensah',
  'Keir Campbell',
  'Leila Haddad',
] as const

const streets = [
  '12 Mill Lane',
  '4 Station Road',
  '87 High Street',
  '3 The Crescent',
  '29 Quay Street',
] as const
const cities = [
  ['Leeds', 'West Yorkshire'],
  ['York', 'North Yorkshire'],
  ['Chester', 'Cheshire'],
  ['Durham', 'County Durham'],
] as const

const mailName = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-')

export function makeSuppliers({ row, pick, between, pounds }: Making): Records['suppliers'] {
  return supplierNames.map(([name, leadTimeDays, paymentTermDays]) =>
    row('suppliers', {
      name,
      email: `accounts@${mailName(name)}.example`,
      street: pick(streets),
      country: 'GB',
      leadTimeDays,
      paymentTermDays,
      lateFeeRate: pick([0, 0, 0.01, 0.02]),
      minimumOrder: leadTimeDays > 3 ? pounds(50, 250) : null,
      notes: `Rep is ${pick(people)}, ${between(1, 9)} years with us.`,
    }),
  )
}

export function makeCustomers(make: Making): Records['customers'] {
  const { row, pick, day, between, chance } = make
  const address = () => {
    const [city, region] = pick(cities)
    return { street: pick(streets), city, region, country: chance(0.9) ? 'GB' : 'IE', postcode: 'LS1 4AP' }
  }
  const since = () => day(-between(60, 1_500))
  return [
    ...companies.map((company) =>
      row('customers', {
        company,
        name: pick(people),
        email: `accounts@${mailName(company)}.example`,
        paymentTermDays: pick([14, 30, 30, 60]),
        acceptsMarketing: chance(0.5),
        since: since(),
        ...address(),
      }),
    ),
    ...people.map((name) =>
      row('customers', {
        name,
        email: `${mailName(name)}@mail.example`,
        phone: `020 7946 0${between(100, 999)}`,
        acceptsMarketing: chance(0.6),
        since: since(),
        ...address(),
      }),
    ),
  ]
}
