import { table, type Output } from '../output.ts'
import { reviewWords } from '../review-words.ts'
import { rolloutWords } from '../rollout-words.ts'
import { answerOf, openSession } from '../session/api.ts'

/** Where services and their releases stand, the latest release first. */
export async function status(
  out: Output,
  service: string | undefined,
  options: { platform?: string },
): Promise<void> {
  const session = await openSession(options.platform)
  const { api } = session
  const own = (await answerOf(api.GET('/provider/services'))).items.map((each) => each.service)
  const wanted = service === undefined ? own : [service]
  const found = await Promise.all(
    wanted.map(async (name) => {
      const params = { path: { service: name } }
      const { items } = await answerOf(api.GET('/provider/services/{service}/releases', { params }))
      return { service: name, releases: items }
    }),
  )
  const rows = found.flatMap(({ service, releases }) =>
    releases.map(({ version, state, checks, publishedAt, createdAt }) => [
      service,
      version,
      state,
      `${checks.filter(({ outcome }) => outcome === 'failed').length} of ${checks.length} failed`,
      (publishedAt ?? createdAt).slice(0, 10),
    ]),
  )
  const words = await Promise.all(
    found.flatMap(({ service: name, releases }) =>
      releases.map(async (release) => [
        ...(await reviewWords(session, name, release)),
        ...(await rolloutWords(session, name, release)),
      ]),
    ),
  )
  const services = found.map(({ service, releases }) => ({
    service,
    releases: releases.map(({ manifest: _manifest, ...release }) => release),
  }))
  const empty =
    own.length === 0 ? 'Your organisation has no service yet: bizq publish makes one.' : 'No release yet.'
  out.result(
    { services },
    rows.length === 0
      ? empty
      : [table(['service', 'version', 'state', 'checks', 'day'], rows), ...words.flat()].join('\n'),
  )
}
