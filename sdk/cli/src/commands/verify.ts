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

/** What keeps a statement whose signature is good from holding now. */
async function problemWith(claims: Readonly<Record<string, unknown>>, release: string | undefined) {
  const { exp } = claims
  if (typeof exp === 'number' && exp * 1_000 < Date.now())
    return `it ended on ${new Date(exp * 1_000).toISOString().slice(0, 10)}`
  if (release === undefined) return undefined
  const digest = await digestOf(release)
  return claims['release'] === digest
    ? undefined
    : `it is about another release than ${release}/dist (${digest})`
}

/** Verifies a certificate or a receipt. Exit code 1 when it is not what it says. */
export async function verify(out: Output, file: string, options: Options): Promise<number> {
  const jws = (
    file === '-'
      ? await text(process.stdin)
      : await readFile(file, 'utf8').catch(() => {
          throw usage(`There is no file ${file}.`)
        })
  ).trim()
  const { type, claims } = parse(jws)
  const issuer = typeof claims.iss === 'string' ? claims.iss : undefined
  const keys = options.keys ?? (issuer && `${issuer}/.well-known/jwks.json`)
  if (!keys) throw usage('It names no issuer: name the public keys with --keys.')
  const isSigned = await compactVerify(jws, createLocalJWKSet(await readKeys(keys))).then(
    () => true,
    () => false,
  )
  const problem = isSigned
    ? await problemWith(claims, options.release)
    : `no key of ${keys} signed it, or it was changed since`
  const kind = type.replace(/^bizq-/, '')
  const lines = Object.entries(claims).map(([name, value]) => `  ${name.padEnd(12)} ${JSON.stringify(value)}`)
  const verdict = problem
    ? out.paint('red', `NOT VALID: ${problem}`)
    : out.paint('green', `VALID ${kind}, signed by a key of ${keys}`)
  out.result(
    { valid: problem === undefined, type, keys, claims, ...(problem && { problem }) },
    [verdict, ...lines].join('\n'),
  )
  return problem === undefined ? exitCodes.ok : exitCodes.failed
}
