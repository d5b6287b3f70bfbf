import { readConfig } from '../src/config.ts'
import { ensureDemo, type SignIn } from '../src/demo/index.ts'
import { watchLaunchers } from './launchers.ts'
import { startStandalone, type Standalone } from '../src/standalone.ts'

/** Runs the product until it is told to stop: Ctrl-C, SIGTERM, or the terminal closed. */
export async function runStandalone(): Promise<void> {
  const config = readConfig()
  let isStopping = false
  const starting = startStandalone(config, (message) => console.warn(message))
  const stop = (code: number) => {
    if (isStopping) return
    isStopping = true
    console.log('\nStopping …')
    const ended = starting.then((running) => running.stop())
    ended.then(
      () => process.exit(code),
      (error: unknown) => fail(error),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0))
  watchLaunchers(() => stop(0))
  for (const accident of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(accident, (error: unknown) => {
      console.error(error)
      stop(1)
    })

  const running = await starting
  if (isStopping) return
  announce(running)
  if (running.isFirstStart && !config.hasDemo)
    console.log('\nTo run this marketplace: npx -y pnpm@12 bizq invite-owner you@example.com')
  if (!config.hasDemo) return
  try {
    const signIns = await ensureDemo(running, (line) => console.log(line))
    if (signIns.length > 0)
      console.log(['', 'Demo sign-ins, made for this installation:', ...signIns.map(line)].join('\n'))
  } catch (error) {
    if (isStopping) return
    console.error(error)
    console.error('The demo data could not be filled in; the next start goes on with it.')
  }
}

const paymentsLine = ({ mode, url }: Standalone['payments']): string =>
  mode === 'simulator'
    ? `the local Stripe simulator at ${url}: no real money`
    : mode === 'live'
      ? 'Stripe, live: real money'
      : 'Stripe, test mode: no real money'

function announce({ url, home, payments }: Standalone): void {
  console.log(
    [
      '',
      'BizQ is running. Press Ctrl-C to stop.',
      `  Operators   ${url}/`,
      `  Portal      ${url}/portal`,
      `  API         ${url}/docs`,
      `  Payments    ${paymentsLine(payments)}`,
      `  Data        ${home} (its log is bizq.log)`,
    ].join('\n'),
  )
}

const line = ({ name, role, email, password }: SignIn) =>
  `  ${email.padEnd(26)} ${password}   ${name}, ${role}`

/** A refusal says what to do and needs no trace. */
export function fail(error: unknown): never {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

if (import.meta.main) await runStandalone().catch(fail)
