import {
  type KnownEntry,
  buildKnownNames,
  type KnownNames,
} from '../../src/features/masking/redaction/known-names.ts'
import type { Identity } from './identities.ts'
import { type Random, randomOf } from './random.ts'
import type { Case } from './score.ts'
import type { Split } from './templates.ts'

export interface KnownCase extends Case {
  variant: string
  id: string
}

const legalForms = ['Ltd', 'GmbH', 'Inc.', 'B.V.', 'SARL', 'LLC', 'Limited', 'S.r.l.', '']

/** The identities as customers, and their employers as suppliers, as a business would have them on file. */
export function knownEntries(identities: readonly Identity[]): KnownEntry[] {
  const customers = identities.map((identity, i): KnownEntry => {
    return {
      dataset: 'customers',
      id: `c${i}`,
      name: `${identity.given} ${identity.surname}`,
      email: identity.email,
      phone: identity.phone,
    }
  })
  const companies = [...new Set(identities.map((identity) => identity.company))].filter(
    (name) => name.length > 2,
  )
  const suppliers = companies.map((name, i): KnownEntry => {
    return { dataset: 'suppliers', id: `s${i}`, name: `${name} ${legalForms[i % legalForms.length]}`.trim() }
  })
  return [...customers, ...suppliers]
}

const bare = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '')
const core = (name: string): string =>
  name.replace(/ (?:Ltd|GmbH|Inc\.|B\.V\.|SARL|LLC|Limited|S\.r\.l\.)$/, '')
const reorder = (name: string, by: string): string => {
  const words = name.split(' ')
  return `${words.at(-1)}${by}${words.slice(0, -1).join(' ')}`
}

const possessive = (name: string, apostrophe: string): string =>
  /['’]s$/.test(name) ? name : `${name}${apostrophe}s`

interface Variant {
  name: string
  of: KnownEntry['dataset'] | 'both'
  write: (name: string) => string
}

const variants: readonly Variant[] = [
  { name: 'as on file', of: 'both', write: (name) => name },
  { name: 'upper case', of: 'both', write: (name) => name.toUpperCase() },
  { name: 'lower case', of: 'both', write: (name) => name.toLowerCase() },
  { name: 'possessive', of: 'both', write: (name) => possessive(core(name), "'") },
  { name: 'curly possessive', of: 'both', write: (name) => possessive(core(name), '’') },
  { name: 'without accents', of: 'both', write: bare },
  { name: 'surname first', of: 'customers', write: (name) => reorder(name, ', ') },
  { name: 'surname first, no comma', of: 'customers', write: (name) => reorder(name, ' ') },
  { name: 'surname first, upper case', of: 'customers', write: (name) => reorder(name, ' ').toUpperCase() },
  { name: 'middle initial', of: 'customers', write: (name) => name.replace(' ', ' K. ') },
  { name: 'with a title', of: 'customers', write: (name) => `Mrs. ${name}` },
  { name: 'across lines', of: 'both', write: (name) => name.replace(' ', '\n') },
  { name: 'no legal form', of: 'suppliers', write: core },
  { name: 'another legal form', of: 'suppliers', write: (name) => `${core(name)} LIMITED` },
  { name: 'the', of: 'suppliers', write: (name) => `the ${core(name)}` },
]

const sentences: Readonly<Record<Split, readonly string[]>> = {
  development: [
    'Delivery for {} was late',
    'Payment received from {}',
    'Invoice 2231 of {} is overdue',
    '{} called about the refund',
    'Bitte {} zurückrufen',
  ],
  'held-out': [
    'Please check what {} ordered in March',
    'Late again: {}',
    'Gutschrift an {} vom 3. Mai',
    'We promised {} a discount of 5%',
    'SEPA {} RE 4471',
    'Paiement de {} reçu',
    '{}',
    'the parcel ({}) came back',
    'order 1182/{}/paid',
    'Asked {} to resend the bill, no answer yet',
  ],
}

export function knownOf(entries: readonly KnownEntry[]): KnownNames {
  return buildKnownNames(entries)
}

/** `count` texts that name a customer or supplier of the business in one of the ways people write names. */
export function generateKnown(
  entries: readonly KnownEntry[],
  which: Split,
  count: number,
  seed: number,
): KnownCase[] {
  const random: Random = randomOf(seed)
  return Array.from({ length: count }, (_, i): KnownCase => {
    const entry = random.pick(entries)
    const suitable = variants.filter((variant) => variant.of === 'both' || variant.of === entry.dataset)
    const variant = suitable[i % suitable.length] ?? random.pick(suitable)
    const written = variant.write(entry.name ?? '')
    const sentence = random.pick(sentences[which])
    const at = sentence.indexOf('{}')
    const text = sentence.replace('{}', () => written)
    const start = at + (/^(?:Mrs\. |the )/.exec(written)?.[0].length ?? 0)
    const end = at + written.replace(/['’]s$/, '').length
    return { text, truths: [{ type: 'known', start, end }], variant: variant.name, id: entry.id }
  })
}
