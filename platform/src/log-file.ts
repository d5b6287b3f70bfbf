import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pino, type Logger } from 'pino'
import type { Config } from './config.ts'
import { createLogger } from './deps.ts'

const mostBytes = 50_000_000

export interface LogFile {
  path: string
  log: Logger
  /** For what children print. */
  descriptor: number
  stop(): Promise<void>
}

/** Opens the log of a data folder; what grew too large is put aside once. */
export function openLogFile(config: Pick<Config, 'home' | 'logLevel'>): LogFile {
  const path = join(config.home, 'bizq.log')
  if (existsSync(path) && statSync(path).size > mostBytes) renameSync(path, `${path}.1`)
  const descriptor = openSync(path, 'a', 0o600)
  const destination = pino.destination({ fd: descriptor, sync: true })
  return {
    path,
    log: createLogger(config, destination),
    descriptor,
    stop: async () => {
      destination.flushSync()
      closeSync(descriptor)
    },
  }
}
