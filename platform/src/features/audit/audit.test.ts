import { expect } from 'vitest'
import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { asAdmin } from '../../../test/executions.ts'
import { createBusiness } from '../../../test/people.ts'
import { test } from '../../../test/harness.ts'
import type { Person } from '../../../test/people.ts'
import type { Platform } from '../../../test/harness.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { audit, auditAll, sealAudit, signHeads, verifyAudit } from './index.ts'
import { entryHash, genesisHash } from './chain.ts'

/** Seals until everything is: another transaction of the machine may hold the horizon back for a moment. */
async function sealAll(platform: Platform, operator: Person): Promise<void> {
  for (;;) {
    await sealAudit(platform.deps)
    const { items } = (await operator.get('/v1/audit?limit=200')).body
    if (items.every((item: { sequence: number | null }) => item.sequence !== null)) return
  }
}

async function sealedLog(platform: Platform, operator: Person): Promise<string[]> {
  for (const name of ['A', 'B', 'C']) await createBusiness(operator, { name })
  await sealAll(platform, operator)
  await signHeads(platform.deps)
  await createBusiness(operator, { name: 'D' })
  await sealAll(platform, operator)
  return (await operator.get<string>('/v1/audit/export')).body.trim().split('\n')
}

async function verdictOf(platform: Platform, lines: string[], knownHead?: string) {
  return verifyAudit(lines, await platform.deps.signer.publicKeys(), knownHead ? { knownHead } : {})
}

const faultsOf = (verdict: { faults: { fault: string }[] }) => new Set(verdict.faults.map((f) => f.fault))

test('an exported log that nobody touched is whole', async ({ platform, operator }) => {
  const lines = await sealedLog(platform, operator)
  const verdict = await verdictOf(platform, lines)
  expect(verdict).toMatchObject({ isWhole: true, entries: 5, heads: 1, faults: [] })
})

test('an edited entry is found', async ({ platform, operator }) => {
  const lines = await sealedLog(platform, operator)
  const at = lines.findIndex((line) => line.includes('business.create'))
  lines[at] = lines[at]?.replace('business.create', 'business.delete') ?? ''
  expect(faultsOf(await verdictOf(platform, lines))).toContain('edited')
})

test('a removed entry is found', async ({ platform, operator }) => {
  const lines = await sealedLog(platform, operator)
  lines.splice(2, 1)
  expect(faultsOf(await verdictOf(platform, lines))).toContain('gap')
})

test('reordered entries are found', async ({ platform, operator }) => {
  const lines = await sealedLog(platform, operator)
  const [a, b] = [lines[1] ?? '', lines[2] ?? '']
  lines.splice(1, 2, b, a)
  expect(faultsOf(await verdictOf(platform, lines))).toContain('reordered')
})

test('a truncated file is found, by its statement and by a head kept elsewhere', async ({
  platform,
  operator,
}) => {
  const lines = await sealedLog(platform, operator)
  expect(faultsOf(await verdictOf(platform, lines.slice(0, -1)))).toContain('truncated')

  await signHeads(platform.deps, new Date(Date.now() + 120_000))
  const kept = (await operator.get('/v1/audit/heads')).body.items[0].jws
  const older = lines.filter((line) => !line.includes('"type":"export"')).slice(0, 2)
  expect(faultsOf(await verdictOf(platform, older, kept))).toContain('truncated')
})

test('a log that was hashed anew from the start is found', async ({ platform, operator }) => {
  const lines = await sealedLog(platform, operator)
  let previous = genesisHash
  const forged = lines.map((line) => {
    const parsed = JSON.parse(line)
    if (parsed.type !== 'entry') return line
    const { type, previous: _p, hash: _h, ...entry } = parsed
    if (entry.action === 'business.create') entry.action = 'business.forge'
    const hash = entryHash(entry, previous)
    const written = JSON.stringify({ type, ...entry, previous, hash })
    previous = hash
    return written
  })
  const verdict = await verdictOf(platform, forged)
  expect(faultsOf(verdict)).toContain('head-differs')
  expect(faultsOf(verdict)).not.toContain('edited')
})

