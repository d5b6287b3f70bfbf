import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { readConfig, type Config } from '../src/config.ts'
import { createDeps } from '../src/deps.ts'
import type { LedgerVerdict } from '../src/features/ledger/index.ts'
import { findInstallation, findMasterKey } from '../src/installation.ts'
import { verifyMoney } from '../src/ledger-checks.ts'

const usage = `pnpm verify:ledger

Looks whether everything about money agrees: every entry and every currency sums to zero, nothing is booked twice,
rounding is zero, what is owed to each provider is the sum of its parts, and Stripe has the same invoices, payments,
refunds, disputes, transfers, payouts and balance, object by object. It changes nothing. It asks the installation that
runs on this machine (BIZQ_HOME), or the Postgres that DATABASE_URL names.
Ends with 1 when something does not agree, and with 2 when it could not look.`

/** Of the Postgres that was given: looked at from here. */
async function ofDatabase(config: Config, databaseUrl: string): Promise<LedgerVerdict> {
  const masterKey = await findMasterKey(config.home, config.masterKey, await findInstallation(config.home))
  if (!masterKey)
    throw new Error(
      'The master key is missing: set BIZQ_MASTER_KEY, or BIZQ_HOME to the folder that has its master.key.',
    )
  const deps = await createDeps({
    config: { ...config, databaseUrl, masterKey },
    log: pino({ level: 'silent' }),
    connections: { app: 2, directory: 2, masked: 1, auth: 1, sealer: 1 },
  })
  try {
    return await verifyMoney(deps)
  } finally {
    await deps.close()
  }
}

/** Of the installation that runs on the data folder: it looks itself. */
async function ofInstallation({ home }: Config): Promise<LedgerVerdict> {
  const text = await readFile(join(home, 'control.json'), 'utf8').catch(() => {
    throw new Error(
      `No BizQ is running on ${home}. Start it, name its folder with BIZQ_HOME, or set DATABASE_URL.`,
    )
  })
  const { port, token } = JSON.parse(text) as { port: number; token: string }
  const answer = await fetch(`http://127.0.0.1:${port}/verify-ledger`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  }).catch((error: unknown) => {
    throw new Error(`The BizQ on ${home} does not answer: ${String(error)}. Start it again.`)
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as LedgerVerdict
}

const { values } = parseArgs({ options: { help: { type: 'boolean' } } })
if (values.help) {
  console.log(usage)
  process.exit(0)
}
try {
  const config = readConfig()
  const verdict = await (config.databaseUrl ? ofDatabase(config, config.databaseUrl) : ofInstallation(config))
  console.log(`${verdict.entries} entries, ${verdict.postings} postings`)
  for (const { name, faults } of verdict.checks) {
    console.log(`${faults.length === 0 ? 'ok   ' : 'FAULT'} ${name}`)
    for (const fault of faults) console.log(`        ${fault}`)
  }
  console.log(verdict.isSound ? 'SOUND' : 'NOT SOUND')
  process.exitCode = verdict.isSound ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 2
}
