import { pino } from 'pino'
import { createApp } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { createDeps } from '../src/deps.ts'
import { startServer } from '../src/server.ts'
import { fewChecks, noReview } from '../test/services.ts'
import { testMasterKey } from '../test/master-key.ts'
import { carryOut, type Command, type Reply } from './commands.ts'

/**
 * The platform in a process of its own, that can be killed: its API as it is served, and what its worker does, done
 * when the driver says so. Its time is the driver's.
 */
let now = new Date(Number(process.env['SIMULATED_NOW']))
const config = readConfig()
const { databaseUrl } = config
if (!databaseUrl) throw new Error('DATABASE_URL is missing')
const deps = await createDeps({
  config: { ...config, databaseUrl, masterKey: testMasterKey },
  log: pino({ level: config.logLevel }),
  releaseChecks: fewChecks,
  reviewRule: noReview,
  clock: () => new Date(now),
  connections: { app: 16, directory: 6, masked: 2, auth: 2, sealer: 1 },
})
const server = await startServer(createApp(deps), { host: config.host, port: config.port })

process.on('message', (message: { id: number; command: Command }) => {
  if (message.command.do === 'clock') now = new Date(message.command.at)
  const reply = (told: Reply) => process.connected && process.send?.({ id: message.id, ...told })
  carryOut(deps, message.command).then(
    (value) => reply({ value }),
    (error: unknown) =>
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ started: server.port })