test('an edited entry whose own hash was mended is found by the one after it', async ({
  platform,
  operator,
}) => {
  const lines = await sealedLog(platform, operator)
  const at = lines.findIndex((line) => line.includes('business.create'))
  const { type, previous, hash: _hash, ...entry } = JSON.parse(lines[at] ?? '')
  const edited = { ...entry, action: 'business.forge' }
  const hash = entryHash(edited, previous)
  lines[at] = JSON.stringify({ type, ...edited, previous, hash })
  lines[at + 1] = JSON.stringify({ ...JSON.parse(lines[at + 1] ?? ''), previous: hash })
  expect(faultsOf(await verdictOf(platform, lines))).toEqual(new Set(['edited']))
})

test('a head signed with another key is refused', async ({ platform, operator }) => {
  const lines = await sealedLog(platform, operator)
  const before = await platform.deps.signer.publicKeys()
  await platform.deps.signer.rotate()
  const verdict = await verifyAudit((await operator.get<string>('/v1/audit/export')).body.split('\n'), before)
  expect(faultsOf(verdict)).toContain('signature')
  expect(await verdictOf(platform, lines)).toMatchObject({ isWhole: true })
})

test('entries are chained in commit order: none is sealed that an open transaction can still come before', async ({
  platform,
  operator,
}) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  let release = () => {}
  const isHeld = new Promise<void>((resolve) => (release = resolve))
  let hasWritten = () => {}
  const written = new Promise<void>((resolve) => (hasWritten = resolve))
  const slow = withUnitOfWork(platform.deps, actor, async (unit) => {
    await audit(unit, 'test.slow', {})
    hasWritten()
    await isHeld
  })
  await written
  try {
    await withUnitOfWork(platform.deps, actor, (unit) => audit(unit, 'test.fast', {}))
    await sealAudit(platform.deps)
    expect((await operator.get('/v1/audit?action=test.fast')).body.items[0].sequence).toBeNull()
  } finally {
    release()
    await slow
  }
  await sealAll(platform, operator)
  const sequence = async (action: string) =>
    (await operator.get(`/v1/audit?action=${action}`)).body.items[0].sequence
  expect(await sequence('test.slow')).toBeLessThan(await sequence('test.fast'))
})

/** Lets transaction numbers run on until they have a digit more. */
async function passPowerOfTen(adminUrl: string): Promise<void> {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query(`do $$ declare last xid8; begin
    loop
      last := pg_current_xact_id();
      commit;
      exit when last::text ~ '^10*$';
    end loop; end $$`)
  await admin.end()
}

test('entries stay in commit order when transaction numbers get a digit more', async ({
  platform,
  operator,
}) => {
  await createBusiness(operator, { name: 'Before' })
  await passPowerOfTen(platform.adminUrl)
  await createBusiness(operator, { name: 'After' })
  await sealAll(platform, operator)
  await createBusiness(operator, { name: 'Later' })
  await sealAll(platform, operator)
  const { items } = (await operator.get('/v1/audit?limit=10')).body
  expect(items.map((item: { sequence: number }) => item.sequence)).toEqual([4, 3, 2, 1])
  const lines = (await operator.get<string>('/v1/audit/export')).body.trim().split('\n')
  expect(await verdictOf(platform, lines)).toMatchObject({ isWhole: true, entries: 4 })
})

test('the end of the log of another organisation, a statement of another kind, and two of them are found', async ({
  platform,
  operator,
  stranger,
}) => {
  const [mine, theirs] = [await sealedLog(platform, operator), await sealedLog(platform, stranger)]
  const headOf = (lines: string[]) => lines.findIndex((line) => line.includes('"type":"head"'))
  const foreign = mine.with(headOf(mine), theirs[headOf(theirs)] ?? '')
  expect(faultsOf(await verdictOf(platform, foreign))).toContain('head-differs')
  const cut = mine.slice(1, headOf(mine))
  const asStatement = mine[headOf(mine)]?.replace('"head"', '"export"') ?? ''
  expect(faultsOf(await verdictOf(platform, [asStatement, ...cut]))).toContain('signature')
  expect(faultsOf(await verdictOf(platform, [...mine, mine[0] ?? '']))).toContain('head-differs')
  const whole = await verdictOf(platform, theirs)
  expect(whole).toMatchObject({ isWhole: true, organisation: stranger.organisation })
  const kept = JSON.parse(mine[headOf(mine)] ?? '').jws
  expect(faultsOf(await verdictOf(platform, theirs, kept))).toContain('head-differs')
  expect(faultsOf(await verdictOf(platform, mine, 'no.head.at-all'))).toContain('signature')
})

