import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Manifest } from '@bizq/sdk/contract'
import { releaseDigest } from '@bizq/sdk/contract/host'
import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'

interface Options {
  keys?: string
  release?: string
}

const usage = (message: string) => new CommandError(message, { exitCode: exitCodes.usage, code: 'usage' })

async function readKeys(from: string): Promise<JSONWebKeySet> {
  try {
    const read = /^https?:/.test(from) ? await (await fetch(from)).text() : await readFile(from, 'utf8')
    return JSON.parse(read) as JSONWebKeySet
  } catch (cause) {
    throw usage(
      `The public keys cannot be read from ${from}: ${(cause as Error).message}. Name them with --keys.`,
    )
  }
}

/** The digest of what a folder's `dist` holds. */
async function digestOf(folder: string): Promise<string> {
  const read = (name: string) => readFile(join(folder, 'dist', name), 'utf8')
  try {
    return releaseDigest(Manifest.parse(JSON.parse(await read('manifest.json'))), await read('bundle.js'))
  } catch {
    throw usage(`${folder} has no built release: run bizq build ${folder} first.`)
  }
}

function parse(jws: string) {
  try {
    return { type: decodeProtectedHeader(jws).typ ?? 'unknown', claims: decodeJwt(jws) }
  } catch {
    throw usage(
      'This is no signed statement: a certificate or a receipt is one line, three parts with dots between.',
    )
  }
}

interface Verdict {
  /** Why it does not hold; undefined when it does. */
  problem: string | undefined
}

/** A certificate has rules of its own: who may state it, of which suite, until when. */
async function judgeCertificate(
  jws: string,
  keys: JSONWebKeySet,
  release: string | undefined,
): Promise<Verdict> {
  const about = release === undefined ? {} : { release: await digestOf(release) }
  const { verifyCertificate } = await import('@bizq/certification')
  const verdict = await verifyCertificate(jws, { keys, now: new Date(), ...about })
  return { problem: verdict.isValid ? undefined : verdict.reason }
}

/** A receipt states what was; it has no end. */
async function judgeReceipt(
  jws: string,
  keys: JSONWebKeySet,
  claims: Readonly<Record<string, unknown>>,
  release: string | undefined,
): Promise<Verdict> {
  const isSigned = await compactVerify(jws, createLocalJWKSet(keys), { algorithms: ['EdDSA', 'ES256'] }).then(
    () => true,
    () => false,
  )
  if (!isSigned) return { problem: 'none of the keys made this signature' }
  if (release === undefined) return { problem: undefined }
  const digest = await digestOf(release)
  const isOther = claims['release'] !== digest
  return { problem: isOther ? `it is about another release than ${release}/dist (${digest})` : undefined }
}

/** The statement that a platform gives out under an address: alone, or as the `certificate` of a JSON answer. */
async function fetchStatement(address: string): Promise<string> {
  const answer = await fetch(address).catch((cause: unknown) => {
    throw usage(`${address} cannot be read: ${(cause as Error).message}.`)
  })
  const said = await answer.text()
  if (!answer.ok) throw usage(`${address} answered ${answer.status}: there is no certificate.`)
  return statementIn(said)
}

function statementIn(said: string): string {
  if (!said.trimStart().startsWith('{')) return said.trim()
  try {
    const { certificate } = JSON.parse(said) as { certificate?: unknown }
    return typeof certificate === 'string' ? certificate : ''
  } catch {
    return ''
  }
}

async function readStatement(file: string): Promise<string> {
  if (/^https?:\/\//.test(file)) return fetchStatement(file)
  if (file === '-') return statementIn(await text(process.stdin))
  const read = await readFile(file, 'utf8').catch(() => {
    throw usage(`There is no file ${file}.`)
  })
  return statementIn(read)
}

/** Verifies a certificate or a receipt. Exit code 1 when it does not hold. */
export async function verify(out: Output, file: string, options: Options): Promise<number> {
  const jws = await readStatement(file)
  const { type, claims } = parse(jws)
  const kind = /^bizq-(\w+)/.exec(type)?.[1] ?? type
  const issuer = typeof claims.iss === 'string' ? claims.iss : undefined
  const from = options.keys ?? (issuer && `${issuer}/.well-known/jwks.json`)
  if (!from) throw usage('It names no issuer: name the public keys with --keys.')
  const keys = await readKeys(from)
  const { problem } =
    kind === 'certificate'
      ? await judgeCertificate(jws, keys, options.release)
      : await judgeReceipt(jws, keys, claims, options.release)
  const verdict =
    problem === undefined
      ? out.paint('green', `VALID ${kind}, signed by a key of ${from}`)
      : out.paint('red', `NOT VALID: ${problem}`)
  const lines = Object.entries(claims).map(([name, value]) => `  ${name.padEnd(12)} ${JSON.stringify(value)}`)
  const valid = problem === undefined
  out.result(
    { valid, type, keys: from, claims, ...(valid ? {} : { problem }) },
    [verdict, ...lines].join('\n'),
  )
  return valid ? exitCodes.ok : exitCodes.failed
}
