import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { signInsFileOf, writeWhole } from '../installation.ts'

export interface SignIn {
  name: string
  email: string
  password: string
  /** What the person is, in words. */
  role: string
}

const people = [
  { key: 'maya', name: 'Maya Thornton', email: 'maya@quayside.example', role: 'owner of Quayside Group' },
  { key: 'ines', name: 'Ines Duarte', email: 'ines@quayside.example', role: 'viewer at Quayside Group' },
  { key: 'jonas', name: 'Jonas Linden', email: 'jonas@linden.example', role: 'owner of Linden & Söhne' },
  {
    key: 'rhea',
    name: 'Rhea Castell',
    email: 'rhea@openledger.example',
    role: 'provider: Open Ledger Works',
  },
  { key: 'ada', name: 'Ada Osei', email: 'ada@bizq.example', role: 'owner of the marketplace' },
  { key: 'cleo', name: 'Cleo Marchetti', email: 'cleo@bizq.example', role: 'certifier' },
  { key: 'sven', name: 'Sven Aalto', email: 'sven@bizq.example', role: 'certifier' },
] as const

export type PersonKey = (typeof people)[number]['key']

/** The people of the demo, with the passwords of this installation: made once, kept in a file of their own (0600). */
export async function demoPeople(home: string): Promise<Record<PersonKey, SignIn>> {
  const file = signInsFileOf(home)
  const kept = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, string>) : {}
  if (people.some(({ email }) => !kept[email])) await writeWhole(file, addPasswords(kept))
  const signIns = people.map(({ key, ...person }) => [key, { ...person, password: kept[person.email] ?? '' }])
  return Object.fromEntries(signIns) as Record<PersonKey, SignIn>
}

/** Who came to the demo later than the file gets a password too. */
function addPasswords(kept: Record<string, string>): Record<string, string> {
  for (const { email } of people) kept[email] ??= newPassword()
  return kept
}

/** 80 bits, in groups that can be typed. */
function newPassword(): string {
  return randomBytes(10).toString('hex').match(/.{5}/g)?.join('-') ?? ''
}
