// pnpm simulate:billing: a year of the marketplace's money, with everything going wrong.
import { openTemplateServer } from '../test/template.ts'
import { help, readFlags, WrongFlag, type SimulationOptions } from './options.ts'
import { simulate } from './simulate.ts'
import { tableOf } from './table.ts'

const mostFaults = 60

function readOptions(): SimulationOptions {
  try {
    const options = readFlags(process.argv.slice(2))
    if (options !== 'help') return options
    console.log(help)
    process.exit(0)
  } catch (error) {
    if (!(error instanceof WrongFlag)) throw error
    console.error(`${error.message}\nSee pnpm simulate:billing --help.`)
    process.exit(2)
  }
}

const options = readOptions()
const begun = performance.now()
const server = await openTemplateServer()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void server.stop().finally(() => process.exit(1)))
try {
  const { operators, businesses, months, seed } = options
  console.log(`${operators} operators, ${businesses} businesses, ${months} months, seed ${seed}`)
  const { chaotic, clean, faults } = await simulate(options, {
    postgresUrl: server.url,
    onDay: (what, day, days) => {
      if (day % 30 !== 0) return
      const seconds = Math.round((performance.now() - begun) / 1_000)
      process.stderr.write(`${what}: day ${day} of ${days}, ${seconds} s\n`)
    },
  })
  if (chaotic) console.log(`\nWith everything going wrong\n\n${tableOf(chaotic)}`)
  console.log(`\nWith nothing going wrong\n\n${tableOf(clean)}\n`)
  for (const fault of faults.slice(0, mostFaults)) console.log(`✗ ${fault}`)
  if (faults.length > mostFaults) console.log(`✗ and ${faults.length - mostFaults} more`)
  if (faults.length === 0)
    console.log(
      chaotic ? '✓ Sound, as Stripe has it, and equal to the cent.' : '✓ Sound, and as Stripe has it.',
    )
  console.log(`${Math.round((performance.now() - begun) / 1_000)} s`)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  await server.stop()
}
process.exit()
