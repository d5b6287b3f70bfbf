import {
  actionOf,
  datasetOf,
  encodeId,
  fillTemplate,
  idPrefixes,
  messagesFor,
  parametersOf,
  renderSentence,
  undoOf,
  type DatasetName,
  type LoadedRecords,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireBusinessRow, type BusinessRow } from '../businesses/index.ts'
import { loadRecords, type WireRow } from '../data/index.ts'
import * as decisions from './decision-store.ts'
import * as effects from './effect-store.ts'
import { areThere, circumstancesOf, loadSubjects, versionOf } from './records.ts'
import type { Action } from './schemas.ts'
import * as store from './store.ts'

/** Actions as the operator reads them: with real names, the present version, and why. Few queries for many actions. */
export async function presentActions(unit: UnitOfWork, rows: readonly store.ActionRow[]): Promise<Action[]> {
  const ids = rows.map((row) => row.id)
  const made = new Map((await decisions.listLastDecisions(unit.tx, ids)).map((row) => [row.action_id, row]))
  const effectRows = new Map((await effects.listEffectsOf(unit.tx, ids)).map((row) => [row.action_id, row]))
  const records = await decisions.listServiceRecords(
    unit.tx,
    rows.map((row) => row.service_id),
  )
  const presented = new Map<string, Action>()
  for (const [businessId, group] of Map.groupBy(rows, (row) => row.business_id)) {
    const business = await requireBusinessRow(unit, businessId)
    const loaded = await loadSubjects(unit, businessId, group)
    const because = await loadBecause(unit, businessId, group)
    for (const [at, row] of group.entries()) {
      const found = {
        business,
        records: loaded[at] ?? {},
        because,
        decision: made.get(row.id),
        effect: effectRows.get(row.id),
        record: records.get(row.service_id),
      }
      presented.set(row.id, present(row, found))
    }
  }
  return ids.flatMap((id) => presented.get(id) ?? [])
}

type Because = Map<string, WireRow>
interface Found {
  business: BusinessRow
  records: LoadedRecords
  because: Because
  decision: Awaited<ReturnType<typeof decisions.listLastDecisions>>[number] | undefined
  effect: effects.EffectRow | undefined
  record: decisions.ServiceRecord | undefined
}

async function loadBecause(
  unit: UnitOfWork,
  business: string,
  rows: readonly store.ActionRow[],
): Promise<Because> {
  const wanted = new Map<DatasetName, Set<string>>()
  for (const { dataset, id } of rows.flatMap((row) => row.because))
    wanted.set(dataset, (wanted.get(dataset) ?? new Set()).add(id))
  const all: Because = new Map()
  for (const [dataset, ids] of wanted) {
    for (const [id, row] of await loadRecords(unit, business, dataset, [...ids])) all.set(id, row)
  }
  return all
}

function present(row: store.ActionRow, found: Found): Action {
  const { business, records, effect } = found
  const isThere = areThere(row, records)
  return {
    id: encodeId(idPrefixes.action, row.id),
    type: row.type,
    state: row.state,
    version: versionOf(row.type, records, row.parameters),
    business: {
      id: encodeId(idPrefixes.business, business.id),
      name: business.name,
      country: business.country,
      locale: business.locale,
      timeZone: business.time_zone,
    },
    subscription: encodeId(idPrefixes.subscription, row.subscription_id),
    execution: encodeId(idPrefixes.execution, row.execution_id),
    service: {
      id: encodeId(idPrefixes.service, row.service_id),
      slug: row.service_slug,
      name: row.service_name,
      release: row.release_version,
    },
    sentence: isThere
      ? renderSentence(business.locale, row.type, asBefore(records, effect), row.parameters, business.name)
      : `${row.type}: a record that it is about is not there any more`,
    stake:
      row.stake_amount === null || row.stake_currency === null
        ? null
        : { amount: row.stake_amount, currency: row.stake_currency },
    impact: row.impact,
    risk: row.risk,
    confidence: row.confidence,
    mayBulk: row.may_bulk,
    because: presentBecause(row, found.because),
    parameters: row.parameters,
    editable: presentEditable(row),
    text: isThere ? presentText(row, found) : null,
    record: found.record ?? { decided: 0, accepted: 0, edited: 0, undone: 0 },
    policy: { outcome: row.outcome, explanation: row.reasons.map((reason) => reason.detail) },
    note: row.note,
    ...presentUndo(row, effect, business.locale),
    proposedAt: row.proposed_at.toISOString(),
    expiresAt: ['proposed', 'awaiting-second'].includes(row.state) ? row.expires_at.toISOString() : null,
    decision: presentDecision(row, found.decision),
    effect: effect
      ? {
          id: encodeId(idPrefixes.effect, effect.id),
          state: effect.state,
          heldUntil: effect.held_until?.toISOString() ?? null,
          at: effect.carried_out_at?.toISOString() ?? null,
          detail: effect.detail,
        }
      : null,
  }
}

