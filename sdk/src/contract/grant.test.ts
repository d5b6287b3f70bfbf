import { describe, expect, test } from 'vitest'
import { usd } from './currency.ts'
import {
  checkConsent,
  checkDraft,
  compareConsent,
  fullConsent,
  grantMasks,
  isSamePersonal,
  keepPersonal,
  type MajorCode,
} from './grant.ts'
import { Manifest, manifestJsonSchema } from './manifest.ts'

const manifest = Manifest.parse({
  contract: 1,
  service: 'cash-keeper',
  version: '1.0.0',
  name: 'Cash Keeper',
  category: 'financial/cash-flow',
  summary: 'Keeps the cash that a business needs for its next weeks.',
  pricing: { monthly: usd(5), usage: [{ unit: 'forecast', price: usd(0.1), included: 10 }] },
  capabilities: ['cash_flow_forecast'],
  data: {
    bills: {
      fields: ['id', 'supplier', 'dueAt', 'amountDue', 'notes'],
      history: '180d',
      purpose: 'To know what falls due.',
    },
    suppliers: { fields: ['id', 'name'], purpose: 'To know whom it is owed to.', optional: true },
  },
  money: 'scaled',
  actions: [{ type: 'bill.reschedule' }, { type: 'refund.issue', max: usd(50) }],
  schedule: 'daily',
  runtime: { kind: 'sandbox' },
  report: false,
})
const change = (edit: (next: Manifest) => void): Manifest => {
  const next = structuredClone(manifest)
  edit(next)
  return Manifest.parse(next)
}
/** The manifest that also asks for personal fields of suppliers: the address if it may, the e-mail in any case. */
const personal = change((m) => {
  m.handlesPersonalData = true
  m.data.suppliers!.fields.push('email', 'street')
  m.data.suppliers!.personal = {
    email: { purpose: 'To write to suppliers.' },
    street: { purpose: 'To print address labels.', optional: true },
  }
})
const changePersonal = (edit: (next: Manifest) => void): Manifest => {
  const next = structuredClone(personal)
  edit(next)
  return Manifest.parse(next)
}

describe('a release is major', () => {
  const cases: [what: string, code: MajorCode, edit: (next: Manifest) => void][] = [
    ['when it asks for a new field', 'new-field', (m) => m.data.bills?.fields.push('category')],
    [
      'when it asks for a new dataset',
      'new-dataset',
      (m) => void (m.data.products = { fields: ['id'], purpose: 'To know what is sold.' }),
    ],
    [
      'when it can no longer do without a dataset',
      'dataset-required',
      (m) => void delete m.data.suppliers?.optional,
    ],
    ['when it asks for a longer window', 'longer-window', (m) => void (m.data.bills!.history = '181d')],
    ['when it may propose a new type', 'new-action', (m) => m.actions.push({ type: 'invoice.remind' })],
    ['when a highest stake rises', 'higher-maximum', (m) => void (m.actions[1]!.max = usd(51))],
    [
      'when a highest stake is in another currency',
      'higher-maximum',
      (m) => void (m.actions[1]!.max = { amount: 5, currency: 'EUR' }),
    ],
    [
      'when it asks for exact money',
      'exact-money',
      (m) => void (m.money = { exact: 'To fill in the tax form.' }),
    ],
    [
      'when it runs elsewhere',
      'remote-runtime',
      (m) => void (m.runtime = { kind: 'remote', endpoint: 'https://a.example/x' }),
    ],
    ['when its price rises', 'higher-price', (m) => void (m.pricing.monthly = usd(5.01))],
    ['when its usage price rises', 'higher-price', (m) => void (m.pricing.usage![0]!.price = usd(0.11))],
    [
      'when it is counted by something else',
      'higher-price',
      (m) => void (m.pricing.usage![0]!.per = 'bill.reschedule'),
    ],
    ['when less is included', 'higher-price', (m) => void (m.pricing.usage![0]!.included = 9)],
    [
      'when its price is in another currency',
      'higher-price',
      (m) => void (m.pricing = { monthly: { amount: 1, currency: 'EUR' } }),
    ],
    ['when it asks for personal data', 'personal-data', (m) => void (m.handlesPersonalData = true)],
  ]
  test.each(cases)('%s', (_, code, edit) => {
    const { major, reasons } = compareConsent(manifest, change(edit))
    expect({ major, codes: reasons.map((r) => r.code) }).toEqual({ major: true, codes: [code] })
  })

  test('when a remote provider moves to another host, not to another path', () => {
    const at = (endpoint: string) => change((m) => void (m.runtime = { kind: 'remote', endpoint }))
    expect(compareConsent(at('https://a.example/x'), at('https://a.example/y')).major).toBe(false)
    expect(compareConsent(at('https://a.example/x'), at('https://b.example/x')).reasons[0]?.code).toBe(
      'remote-runtime',
    )
  })
})

