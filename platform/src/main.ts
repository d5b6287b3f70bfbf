import { createApp } from './app.ts'
import { readConfig } from './config.ts'
import { createDeps, createLogger } from './deps.ts'
import { startServer } from './server.ts'
import { startWorker } from './worker.ts'

/**
 * One process of the platform, by role: `node src/main.ts api`, `worker`, or `both`.
 * It needs DATABASE_URL and BIZQ_MASTER_KEY; the database must have been migrated.
 */
const role = process.argv[2] ?? 'both'
if (!['api', 'worker', 'both'].includes(role)) {
  console.error(`The role must be api, worker or both, not ${role}.`)
  process.exit(2)
}
const config = readConfig()
const { databaseUrl, masterKey } = config
if (!databaseUrl || !masterKey) {
  console.error('Set DATABASE_URL and BIZQ_MASTER_KEY, or use `pnpm start`, which brings its own database.')
  process.exit(2)
}

const log = createLogger(config)
const deps = await createDeps({
  config: { ...config, databaseUrl, masterKey },
  log,
  isWorker: role !== 'api',
})
const worker = role === 'api' ? undefined : await startWorker(deps)
const server =
  role === 'worker' ? undefined : await startServer(createApp(deps), { host: config.host, port: config.port })
log.info({ role, port: server?.port }, 'started')
process.send?.({ started: role })

let isStopping = false
async function stop(): Promise<void> {
  if (isStopping) return
  isStopping = true
  await server?.close()
  await worker?.close()
  await deps.close()
  process.exit(0)
}
process.on('SIGINT', () => void stop())
process.on('SIGTERM', () => void stop())
process.on('disconnect', () => void stop())
