import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import {
  datasetNames,
  decodeId,
  encodeId,
  idPrefixes,
  type DatasetName,
  type Money,
} from '@bizq/sdk/contract'
import { scaleMoney, sha256 } from '@bizq/sdk/contract/host'
import type { Keyring } from '../../keyring.ts'

const compress = promisify(deflateRaw)
const expand = promisify(inflateRaw)
const purpose = 'execution-input'

/** Exactly the text that a bundle receives: datasets in the contract's order, then settings and state. */
export function inputText(
  data: Partial<Record<DatasetName, string>>,
  settings: unknown,
  state: unknown,
): string {
  const parts = datasetNames.flatMap((name) =>
    data[name] === undefined ? [] : [`${JSON.stringify(name)}:${data[name]}`],
  )
  return `{"data":{${parts.join(',')}},"settings":${JSON.stringify(settings)},"state":${JSON.stringify(state)}}`
}

/** Compresses and encrypts an input; its digest is of the text as delivered. */
export async function sealInput(
  keyring: Keyring,
  text: string,
): Promise<{ digest: string; content: Buffer; bytes: number }> {
  const bytes = Buffer.from(text)
  return {
    digest: sha256(bytes),
    content: keyring.seal(purpose, await compress(bytes, { level: 1 })),
    bytes: bytes.length,
  }
}

const daysKept = 30

/** How long an input is kept at least, by the time that it was read as of. */
export function keptUntil(readAt: Date): Date {
  return new Date(readAt.getTime() + daysKept * 86_400_000)
}

/** Takes `sealInput` back. Nothing when a bit was changed, or the text is not the one of the digest. */
export async function openInput(
  keyring: Keyring,
  content: Buffer,
  digest: string,
): Promise<string | undefined> {
  try {
    const bytes = await expand(keyring.open(purpose, content))
    return sha256(bytes) === digest ? bytes.toString() : undefined
  } catch {
    return undefined
  }
}

/** The seed of an execution: SHA-256 of its id, in hex. */
export function seedOf(execution: string): string {
  return sha256(encodeId(idPrefixes.execution, execution))
}

/** Settings with every amount multiplied as the rows are: scaling covers money in settings too. */
export function scaleSettings(settings: unknown, factor: number): unknown {
  if (Array.isArray(settings)) return settings.map((each) => scaleSettings(each, factor))
  if (settings === null || typeof settings !== 'object') return settings
  if (isMoney(settings)) return factor === 1_000 ? settings : scaleMoney(settings, factor)
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, scaleSettings(value, factor)]),
  )
}

export function isMoney(value: unknown): value is Money {
  if (value === null || typeof value !== 'object') return false
  const { amount, currency, ...rest } = value as Partial<Money>
  return (
    Number.isSafeInteger(amount) &&
    typeof currency === 'string' &&
    /^[A-Z]{3}$/.test(currency) &&
    Object.keys(rest).length === 0
  )
}

export const executionUuid = (id: string): string => decodeId(idPrefixes.execution, id)