test('a higher price is said in amounts', () => {
  const next = change((m) => {
    m.pricing.monthly = usd(5.01)
    m.pricing.usage![0]!.included = 9
  })
  expect(compareConsent(manifest, next).reasons.map(({ detail }) => detail)).toEqual([
    'its price rises from $5.00 to $5.01 a month',
    'it includes 9 instead of 10 of each forecast a month',
  ])
})

test('a release that asks for less, costs less or says more of itself is minor', () => {
  const next = change((m) => {
    m.version = '1.1.0'
    m.summary = 'Keeps the cash that a business needs, and says so.'
    m.data = { bills: { fields: ['id', 'dueAt'], history: '30d', purpose: 'To know what falls due.' } }
    m.actions = [{ type: 'refund.issue', max: usd(20) }]
    m.pricing = { monthly: usd(4) }
    m.schedule = 'weekly'
    m.capabilities.push('payables_scheduling')
  })
  expect(compareConsent(manifest, next)).toEqual({ major: false, reasons: [] })
  expect(
    compareConsent(
      change((m) => void (m.money = { exact: 'To fill in the tax form.' })),
      manifest,
    ).major,
  ).toBe(false)
})

test('a consent may leave out what the service can do without, and nothing else', () => {
  const full = fullConsent(manifest)
  expect(checkConsent(manifest, full)).toEqual([])
  const { suppliers: _, ...withoutOptional } = full.fields
  expect(checkConsent(manifest, { ...full, fields: withoutOptional })).toEqual([])
  expect(checkConsent(manifest, { ...full, history: { bills: '7d' } })).toEqual([])

  const pointers = (consent: Partial<typeof full>) =>
    checkConsent(manifest, { ...full, ...consent }).map((p) => p.pointer)
  expect(pointers({ fields: { suppliers: ['id', 'name'] } })).toEqual(['/fields/bills'])
  expect(pointers({ fields: { ...full.fields, bills: ['id'] } })).toEqual(['/fields/bills'])
  expect(pointers({ fields: { ...full.fields, suppliers: ['id', 'name', 'email'] } })).toEqual([
    '/fields/suppliers',
  ])
  expect(pointers({ fields: { ...full.fields, orders: ['id'] } })).toEqual(['/fields/orders'])
  expect(pointers({ history: { bills: '365d' } })).toEqual(['/history/bills'])
  expect(pointers({ history: {} })).toEqual(['/history/bills'])
  expect(pointers({ money: 'exact' })).toEqual(['/money'])
  expect(pointers({ personal: { suppliers: ['email'] } })).toEqual(['/personal/suppliers'])
})

test('masks follow kind, classification and consent', () => {
  const exact = change((m) => void (m.money = { exact: 'To fill in the tax form.' }))
  const expected = { id: 'pseudonym', supplier: 'pseudonym', dueAt: 'clear', notes: 'redacted' }
  expect(grantMasks(manifest, fullConsent(manifest)).bills).toEqual({ ...expected, amountDue: 'scaled' })
  expect(grantMasks(exact, fullConsent(exact)).bills).toEqual({ ...expected, amountDue: 'clear' })
  expect(grantMasks(exact, { ...fullConsent(exact), money: 'scaled' }).bills).toEqual({
    ...expected,
    amountDue: 'scaled',
  })
})

test('personal fields leave only under a consent of their own, each by its name', () => {
  const full = fullConsent(personal)
  expect(full.personal).toEqual({ suppliers: ['email', 'street'] })
  expect(grantMasks(personal, full).suppliers).toMatchObject({ email: 'clear', street: 'clear' })
  const one = keepPersonal(full, (_dataset, field) => field === 'email')
  expect(grantMasks(personal, one).suppliers).toMatchObject({ email: 'clear', street: 'withheld' })
  const none = keepPersonal(full)
  expect(none).not.toHaveProperty('personal')
  expect(grantMasks(personal, none).suppliers).toMatchObject({ email: 'withheld', street: 'withheld' })
})

