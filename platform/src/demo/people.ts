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
] as const

export type PersonKey = (typeof people)[number]['key']

/** The people of the demo, with the passwords of this installation: made once, kept in a file of their own (0600). */
export async function demoPeople(home: string): Promise<Record<PersonKey, SignIn>> {
  const file = signInsFileOf(home)
  const kept = existsSync(file)
    ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, string>)
    : await makePasswords(file)
  const signIns = people.map(({ key, ...person }) => [key, { ...person, password: kept[person.email] ?? '' }])
  return Object.fromEntries(signIns) as Record<PersonKey, SignIn>
}

async function makePasswords(file: string): Promise<Record<string, string>> {
  const passwords = Object.fromEntries(people.map(({ email }) => [email, newPassword()]))
  await writeWhole(file, passwords)
  return passwords
}

/** 80 bits, in groups that can be typed. */
function newPassword(): string {
  return randomBytes(10).toString('hex').match(/.{5}/g)?.join('-') ?? ''
}
