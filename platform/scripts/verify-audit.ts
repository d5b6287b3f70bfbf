import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { verifyAudit } from '../src/features/audit/index.ts'

const usage = `pnpm verify:audit FILE [--keys URL-or-FILE] [--known-head JWS]

Checks an exported audit log. The keys are those of the installation that signed it:
http://127.0.0.1:3000/.well-known/jwks.json unless you name others.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keys: { type: 'string' }, 'known-head': { type: 'string' }, help: { type: 'boolean' } },
})
const file = positionals[0]
if (!file || values.help) {
  console.log(usage)
  process.exit(values.help ? 0 : 2)
}

async function readKeys(from: string) {
  const text = /^https?:/.test(from) ? await (await fetch(from)).text() : await readFile(from, 'utf8')
  return JSON.parse(text) as Parameters<typeof verifyAudit>[1]
}

const keys = await readKeys(values.keys ?? 'http://127.0.0.1:3000/.well-known/jwks.json').catch(
  (error: unknown) => {
    console.error(
      `The public keys could not be read: ${String(error)}\nStart the installation, or name them with --keys.`,
    )
    process.exit(2)
  },
)
const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity })
const verdict = await verifyAudit(
  lines,
  keys,
  values['known-head'] ? { knownHead: values['known-head'] } : {},
)
console.log(`${verdict.entries} entries, ${verdict.heads} signed heads`)
for (const { line, fault, detail } of verdict.faults) console.log(`line ${line}: ${fault}: ${detail}`)
console.log(verdict.isWhole ? `WHOLE, vouched for up to ${verdict.completeAt}` : 'NOT WHOLE')
process.exitCode = verdict.isWhole ? 0 : 1
