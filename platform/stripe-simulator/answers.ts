import { createHash } from 'node:crypto'
import type { FormValue } from './form.ts'
import { Refusal } from './refusal.ts'
import type { Store } from './store.ts'

export interface Answer {
  status: number
  json: string
  /** The request that was answered first. */
  request: string
}

const dayMs = 86_400_000

function canonical(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  return `{${Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] ?? '')}`)
    .join()}}`
}

export const fingerprintOf = (method: string, path: string, form: FormValue): string =>
  createHash('sha256')
    .update(`${method} ${path} ${canonical(form)}`)
    .digest('hex')

/** What the same key was answered within 24 hours. Refuses the key with other parameters. */
export function findAnswer(
  store: Store,
  key: string,
  scope: string,
  fingerprint: string,
  nowMs: number,
): Answer | undefined {
  const row = store.database
    .prepare('select fingerprint, status, json, request, kept_at from answers where key = ? and scope = ?')
    .get(key, scope)
  if (!row || Number(row['kept_at']) < nowMs - dayMs) return undefined
  if (row['fingerprint'] !== fingerprint)
    throw new Refusal(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
    })
  return { status: Number(row['status']), json: String(row['json']), request: String(row['request']) }
}

export function keepAnswer(
  store: Store,
  key: string,
  scope: string,
  fingerprint: string,
  answer: Answer,
  nowMs: number,
): void {
  store.database
    .prepare(
      'insert or replace into answers (key, scope, fingerprint, status, json, request, kept_at) values (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(key, scope, fingerprint, answer.status, answer.json, answer.request, nowMs)
}

/** What nobody can ask for any more: keys of before yesterday. */
export function forgetAnswers(store: Store, nowMs: number): void {
  store.database.prepare('delete from answers where kept_at < ?').run(nowMs - dayMs)
}
