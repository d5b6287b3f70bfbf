import { createCipheriv, createDecipheriv } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Keyring } from '../../keyring.ts'

/** What a provider knows by a number of its own: its own lines of executions, and its subscribers. */
type Numbered = 'run' | 'subscriber'

/** UUIDs tell their moment: what goes out is one AES block over them, under a key of the provider and of what is numbered. */
function keyOf(keyring: Keyring, what: Numbered, provider: string): Buffer {
  return keyring.derive(`provider-number:${what}:${provider}`).subarray(0, 16)
}

const bytesOf = (uuid: string) => Buffer.from(uuid.replaceAll('-', ''), 'hex')

/** The number of a row (UUID) of a provider (UUID), on the wire. */
export function numberOf(keyring: Keyring, what: Numbered, provider: string, uuid: string): string {
  const cipher = createCipheriv('aes-128-ecb', keyOf(keyring, what, provider), null).setAutoPadding(false)
  const block = Buffer.concat([cipher.update(bytesOf(uuid)), cipher.final()])
  return encodeId(idPrefixes[what], block.toString('hex'))
}

/** The UUID behind a number, whether or not there is such a row. Throws a RangeError if it has not the form of one. */
export function rowOf(keyring: Keyring, what: Numbered, provider: string, number: string): string {
  const cipher = createDecipheriv('aes-128-ecb', keyOf(keyring, what, provider), null).setAutoPadding(false)
  const hex = Buffer.concat([cipher.update(bytesOf(decodeId(idPrefixes[what], number))), cipher.final()])
  return hex.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
