import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'

/** A fictitious person of the Fake Name Generator, as far as the templates speak of one. */
export interface Identity {
  given: string
  initial: string
  surname: string
  title: string
  street: string
  city: string
  state: string
  zip: string
  country: string
  countryName: string
  email: string
  username: string
  phone: string
  callingCode: string
  birthday: string
  nationalId: string
  company: string
  domain: string
}

export function fixture(name: string): string {
  return gunzipSync(readFileSync(new URL(`fixtures/${name}`, import.meta.url))).toString('utf8')
}

export function readIdentities(): Identity[] {
  const rows = parse<Record<string, string>>(fixture('fake-name-generator-1-1500.csv.gz'), {
    columns: true,
    bom: true,
  })
  const countryNames = new Intl.DisplayNames(['en'], { type: 'region' })
  return rows.map((row) => ({
    given: row['GivenName'] ?? '',
    initial: row['MiddleInitial'] ?? '',
    surname: row['Surname'] ?? '',
    title: row['Title'] ?? '',
    street: row['StreetAddress'] ?? '',
    city: row['City'] ?? '',
    state: row['State'] ?? '',
    zip: row['ZipCode'] ?? '',
    country: row['Country'] ?? '',
    countryName: countryNames.of(row['Country'] ?? '') ?? '',
    email: row['EmailAddress'] ?? '',
    username: row['Username'] ?? '',
    phone: row['TelephoneNumber'] ?? '',
    callingCode: row['TelephoneCountryCode'] ?? '',
    birthday: row['Birthday'] ?? '',
    nationalId: row['NationalID'] ?? '',
    company: row['Company'] ?? '',
    domain: row['Domain'] ?? '',
  }))
}
