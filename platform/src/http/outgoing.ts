import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, fetch as undiciFetch, type Dispatcher } from 'undici'

/** Why a call was not made, or failed. `forbidden-address` is final; the rest may pass. */
export interface OutgoingFailure {
  kind: 'forbidden-address' | 'timed-out' | 'unreachable' | 'too-large'
  detail: string
}
export type OutgoingResult =
  | { isAnswered: true; status: number; headers: Record<string, string>; body: string }
  | { isAnswered: false; failure: OutgoingFailure }

export interface OutgoingCall {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
}

/** The one way out to addresses that somebody else chose. */
export interface Outgoing {
  /** Refuses an address that can be seen to be forbidden without a look-up; says why. */
  objectionTo(url: string): string | undefined
  call(url: string, call: OutgoingCall): Promise<OutgoingResult>
  close(): Promise<void>
}

export interface OutgoingOptions {
  /** Development on one machine: 127.0.0.1, and plain http to it. */
  allowsLoopback?: boolean
  timeoutMs?: number
  maxBytes?: number
  lookup?: typeof systemLookup
}

class ForbiddenAddress extends Error {
  readonly code = 'FORBIDDEN_ADDRESS'
}

class TooLarge extends Error {
  readonly code = 'TOO_LARGE'
}

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Whether an address is on the public internet: not private, loopback, link-local, mapped, translated or otherwise special. */
export function isPublicAddress(address: string): boolean {
  const parsed = ipaddr.parse(address)
  // Of IPv6 only 2000::/3 has been given out; what is outside of it is special, named or not.
  const isGlobal = parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast)
  return isGlobal && parsed.range() === 'unicast'
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}

/**
 * Opens the guarded agent. Names are looked up here and the connection goes to the very address that
 * was checked; literals in any notation are checked too; redirects are not followed; only https.
 */
export function openOutgoing(options: OutgoingOptions = {}): Outgoing {
  const { allowsLoopback = false, timeoutMs = 10_000, maxBytes = 1_048_576, lookup = systemLookup } = options
  const isAllowed = (address: string) => isPublicAddress(address) || (allowsLoopback && isLoopback(address))

  const guardedLookup: LookupFunction = (hostname, lookupOptions, callback) => {
    lookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const forbidden = addresses.find(({ address }) => !isAllowed(address))
      const [first] = addresses
      if (forbidden || !first)
        return callback(new ForbiddenAddress(`${hostname} is at an address that is not public`), '', 0)
      if (lookupOptions.all)
        return (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses)
      return callback(null, first.address, first.family)
    })
  }

  const objectionTo = (url: string): string | undefined => {
    const parsed = URL.parse(url)
    if (!parsed) return 'it is not an absolute URL'
    const host = parsed.hostname.replaceAll(/^\[|\]$/g, '')
    const isLocal = allowsLoopback && (isLoopback(host) || host === 'localhost')
    if (parsed.protocol !== 'https:' && !(parsed.protocol === 'http:' && isLocal))
      return 'only https is called'
    if (parsed.username !== '' || parsed.password !== '') return 'it must not hold a user name or password'
    if (ipaddr.isValid(host) && !isAllowed(host)) return 'the address is not public'
    return undefined
  }

  const checkLiteral: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (dispatchOptions, handler) => {
    const objection = objectionTo(String(dispatchOptions.origin))
    if (objection) throw new ForbiddenAddress(objection)
    return dispatch(dispatchOptions, handler)
  }

  const agent = new Agent({
    connect: { lookup: guardedLookup, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connections: 8,
  }).compose(checkLiteral)

  return {
    objectionTo,
    call: async (url, { method, headers, body }) => {
      const objection = objectionTo(url)
      if (objection) return { isAnswered: false, failure: { kind: 'forbidden-address', detail: objection } }
      try {
        const response = await undiciFetch(url, {
          method,
          dispatcher: agent,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
          headers: { 'accept-encoding': 'identity', ...headers },
          ...(body === undefined ? {} : { body }),
        })
        const text = await readBounded(response.body, maxBytes)
        return {
          isAnswered: true,
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: text,
        }
      } catch (error) {
        return { isAnswered: false, failure: failureOf(error) }
      }
    },
    close: () => agent.close(),
  }
}

/** Reads a body as text. What counts is what it comes to, not what was sent: a small answer may unpack to a huge one. */
async function readBounded(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of body ?? []) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw new TooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

function failureOf(error: unknown): OutgoingFailure {
  const chain: { name?: string; code?: string; message?: string }[] = []
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each)
  const has = (...codes: string[]) =>
    chain.some(({ code, name }) => codes.includes(code ?? '') || codes.includes(name ?? ''))
  if (has('FORBIDDEN_ADDRESS'))
    return {
      kind: 'forbidden-address',
      detail: chain.find(({ code }) => code === 'FORBIDDEN_ADDRESS')?.message ?? '',
    }
  if (has('TimeoutError', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'))
    return { kind: 'timed-out', detail: 'no answer in time' }
  if (has('TOO_LARGE')) return { kind: 'too-large', detail: 'the answer is too large' }
  return { kind: 'unreachable', detail: chain.at(-1)?.code ?? 'no connection' }
}
