import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { buildAll } from '../scripts/start.ts'
import { demoPeople } from '../src/demo/people.ts'
import { portfolio, type DemoFile } from '../src/demo/portfolio.ts'
import { newHome, startInstallation, type RunningInstallation } from './installation.ts'

/**
 * The ground that browser tests stand on, a process of its own: the built product in a folder of its own,
 * filled with the demo, and files that an operator would upload. Prints one line of JSON when it is ready,
 * and ends with its input.
 */
const demoIsIn = 'Demo sign-ins'
const demoFailed = 'could not be filled in'

async function untilFilled(product: RunningInstallation): Promise<void> {
  while (!product.output().includes(demoIsIn)) {
    if (product.output().includes(demoFailed)) throw new Error(product.output())
    await sleep(100)
  }
}

/** The files of a business of the demo, each with what its columns mean. */
async function filesOf(name: string): Promise<DemoFile[]> {
  const business = portfolio.flatMap(({ businesses }) => businesses).find((one) => one.name === name)
  return (await business?.files()) ?? []
}

/** A shop's order lines, and the books of an organisation that is short of cash, as files in the folder. */
async function writeFiles(folder: string) {
  const wanted = [
    ...(await filesOf('Makers’ Yard')),
    ...(await filesOf('Harbour Gifts')).filter(({ name }) => name === 'online-retail.csv'),
  ]
  return Promise.all(
    wanted.map(async ({ name, content, mapping }) => {
      const path = join(folder, name)
      await writeFile(path, content)
      return { name, path, mapping }
    }),
  )
}

await buildAll()
const place = await newHome()
const folder = await mkdtemp(join(tmpdir(), 'bizq-uploads-'))
const product = await startInstallation({
  BIZQ_HOME: place.home,
  BIZQ_DEMO: '1',
  SIGN_INS_PER_MINUTE: '1000',
})
const stop = async () => {
  await product.end('SIGINT')
  await place.remove()
  await rm(folder, { recursive: true, force: true })
  process.exit()
}
process.stdin.resume().once('end', () => void stop())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
try {
  await untilFilled(product)
  const {
    maya: owner,
    ines: viewer,
    rhea: provider,
    ada: admin,
    cleo: certifier,
  } = await demoPeople(place.home)
  console.log(
    JSON.stringify({
      url: product.url,
      home: place.home,
      people: { owner, viewer, provider, admin, certifier },
      files: await writeFiles(folder),
    }),
  )
} catch (error) {
  console.error(error)
  process.exitCode = 1
  await stop()
}
