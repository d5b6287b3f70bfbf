import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const port = z.coerce.number().int().min(1).max(65_535)

const Environment = z.object({
  PORT: port.default(3000),
  HOST: z.string().min(1).default('127.0.0.1'),
  PUBLIC_URL: z.url().optional(),
  BIZQ_HOME: z.string().min(1).optional(),
  DATABASE_URL: z.string().startsWith('postgres').optional(),
  BIZQ_MASTER_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be 64 hex digits (32 bytes); make one with `openssl rand -hex 32`')
    .optional(),
  SMTP_URL: z.string().startsWith('smtp').optional(),
  MAIL_FROM: z.string().default('BizQ <no-reply@bizq.localhost>'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SANDBOX_PROCESSES: z.coerce.number().int().min(1).max(256).optional(),
  ALLOW_LOOPBACK_WEBHOOKS: z.enum(['0', '1']).default('0'),
  SIGN_INS_PER_MINUTE: z.coerce.number().int().min(1).default(20),
  TRUST_PROXY: z.enum(['0', '1']).default('0'),
  BIZQ_DEMO: z.enum(['0', '1']).default('1'),
})

export interface Config {
  port: number
  host: string
  publicUrl: string
  home: string
  databaseUrl: string | undefined
  masterKey: string | undefined
  smtpUrl: string | undefined
  mailFrom: string
  logLevel: z.infer<typeof Environment>['LOG_LEVEL']
  sandboxProcesses: number | undefined
  /** Only for development on one machine: lets webhooks reach 127.0.0.1. */
  allowLoopbackWebhooks: boolean
  /** From one address; more are refused with 429. */
  signInsPerMinute: number
  /** Believes x-forwarded-proto: only behind a proxy that sets it. */
  trustsProxy: boolean
  /** Whether a first start fills in the demo data. */
  hasDemo: boolean
  /** What child processes of the platform are given besides. */
  environment: Record<string, string>
}

/** Reads the environment, the only place that does. Throws an Error that names every variable that is wrong. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const parsed = Environment.safeParse(environment)
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`The environment is not right:\n${lines.join('\n')}`)
  }
  const e = parsed.data
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: e.PUBLIC_URL ?? `http://${e.HOST === '0.0.0.0' ? '127.0.0.1' : e.HOST}:${e.PORT}`,
    home: e.BIZQ_HOME ?? (process.getuid?.() === 0 ? '/var/lib/bizq' : join(homedir(), '.bizq')),
    databaseUrl: e.DATABASE_URL,
    masterKey: e.BIZQ_MASTER_KEY?.toLowerCase(),
    smtpUrl: e.SMTP_URL,
    mailFrom: e.MAIL_FROM,
    logLevel: e.LOG_LEVEL,
    sandboxProcesses: e.SANDBOX_PROCESSES,
    allowLoopbackWebhooks: e.ALLOW_LOOPBACK_WEBHOOKS === '1',
    signInsPerMinute: e.SIGN_INS_PER_MINUTE,
    trustsProxy: e.TRUST_PROXY === '1',
    hasDemo: e.BIZQ_DEMO === '1',
    environment: Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}