test('a name in the personal consent opens nothing that is not personal', () => {
  const consent = { ...fullConsent(personal), personal: { suppliers: ['id', 'name'], bills: ['amountDue'] } }
  expect(grantMasks(personal, consent)).toMatchObject({
    suppliers: { id: 'pseudonym', email: 'withheld' },
    bills: { amountDue: 'scaled' },
  })
})

test('a personal field that the service cannot do without has to be agreed to, and others need not', () => {
  const full = fullConsent(personal)
  const wrong = (named: NonNullable<typeof full.personal>) =>
    checkConsent(personal, { ...full, personal: named }).map(({ pointer, detail }) => [pointer, detail])
  expect(wrong({ suppliers: ['email', 'street'] })).toEqual([])
  expect(wrong({ suppliers: ['email'] })).toEqual([])
  expect(wrong({ suppliers: ['street'] })).toEqual([
    ['/personal/suppliers', expect.stringContaining('cannot work without suppliers.email')],
  ])
  expect(checkConsent(personal, keepPersonal(full))).toHaveLength(1)
  expect(checkDraft(personal, keepPersonal(full))).toEqual([])
  // Without the dataset there is nothing of it to agree to.
  const { suppliers: _, ...fields } = full.fields
  expect(checkConsent(personal, { ...keepPersonal(full), fields })).toEqual([])
})

test('nobody agrees to a personal field that was not asked for, or whose dataset is left out', () => {
  const full = fullConsent(personal)
  const wrong = (consent: Partial<typeof full>) =>
    checkDraft(personal, { ...full, ...consent }).map(({ detail }) => detail)
  expect(wrong({ personal: { suppliers: ['email', 'iban'] } })).toEqual([
    expect.stringContaining('no personal suppliers.iban'),
  ])
  expect(wrong({ personal: { customers: ['email'] } })).toEqual([
    expect.stringContaining('no personal customers.email'),
  ])
  const { suppliers: _, ...fields } = full.fields
  expect(wrong({ fields })).toEqual([
    expect.stringContaining('not among the fields'),
    expect.stringContaining('not among the fields'),
  ])
})

test('two lists of personal fields are the same whatever their order', () => {
  expect(isSamePersonal({ suppliers: ['email', 'street'] }, { suppliers: ['street', 'email'] })).toBe(true)
  expect(isSamePersonal(undefined, {})).toBe(true)
  expect(isSamePersonal({ suppliers: ['email'] }, { suppliers: ['email', 'street'] })).toBe(false)
  expect(isSamePersonal({ suppliers: ['email'] }, { customers: ['email'] })).toBe(false)
})

describe('of personal data, a release is major', () => {
  const why = (old: Manifest, next: Manifest) =>
    compareConsent(old, next)
      .reasons.filter(({ code }) => code === 'personal-data')
      .map(({ detail }) => detail)

  test('when it asks for one more personal field, even of a dataset that it reads', () => {
    const next = changePersonal((m) => {
      m.data.suppliers!.fields.push('iban')
      m.data.suppliers!.personal!['iban'] = { purpose: 'To fill in payments.', optional: true }
    })
    expect(why(personal, next)).toEqual([
      'it now asks for iban of suppliers, which is personal: “To fill in payments.”',
    ])
    expect(compareConsent(next, personal).major).toBe(false)
  })

  test('when it can no longer do without one', () => {
    const next = changePersonal((m) => void delete m.data.suppliers!.personal!['street']!.optional)
    expect(why(personal, next)).toEqual([
      'it can no longer do without street of suppliers, which is personal',
    ])
    expect(compareConsent(next, personal).major).toBe(false)
  })

  test('when it wants one for something else', () => {
    const next = changePersonal(
      (m) => void (m.data.suppliers!.personal!['email']!.purpose = 'To sell them ads.'),
    )
    expect(why(personal, next)).toEqual([expect.stringContaining('something else: “To sell them ads.”')])
  })
})

test('a field is masked only where both manifest and consent name it', () => {
  const consent = { ...fullConsent(manifest), fields: { bills: ['id', 'category'], orders: ['id'] } }
  expect(grantMasks(manifest, consent)).toEqual({ bills: { id: 'pseudonym' } })
})