/** The records as they stood before the effect: "from 3 to 10 December" is true of then, whatever they hold by now. */
function asBefore(records: LoadedRecords, effect: effects.EffectRow | undefined): LoadedRecords {
  const were = new Map(effect?.before?.map(({ row }) => [row['id'], row]))
  const asWas = (record: Readonly<Record<string, unknown>>) => ({ ...record, ...were.get(record['id']) })
  return Object.fromEntries(
    Object.entries(records).map(([path, found]) => {
      if (found === null) return [path, null]
      return [path, Array.isArray(found) ? found.map(asWas) : asWas(found as Record<string, unknown>)]
    }),
  )
}

function presentBecause(row: store.ActionRow, rows: Because): Action['because'] {
  return row.because.flatMap(({ dataset, id }) => {
    const record = rows.get(id)
    if (!record) return []
    const seen = (row.granted[dataset] ?? []).filter(
      (field) => field !== 'id' && datasetOf(dataset).fields[field],
    )
    return [
      {
        dataset,
        id,
        label: labelOf(dataset, record),
        fields: Object.fromEntries(seen.map((field) => [field, record[field] ?? null])),
      },
    ]
  })
}

function presentEditable({ type }: store.ActionRow): Action['editable'] {
  const { editable, parameters } = actionOf(type)
  return parametersOf(parameters)
    .filter(({ name }) => editable.includes(name))
    .map(({ name, kind, dataset, isOptional }) => ({ name, kind, dataset: dataset ?? null, isOptional }))
}

/** A text for a third party as it would go out. */
function presentText(row: store.ActionRow, { records, business }: Found): Action['text'] {
  const action = actionOf(row.type)
  const templates = parametersOf(action.parameters).filter(({ kind }) => kind === 'template')
  if (!action.reachesThirdParty || templates.length === 0) return null
  const usual: Record<string, { subject?: string; text?: string } | undefined> = messagesFor(
    business.locale,
  ).mail
  const now = circumstancesOf(business)
  const fill = (text: unknown): string | null =>
    typeof text === 'string' ? fillTemplate(action, text, records, now).text : null
  const people = Object.values(records).filter(
    (record): record is Readonly<Record<string, unknown>> => record !== null && !Array.isArray(record),
  )
  const to = people.map((record) => record['email']).find((email) => typeof email === 'string')
  const subject = fill(row.parameters['subject'] ?? usual[row.type]?.subject)
  const body = fill(row.parameters['text'] ?? usual[row.type]?.text)
  return body === null ? null : { to: typeof to === 'string' ? to : null, subject, body }
}

function presentUndo(
  row: store.ActionRow,
  effect: effects.EffectRow | undefined,
  locale: string,
): Pick<Action, 'canUndo' | 'undoUntil' | 'noUndo'> {
  const kept = undoOf(
    row.type,
    effect?.before ?? [],
    effect?.state === 'done' ? (effect.applied ?? []) : [],
    locale,
  )
  const noUndo = 'none' in kept ? kept.none : null
  if (row.state === 'approved') {
    const canUndo = effect?.state === 'held' || effect?.state === 'pending'
    return { canUndo, undoUntil: effect?.held_until?.toISOString() ?? null, noUndo }
  }
  const isOpen = !effect?.undo_until || effect.undo_until > new Date()
  return {
    canUndo: row.state === 'applied' && effect?.state === 'done' && noUndo === null && isOpen,
    undoUntil: effect?.undo_until?.toISOString() ?? null,
    noUndo,
  }
}

function presentDecision(row: store.ActionRow, decision: Found['decision']): Action['decision'] {
  if (!decision || decision.decision === 'take-back' || row.state === 'proposed') return null
  return {
    decision: decision.decision,
    by: { kind: decision.by_kind, name: decision.name },
    at: decision.at.toISOString(),
    reason: decision.reason_code ? { code: decision.reason_code as never, text: decision.reason_text } : null,
  }
}

/** What a record is called among people: its name, title, number, or what it is. */
function labelOf(
  dataset: Parameters<typeof datasetOf>[0],
  row: Readonly<Record<string, unknown>>,
): string | null {
  for (const field of ['name', 'company', 'title', 'number', 'subject', 'description', 'counterpartyText']) {
    const value = row[field]
    if (typeof value === 'string' && value !== '') return value
  }
  return datasetOf(dataset).singular
}
