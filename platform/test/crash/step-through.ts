import { createCutter, type Cutter } from './cutter.ts'
import { environmentOf, openLook, openRunning, type Ground, type Look, type Running } from './ground.ts'
import { openPostgresProxy } from './postgres-proxy.ts'
import { startProcess, type PlatformProcess } from './process.ts'
import { openSmtpProxy } from './smtp-proxy.ts'

export interface Story<Given> {
  role: 'worker' | 'both'
  /** The job whose steps in the queue count. */
  job: string
  given: Given
  /** The database that every case starts from; nobody may be connected to it. */
  base: string
  /** What is done to the process from outside; ends when the story has come to its end, or never after a cut. */
  tell(given: Given, told: Told): Promise<void>
  /** Goes on where the crash left it, with a platform that nobody cuts, to the end of the story. */
  goOn(given: Given, platform: Running): Promise<void>
  /** Throws unless everything is as it is without a crash. */
  check(given: Given, platform: Running, at: Case): Promise<void>
  /** The mail server of this case, if the story needs one. */
  openMailServer?(): Promise<{ port: number; received: string[]; close(): Promise<void> }>
}

export interface Told {
  process: PlatformProcess
  /** Where it serves, if it does. */
  port: number
  cutter: Cutter
  look: Look
}

export interface Case {
  /** After which message it was cut; 0 is a story without a cut. */
  cutAt: number
  wasCut: boolean
  /** Messages that were sent. */
  count: number
  received: string[]
}

export interface StepOptions {
  isQueueAged?: boolean
}

/** Tells a story to a process of its own on a database of its own, cut after the n-th message; then goes on without cuts and checks. */
export async function tellCut<Given>(
  ground: Ground,
  story: Story<Given>,
  cutAt: number,
  port: number,
  options: StepOptions = {},
): Promise<Case> {
  const adminUrl = await ground.clone(story.base)
  const cutter = createCutter(cutAt, () => running?.kill())
  const database = await openPostgresProxy(Number(new URL(adminUrl).port), cutter, story.job)
  const mail = await story.openMailServer?.()
  const smtp = mail && (await openSmtpProxy(mail.port, cutter))
  const through = new URL(adminUrl)
  through.port = String(database.port)
  const { look, close: closeLook } = await openLook(adminUrl)
  let running: PlatformProcess | undefined = startProcess(story.role, {
    ...environmentOf(through.toString(), story.role === 'worker' ? {} : { PORT: String(port) }),
    ...(smtp ? { SMTP_URL: `smtp://127.0.0.1:${smtp.port}` } : {}),
  })
  try {
    const told = story.tell(story.given, { process: running, port, cutter, look }).then(
      () => 'told' as const,
      (error: unknown) => afterCut(cutter, error),
    )
    const ended = running.ended.then(() => afterCut(cutter, new Error('the process ended by itself')))
    const how = await Promise.race([told, ended])
    running.kill()
    await running.ended
    running = undefined
    // What is cut after its last message may have told all by then.
    const done: Case = {
      cutAt,
      wasCut: how === 'cut' || cutter.isCut,
      count: cutter.count,
      received: mail?.received ?? [],
    }
    if (options.isQueueAged !== false) await ageQueue(look)
    const platform = await openRunning(adminUrl, {
      isWorker: true,
      environment: mail ? { SMTP_URL: `smtp://127.0.0.1:${mail.port}` } : {},
    })
    try {
      await story.goOn(story.given, platform)
      await story.check(story.given, platform, done)
    } finally {
      await platform.close()
    }
    return done
  } finally {
    running?.kill()
    await closeLook()
    await smtp?.close()
    await database.close()
    await mail?.close()
    await ground.drop(adminUrl)
  }
}

/** Once cut, whatever breaks is meant to. */
async function afterCut(cutter: Cutter, error: unknown): Promise<'cut'> {
  if (!cutter.isCut) throw error
  await cutter.cut
  return 'cut'
}

/** Turns the queue's clock back by a minute: what a live process would have touched meanwhile is found dead at the next look. */
async function ageQueue(look: Look): Promise<void> {
  await look(
    `update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute', started_on = started_on - interval '1 minute' where state = 'active'`,
  )
  await look('update pgboss.queue set monitor_claim_on = null, monitor_on = null')
}

/**
 * Tells a story without a cut to count its messages, then once for every n: side by side, one on each port.
 * It is counted twice, since now and then a job of the clock falls into it.
 */
export async function stepThrough<Given>(
  ground: Ground,
  story: Story<Given>,
  options: { ports: readonly number[] },
): Promise<Case[]> {
  const done = [
    await tellCut(ground, story, 0, options.ports[0] ?? 0),
    await tellCut(ground, story, 0, options.ports[0] ?? 0),
  ]
  const count = Math.min(...done.map((whole) => whole.count))
  const waiting = Array.from({ length: count }, (_, i) => i + 1)
  const lane = async (port: number) => {
    for (let n = waiting.shift(); n !== undefined; n = waiting.shift()) {
      try {
        done.push(await tellCut(ground, story, n, port))
      } catch (error) {
        throw new Error(`cut after message ${n} of ${count}`, { cause: error })
      }
    }
  }
  await Promise.all(options.ports.map(lane))
  return done
}
