import { ProviderExecutions, type ProviderExecution } from '@bizq/sdk/contract'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'
import { openSession, refusalOf, type Session } from '../session/api.ts'

interface Options {
  platform?: string
  follow: boolean
  limit: string
  interval: string
}

function wholeNumber(text: string, name: string, most: number): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0 && number <= most) return number
  throw new CommandError(`--${name} is a number above 0, at most ${most}, not ${text}.`, {
    exitCode: exitCodes.usage,
    code: 'usage',
  })
}

const mostLines = 200

async function read({ platform, fetch }: Session, service: string, query: Record<string, string>) {
  const url = new URL(`/v1/provider/services/${encodeURIComponent(service)}/executions`, platform)
  url.search = new URLSearchParams(query).toString()
  const response = await fetch(url).catch((cause: unknown) => {
    throw new CommandError(`${platform} cannot be reached.`, { code: 'unreachable', cause })
  })
  if (!response.ok) throw refusalOf(response.status, await response.json().catch(() => null))
  return ProviderExecutions.parse(await response.json())
}

/** Everything that came after a line, the newest first, however many pages it is. */
async function readAfter(session: Session, service: string, after: string): Promise<ProviderExecution[]> {
  const all: ProviderExecution[] = []
  let cursor: string | null = null
  do {
    const query: Record<string, string> = { limit: String(mostLines), after, ...(cursor ? { cursor } : {}) }
    const { items, next } = await read(session, service, query)
    all.push(...items)
    cursor = next
  } while (cursor !== null)
  return all
}

function wordsFor(execution: ProviderExecution, out: Output): string {
  const { id, at, version, outcome, wallMs, error, log } = execution
  const style = outcome === 'succeeded' ? 'green' : outcome === 'cannot-serve' ? 'yellow' : 'red'
  const lines = [
    `${at}  ${version}  ${out.paint(style, outcome)}  ${wallMs === null ? '' : `${wallMs} ms  `}${id}`,
  ]
  if (error) {
    const places = error.stack.map(({ line, column }) => `bundle.js:${line}:${column}`).join(', ')
    lines.push(`    ${error.name}${places ? ` at ${places}` : ''}`)
  }
  if (log)
    lines.push(
      ...log
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    )
  return lines.join('\n')
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** A service's executions, oldest first; under --follow until interrupted. */
export async function logs(out: Output, service: string, options: Options): Promise<void> {
  const limit = wholeNumber(options.limit, 'limit', mostLines)
  const everyMs = wholeNumber(options.interval, 'interval', 3_600) * 1_000
  const first = await openSession(options.platform)
  let { items } = await read(first, service, { limit: String(limit) })
  let last: string | undefined
  for (;;) {
    for (const item of items.toReversed()) {
      out.item(item, wordsFor(item, out))
      last = item.id
    }
    if (!options.follow) break
    await pause(everyMs)
    // Opened again each time: a token ends sooner than a long look.
    const session = await openSession(options.platform)
    items =
      last === undefined
        ? (await read(session, service, { limit: String(mostLines) })).items
        : await readAfter(session, service, last)
  }
  if (last === undefined) out.note(`${service} has not been executed yet.`)
}