test('the exported file is checked as it was exported, however large its lines are cut', async ({
  platform,
  operator,
}) => {
  const lines = await sealedLog(platform, operator)
  for (const type of ['application/jsonl', 'application/x-ndjson', 'text/plain']) {
    const { body } = await operator.post('/v1/audit/verification', undefined, {
      raw: `${lines.join('\n')}\n`,
      headers: { 'content-type': type },
    })
    expect(body, type).toMatchObject({ isWhole: true, entries: 5 })
  }
  const long = await operator.post('/v1/audit/verification', undefined, {
    raw: 'x'.repeat(3 * 1024 * 1024),
    headers: { 'content-type': 'application/jsonl' },
  })
  expect(long.status).toBe(413)
})

test('nonsense in a file is told by its line, and never more than a verdict', async ({
  platform,
  operator,
}) => {
  const lines = await sealedLog(platform, operator)
  for (const nonsense of [
    'null',
    '5',
    '[]',
    '"x"',
    '{',
    '{"type":"entry"}',
    '{"type":"head"}',
    '{"type":"other"}',
  ]) {
    const body = [...lines.slice(0, 2), nonsense, ...lines.slice(2)].join('\n')
    const { status, body: verdict } = await operator.post('/v1/audit/verification', undefined, {
      raw: body,
      headers: { 'content-type': 'application/jsonl' },
    })
    expect(status, nonsense).toBe(200)
    expect(verdict, nonsense).toMatchObject({ isWhole: false, faults: [{ line: 3 }] })
  }
})

test('each grown chain gets one head a minute, or one every thousand entries, however many sign', async ({
  platform,
  operator,
}) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  const heads = async () => (await operator.get('/v1/audit/heads')).body.items.length
  const sign = (seconds: number) => signHeads(platform.deps, new Date(Date.now() + seconds * 1_000))
  const grow = async (count: number) => {
    await withUnitOfWork(platform.deps, actor, (unit) =>
      auditAll(
        unit,
        'test.grow',
        Array.from({ length: count }, (_, n) => ({ n })),
      ),
    )
    await sealAll(platform, operator)
  }
  await grow(1)
  await Promise.all([sign(0), sign(0), sign(0)])
  expect(await heads()).toBe(1)
  await grow(1)
  await sign(30)
  expect(await heads()).toBe(1)
  await sign(61)
  expect(await heads()).toBe(2)
  await sign(1_000)
  expect(await heads()).toBe(2)
  await grow(1_000)
  await sign(62)
  expect(await heads()).toBe(3)
  const told = await asAdmin<{ type: string }[]>(
    platform,
    `select type from bizq.events where organisation_id = $1 and type = 'audit.head'`,
    [actor.organisation],
  )
  expect(told).toHaveLength(3)
})

test('no role of the server can change or remove an entry', async ({ platform, operator }) => {
  await createBusiness(operator)
  for (const pool of [
    platform.deps.pools.app,
    platform.deps.pools.sealer,
    platform.deps.pools.directory,
    platform.deps.pools.masked,
  ]) {
    await expect(pool.query(`update bizq.audit_entries set action = 'x'`)).rejects.toThrow(
      /permission denied/,
    )
    await expect(pool.query('delete from bizq.audit_entries')).rejects.toThrow(/permission denied/)
    await expect(pool.query('delete from bizq.audit_chain')).rejects.toThrow(/permission denied/)
  }
  await expect(
    platform.deps.pools.app.query(
      `insert into bizq.audit_chain select organisation_id, 9, id, 'x' from bizq.audit_entries`,
    ),
  ).rejects.toThrow(/permission denied/)
})

test('another organisation sees nothing of the log', async ({ platform, operator, stranger }) => {
  const id = await createBusiness(operator)
  expect((await stranger.get(`/v1/audit?subject=${id}`)).body.items).toEqual([])
  expect((await operator.get(`/v1/audit?subject=${id}`)).body.items).toHaveLength(1)
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  const { rows } = await admin.query('select relforcerowsecurity from pg_class where relname = $1', [
    'audit_entries',
  ])
  await admin.end()
  expect(rows).toEqual([{ relforcerowsecurity: true }])
})
