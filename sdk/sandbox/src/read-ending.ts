import type { SandboxError, SandboxLimits } from './request.ts'

/** What a child says at the end of an execution, as the parent takes it: nothing in it is believed unseen. */
export type Ending =
  | { outcome: 'succeeded'; output: string; cpuMs: number }
  | { outcome: 'failed'; error: SandboxError; cpuMs: number }
  | { outcome: 'timed-out' | 'out-of-memory' | 'crashed' | 'output-too-large'; detail: string; cpuMs: number }

const outcomes = ['timed-out', 'out-of-memory', 'crashed', 'output-too-large'] as const

/** Undefined when it is not an ending that a sound child could send. */
export function readEnding(
  header: unknown,
  payload: Buffer,
  limits: SandboxLimits,
  bundle: string,
): Ending | undefined {
  const { type, outcome, cpuMs, detail } = (header ?? {}) as Record<string, unknown>
  if (type !== 'done' || typeof cpuMs !== 'number' || !Number.isFinite(cpuMs)) return undefined
  if (outcome === 'succeeded') {
    return payload.length > limits.outputBytes ? undefined : { outcome, output: payload.toString(), cpuMs }
  }
  if (outcome === 'failed') return { outcome, error: readError(payload, bundle), cpuMs }
  const known = outcomes.find((one) => one === outcome)
  if (known === undefined || typeof detail !== 'string') return undefined
  return { outcome: known, detail: detail.slice(0, 500), cpuMs }
}

function readError(payload: Buffer, bundle: string): SandboxError {
  const { name, message, positions, data } = parse(payload)
  const fields = readFields(data)
  return {
    name: typeof name === 'string' && /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? name : 'Error',
    message: typeof message === 'string' ? message.slice(0, 2_000) : 'the error could not be read',
    stack: typeof positions === 'string' ? readPositions(positions, bundle) : [],
    ...(fields === undefined ? {} : { data: fields }),
  }
}

function parse(payload: Buffer): Record<string, unknown> {
  if (payload.length > 65_536) return {}
  try {
    const value: unknown = JSON.parse(payload.toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Only places that exist in the bundle: a number is a way out too. */
function readPositions(positions: string, bundle: string): { line: number; column: number }[] {
  const lines = bundle.split('\n')
  return positions
    .split(',', 10)
    .map((position) => position.split(':').map(Number))
    .flatMap(([line = 0, column = 0]) => {
      const text = Number.isInteger(line) ? lines[line - 1] : undefined
      const isInside =
        text !== undefined && Number.isInteger(column) && column >= 1 && column <= text.length + 1
      return isInside ? [{ line, column }] : []
    })
}

function readFields(data: unknown): SandboxError['data'] | undefined {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  const fields = Object.entries(data)
    .slice(0, 8)
    .flatMap(([key, value]): [string, string | number | boolean][] => {
      if (key.length > 64) return []
      if (typeof value === 'string') return [[key, value.slice(0, 1_000)]]
      return typeof value === 'number' || typeof value === 'boolean' ? [[key, value]] : []
    })
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}
