import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { entryHash, genesisHash } from './chain.ts'
import * as store from './seal-store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'audit.head': { sequence: number; hash: string; at: string; jws: string }
  }
}

const batchSize = 2_000
const entriesPerHead = 1_000
const headEveryMs = 60_000

/**
 * Chains what was committed since the last time, in commit order. Only rows that no open
 * transaction can still come before are taken. Returns how many were sealed.
 */
export async function sealAudit(deps: Pick<Deps, 'pools'>): Promise<number> {
  return store.withSealer(deps.pools.sealer, async (client) => {
    const watermark = await store.lockWatermark(client)
    const entries = await store.listUnsealed(client, watermark, batchSize)
    const last = entries.at(-1)
    if (!last) return 0
    const organisations = [...new Set(entries.map((entry) => entry.organisationId))]
    const ends = await store.findChainEnds(client, organisations)
    const links = entries.map((entry) => {
      const { organisationId } = entry
      const end = ends.get(organisationId) ?? { sequence: 0, hash: genesisHash }
      const sequence = end.sequence + 1
      const hash = entryHash({ ...entry.entry, sequence }, end.hash)
      ends.set(organisationId, { organisationId, sequence, hash })
      return { organisationId, sequence, entryId: entry.id, hash }
    })
    await store.insertLinks(client, links)
    await store.saveChainEnds(client, [...ends.values()])
    await store.moveWatermark(client, { xid: last.xid, entryId: last.id })
    return links.length
  })
}

const headsAtOnce = 500

/** Signs the end of every chain that has grown by 1,000 entries, or has grown and has no head of the last minute. Answers how many. */
export async function signHeads(deps: Deps, now = new Date()): Promise<number> {
  const due = { entries: entriesPerHead, before: new Date(now.getTime() - headEveryMs) }
  let signed = 0
  for (const organisation of await store.listDueHeads(deps.pools.sealer, due, headsAtOnce)) {
    await store.withSealer(deps.pools.sealer, async (client) => {
      const end = await store.lockDueHead(client, organisation, due)
      if (!end) return
      await store.insertHead(client, end, { at: now, jws: await giveHead(deps, end, now) })
      signed++
    })
  }
  return signed
}

/** Signs one end of a chain and tells the operator, before it is kept: a crash between tells it twice, never not at all. */
async function giveHead(deps: Deps, end: store.ChainEnd, now: Date): Promise<string> {
  const at = now.toISOString()
  const { sequence, hash } = end
  const organisation = encodeId(idPrefixes.organisation, end.organisationId)
  const jws = await deps.signer.sign('bizq-audit-head', { organisation, sequence, count: sequence, hash, at })
  await withUnitOfWork(deps, systemActor(end.organisationId), async (unit) => {
    unit.emit('audit.head', { sequence, hash, at, jws })
  })
  return jws
}

/** Seals in the background until it is stopped: soon after each commit, and every second. */
export function startSealer(deps: Deps): { stop(): Promise<void> } {
  let isStopped = false
  const run = async () => {
    while (!isStopped) {
      try {
        while ((await sealAudit(deps)) === batchSize);
        await signHeads(deps)
      } catch (error) {
        deps.log.warn({ err: error }, 'sealing the audit log failed; it is tried again')
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  const running = run()
  return {
    stop: async () => {
      isStopped = true
      await running
    },
  }
}
