import type { Schemas } from '@bizq/client'
import { resolve } from '$app/paths'
import { formatDateTime, formatRate } from '@bizq/design-system'
import { m } from '#lib/paraglide/messages.js'

type Overview = Schemas['ServiceOverview']

interface Attention {
  id: string
  tone: 'wait' | 'bad'
  text: string
  href: string
  step: string
}

const releasePath = (service: string, release: string) =>
  `${resolve('/provider')}/services/${service}/releases/${release}`

/** What of these services waits for their provider, the worst first. */
export function attentionOf(services: readonly Overview[], locale: string): Attention[] {
  const all = services.flatMap((service) => [
    ...failing(service, locale),
    ...resting(service, locale),
    ...waiting(service),
  ])
  return all.sort((a, b) => Number(a.tone === 'wait') - Number(b.tone === 'wait'))
}

function failing({ service, name, isFailing, executions }: Overview, locale: string): Attention[] {
  if (!isFailing) return []
  const rate = formatRate(executions?.successRate ?? 0, locale)
  const href = resolve('/provider/services/[service]/executions', { service })
  const step = m.attention_see_failures()
  return [{ id: `${service} fails`, tone: 'bad', text: m.attention_failing({ name, rate }), href, step }]
}

function resting({ service, name, resting: releases }: Overview, locale: string): Attention[] {
  return releases.map(({ version, until }) => ({
    id: `${service} ${version} rests`,
    tone: 'bad',
    text: m.attention_resting({ name, version, until: formatDateTime(until, locale, 'UTC', 'time') }),
    href: `${resolve('/provider/services/[service]/executions', { service })}?version=${encodeURIComponent(version)}`,
    step: m.attention_see_failures(),
  }))
}

function waiting({ service, name, handedBack, behind }: Overview): Attention[] {
  const back = handedBack.map(({ release, version, failed }) => ({
    id: release,
    tone: 'wait' as const,
    text: m.attention_handed_back({ name, version, failed: String(failed) }),
    href: releasePath(service, release),
    step: m.attention_see_release(),
  }))
  if (!behind) return back
  const text = m.attention_behind({ name, count: String(behind) })
  const href = resolve('/provider/services/[service]/subscribers', { service })
  return [...back, { id: `${service} behind`, tone: 'wait', text, href, step: m.subscribers_title() }]
}
