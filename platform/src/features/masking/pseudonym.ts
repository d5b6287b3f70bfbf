import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { datasetOf, type DatasetName } from '@bizq/sdk/contract'

/** The key of one dataset's pseudonyms under a subscription's key. */
export function pseudonymKey(key: Buffer, realm: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `bizq:pseudonym:${realm}`, 16))
}

/** A record's pseudonym: its UUID as one AES block. */
export function pseudonymise(key: Buffer, dataset: DatasetName, uuid: string): string {
  const cipher = createCipheriv('aes-128-ecb', pseudonymKey(key, dataset), null).setAutoPadding(false)
  const block = Buffer.concat([cipher.update(Buffer.from(uuid.replaceAll('-', ''), 'hex')), cipher.final()])
  return `${datasetOf(dataset).prefix}_${block.toString('hex')}`
}

/** The UUID that a pseudonym decrypts to, whether or not there is such a record; undefined if it has not the form of one. */
export function decryptPseudonym(key: Buffer, dataset: DatasetName, pseudonym: string): string | undefined {
  const { prefix } = datasetOf(dataset)
  const hex = pseudonym.slice(prefix.length + 1)
  if (!pseudonym.startsWith(`${prefix}_`) || !/^[0-9a-f]{32}$/.test(hex)) return undefined
  const decipher = createDecipheriv('aes-128-ecb', pseudonymKey(key, dataset), null).setAutoPadding(false)
  const uuid = Buffer.concat([decipher.update(Buffer.from(hex, 'hex')), decipher.final()]).toString('hex')
  return `${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-${uuid.slice(12, 16)}-${uuid.slice(16, 20)}-${uuid.slice(20)}`
}
