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
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^[sr]k_(live|test)_\w+$/, 'must be a secret or restricted key of Stripe: sk_… or rk_…')
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_[^\s,]+(,whsec_[^\s,]+)*$/,
      'must be the signing secret of the webhook endpoint: whsec_…, several with commas between them',
    )
    .optional(),
  STRIPE_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_(live|test)_\w+$/, 'must be a publishable key of Stripe: pk_…')
    .optional(),
  STRIPE_TAX: z.enum(['0', '1']).default('0'),
  STRIPE_API_BASE: z
    .string()
    .regex(/^http:\/\/(127\.0\.0\.1|localhost):\d+\/?$/, 'is for development: http://127.0.0.1 and a port')
    .optional(),
})

/** How money is moved. Without a secret key `pnpm start` runs the local Stripe simulator. */
export interface StripeConfig {
  secretKey: string | undefined
  /** What the signatures of webhooks are checked with; nothing passes without one. */
  webhookSecret: string | undefined
  publishableKey: string | undefined
  /** Whether Stripe works out taxes. */
  hasTax: boolean
  /** Another Stripe than Stripe's own: a simulator on this machine. */
  apiBase: string | undefined
}

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
  stripe: StripeConfig
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
    stripe: stripeOf(e),
    environment: Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  }
}

function stripeOf(e: z.infer<typeof Environment>): StripeConfig {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_BASE: apiBase } = e
  const publishableKey = e.STRIPE_PUBLISHABLE_KEY
  const wrong = [
    secretKey &&
      !webhookSecret &&
      'STRIPE_WEBHOOK_SECRET: is needed with STRIPE_SECRET_KEY; Stripe shows it at the endpoint PUBLIC_URL/stripe/webhooks',
    apiBase &&
      !secretKey &&
      'STRIPE_SECRET_KEY: is needed with STRIPE_API_BASE; any sk_test_… that the simulator was started with',
    apiBase &&
      secretKey?.includes('_live_') &&
      'STRIPE_API_BASE: a live key goes to Stripe alone; leave this out',
    secretKey &&
      publishableKey &&
      secretKey.slice(3, 7) !== publishableKey.slice(3, 7) &&
      'STRIPE_PUBLISHABLE_KEY: is of another mode than STRIPE_SECRET_KEY; take both live or both test',
  ].filter((each) => typeof each === 'string' && each !== '')
  if (wrong.length > 0)
    throw new Error(`The environment is not right:\n${wrong.map((line) => `  ${line}`).join('\n')}`)
  return { secretKey, webhookSecret, publishableKey, hasTax: e.STRIPE_TAX === '1', apiBase }
}
