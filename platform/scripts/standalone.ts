import { readConfig } from '../src/config.ts'
import { ensureDemo } from '../src/demo/index.ts'
import { startStandalone } from '../src/standalone.ts'

/** Runs the product until it is told to stop. */
export async function runStandalone(): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'warn', ...process.env })
  const running = await startStandalone(config)
  let isStopping = false
  const stop = () => {
    if (isStopping) return
    isStopping = true
    console.log('\nStopping …')
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  const signIns = config.hasDemo ? await ensureDemo(running, (line) => console.log(line)) : []
  const lines = [
    '',
    `BizQ is running.`,
    `  Operators   ${running.url}/`,
    `  Portal      ${running.url}/portal`,
    `  API         ${running.url}/docs`,
    `  Data        ${running.home}`,
  ]
  if (signIns.length > 0) lines.push('', 'Demo sign-ins (made for this installation):')
  for (const { name, email, password } of signIns)
    lines.push(`  ${name.padEnd(28)} ${email.padEnd(32)} ${password}`)
  console.log([...lines, '', 'Press Ctrl-C to stop.'].join('\n'))
}
