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
      const end = ends.get(entry.organisationId) ?? { sequence: 0, hash: genesisHash }
      const sequence = end.sequence + 1
      const hash = entryHash({ ...entry.entry, sequence }, end.hash)
      ends.set(entry.organisationId, { sequence, hash })
      return { organisationId: entry.organisationId, sequence, entryId: entry.id, hash }
    })
    await store.insertLinks(client, links)
    await store.moveWatermark(client, { xid: last.xid, entryId: last.id })
    return links.length
  })
}

/** Signs the end of every chain that has grown by 1,000 entries, or has grown and has no head of the last minute. Each head is told to the operator as an event. */
export async function signHeads(deps: Deps, now = new Date()): Promise<number> {
  const due = await store.listDueHeads(
    deps.pools.sealer,
    entriesPerHead,
    new Date(now.getTime() - headEveryMs),
  )
  for (const end of due) await signHead(deps, end.organisationId, end, now)
  return due.length
}

/** Signs one end of a chain and keeps the statement. */
export async function signHead(
  deps: Deps,
  organisation: string,
  end: { sequence: number; hash: string },
  now = new Date(),
): Promise<string> {
  const claims = {
    organisation: encodeId(idPrefixes.organisation, organisation),
    sequence: end.sequence,
    count: end.sequence,
    hash: end.hash,
    at: now.toISOString(),
  }
  const jws = await deps.signer.sign('bizq-audit-head', claims)
  const isNew = await store.insertHead(deps.pools.sealer, {
    organisationId: organisation,
    ...end,
    at: now,
    jws,
  })
  if (isNew) {
    await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
      unit.emit('audit.head', { sequence: end.sequence, hash: end.hash, at: claims.at, jws })
    })
  }
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
