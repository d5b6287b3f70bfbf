import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect } from 'vitest'
import { test, type Platform } from './harness.ts'
import { testMasterKey } from './master-key.ts'
import { paidInvoice, paidLine, settle, signUpProvider } from './sales.ts'

const script = join(import.meta.dirname, '../scripts/verify-ledger.ts')

/** Runs the command as a person would, and answers what it said and how it ended. */
function verify(environment: Record<string, string>): Promise<{ code: number; said: string }> {
  const env = { PATH: process.env['PATH'] ?? '', ...environment }
  return new Promise((resolve) => {
    execFile(process.execPath, [script], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, said: `${out}${err}` }),
    )
  })
}

const ofDatabase = ({ adminUrl }: Platform) => ({
  DATABASE_URL: adminUrl,
  BIZQ_MASTER_KEY: testMasterKey,
  BIZQ_HOME: join(import.meta.dirname, 'no-such-home'),
})

test('the command says what agrees, and ends with 1 and the fault when an amount was changed', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  await settle(platform, paidInvoice(operator, [paidLine(provider)], { processingFee: 59n }))
  const sound = await verify(ofDatabase(platform))
  expect(sound.said).toContain('3 entries, 9 postings')
  expect(sound.said.trim().endsWith('\nSOUND'), sound.said).toBe(true)
  expect(sound.code).toBe(0)

  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  try {
    await admin.query('update bizq.earnings set share = share - 1, platform = platform + 1')
    const faulty = await verify(ofDatabase(platform))
    expect(faulty.said).toContain('is owed 741 USD, but its rows come to 740')
    expect(faulty.said.trim().endsWith('NOT SOUND')).toBe(true)
    expect(faulty.code).toBe(1)
  } finally {
    await admin.end()
  }
})

test('where nothing runs it says so and how to mend it, and ends with 2', async () => {
  const { code, said } = await verify({ BIZQ_HOME: join(import.meta.dirname, 'no-such-home') })
  expect(said).toContain('No BizQ is running on')
  expect(said).toContain('set DATABASE_URL')
  expect(code).toBe(2)
})
