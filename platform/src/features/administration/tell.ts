import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { audit } from '../audit/index.ts'
import type { ActKind } from './schemas.ts'
import * as store from './store.ts'

/** What is told of an act: the act, the one that it lifts, and the service as it is called. */
export interface Told {
  act: store.ActRow
  lifted: store.ActRow | null
  service: { id: string; slug: string; name: string } | null
}

const holding: ReadonlySet<ActKind> = new Set<ActKind>(['hide', 'suspend', 'stop'])

/** Tells the organisation that this unit acts for: a notice, an entry in its log and an event, once for each act. */
export async function tell(unit: UnitOfWork, { act, lifted, service }: Told): Promise<void> {
  if (lifted) await store.liftNotice(unit.tx, lifted.id)
  const isItsOwn = act.concerns_id === unit.actor.organisation
  const notice = await store.insertNotice(unit.tx, {
    organisation_id: unit.actor.organisation,
    act: act.id,
    kind: act.kind,
    service_id: service?.id ?? null,
    service_slug: service?.slug ?? null,
    service_name: service?.name ?? null,
    code: act.code,
    words: act.words,
    may_object: isItsOwn && holding.has(act.kind),
  })
  if (!notice) return
  const ids = {
    notice: encodeId(idPrefixes.platformNotice, notice.id),
    kind: act.kind,
    service: service && encodeId(idPrefixes.service, service.id),
  }
  await audit(unit, 'platform.notice', { ...ids, code: act.code, reason: act.words })
  unit.emit('platform.notice', ids)
}
