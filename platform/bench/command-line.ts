import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { interleave, median, ratioOf, round, tell, timed, type Figure } from './figure.ts'

const run = promisify(execFile)
const bizq = join(import.meta.dirname, '../../sdk/cli/src/main.ts')

/** How long `bizq` takes to say something, from its sources, against Node without any program. */
export async function measureCommandLine({ rounds }: { rounds: number }): Promise<Figure[]> {
  const start = (args: string[]) => () => timed(() => run(process.execPath, args))
  tell(`command line: ${rounds} starts`)
  await start([bizq, '--help'])()
  const { program, bare } = await interleave(rounds, {
    program: start([bizq, '--help']),
    bare: start(['-e', '0']),
  })
  const { ratio, noise } = ratioOf(bare, program)
  const value = round(median(program))
  return [
    {
      figure: 'start of the command line',
      value,
      unit: 'ms',
      against: { what: 'Node without a program', value: round(median(bare)) },
      ratio,
      aim: 300,
      met: value <= 300,
      size: { command: 'bizq --help', from: 'sources' },
      rounds,
      noise,
    },
  ]
}