describe('a manifest is refused', () => {
  // oxlint-disable-next-line typescript/no-explicit-any -- a manifest is broken here in every way.
  const cases: [what: string, pointer: string, edit: (m: Record<string, any>) => void][] = [
    [
      'that asks for a source’s own number',
      '/data/bills/fields',
      (m) => m['data'].bills.fields.push('number'),
    ],
    [
      'that asks for a personal field without saying so',
      '/data/suppliers/fields',
      (m) => m['data'].suppliers.fields.push('iban'),
    ],
    [
      'that asks for a personal field and says no purpose of it',
      '/data/suppliers/personal',
      (m) => {
        m['handlesPersonalData'] = true
        m['data'].suppliers.fields.push('iban')
      },
    ],
    [
      'that says a purpose of what is not personal',
      '/data/suppliers/personal/name',
      (m) => (m['data'].suppliers.personal = { name: { purpose: 'To call them by name.' } }),
    ],
    [
      'that says a purpose of a personal field that it does not ask for',
      '/data/suppliers/personal/iban',
      (m) => (m['data'].suppliers.personal = { iban: { purpose: 'To fill in payments.' } }),
    ],
    [
      'that asks for a field that is not there',
      '/data/bills/fields/5',
      (m) => m['data'].bills.fields.push('colour'),
    ],
    ['that names a field twice', '/data/bills/fields', (m) => m['data'].bills.fields.push('id')],
    [
      'that gives no window where there is time',
      '/data/bills/history',
      (m) => delete m['data'].bills.history,
    ],
    [
      'that gives a window where there is none',
      '/data/suppliers/history',
      (m) => (m['data'].suppliers.history = '9d'),
    ],
    ['that gives no purpose', '/data/bills/purpose', (m) => delete m['data'].bills.purpose],
    [
      'whose action moves money out without a highest stake',
      '/actions/1/max',
      (m) => delete m['actions'][1].max,
    ],
    ['that names an action twice', '/actions', (m) => m['actions'].push({ type: 'bill.reschedule' })],
    ['that says neither when nor on what it runs', '/schedule', (m) => delete m['schedule']],
    ['that says both', '/schedule', (m) => (m['on'] = ['bills.imported'])],
    [
      'that runs over plain http',
      '/runtime/endpoint',
      (m) => (m['runtime'] = { kind: 'remote', endpoint: 'http://a.example' }),
    ],
    [
      'that wants more than the platform gives',
      '/runtime/limits/memoryMib',
      (m) => (m['runtime'].limits = { memoryMib: 129 }),
    ],
    [
      'whose capability is not in the vocabulary',
      '/capabilities/0',
      (m) => (m['capabilities'] = ['mind_reading']),
    ],
    [
      'whose prices are in two currencies',
      '/pricing',
      (m) => (m['pricing'].monthly = { amount: 1, currency: 'EUR' }),
    ],
    [
      'whose price is below zero',
      '/pricing/monthly/amount',
      (m) => (m['pricing'].monthly = { amount: -1, currency: 'USD' }),
    ],
    [
      'whose price is above what a card is charged',
      '/pricing/usage/0/price/amount',
      (m) => (m['pricing'].usage[0].price = { amount: 100_000_000, currency: 'USD' }),
    ],
    [
      'whose price is in a currency that no card is charged in',
      '/pricing/monthly/currency',
      (m) => (m['pricing'] = { monthly: { amount: 1, currency: 'XAU' } }),
    ],
    [
      'whose usage price counts an action that it does not declare',
      '/pricing/usage/0/per',
      (m) => (m['pricing'].usage[0].per = 'price.change'),
    ],
    [
      'that names a unit of use twice',
      '/pricing',
      (m) => m['pricing'].usage.push({ ...m['pricing'].usage[0] }),
    ],
    ['without a price', '/pricing', (m) => (m['pricing'] = {})],
    ['with a part that nobody knows', '', (m) => (m['surprise'] = true)],
  ]
  test.each(cases)('%s', (_, pointer, edit) => {
    const next = structuredClone(manifest)
    edit(next)
    const { error } = Manifest.safeParse(next)
    expect(error?.issues.map((i) => i.path.map((part) => `/${String(part)}`).join(''))).toEqual([pointer])
  })
})

test('the published JSON Schema names every part of a manifest', () => {
  const schema = manifestJsonSchema() as { properties: object; required: string[] }
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(manifest)))
  expect(schema.required).toContain('actions')
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
})
