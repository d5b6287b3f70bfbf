import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Tone = 'plain' | 'good' | 'wait' | 'bad'
type State = Schemas['ReleaseState']
type Release = Schemas['Release']
type Service = Schemas['ProviderService']

const states: Record<State, { word: () => string; tone: Tone }> = {
  draft: { word: m.rel_state_draft, tone: 'bad' },
  submitted: { word: m.rel_state_submitted, tone: 'wait' },
  certified: { word: m.rel_state_certified, tone: 'wait' },
  staged: { word: m.rel_state_staged, tone: 'wait' },
  published: { word: m.rel_state_published, tone: 'good' },
  deprecated: { word: m.rel_state_deprecated, tone: 'wait' },
  suspended: { word: m.rel_state_suspended, tone: 'bad' },
  withdrawn: { word: m.rel_state_withdrawn, tone: 'plain' },
}
export const stateWord = (state: State): string => states[state].word()
export const stateTone = (state: State): Tone => states[state].tone

/** What a release is now, in one sentence. */
export function standing(release: Pick<Release, 'state' | 'suspendedBy' | 'endsAt'>, date: string): string {
  if (release.state === 'suspended') {
    if (release.suspendedBy === 'platform') return m.rel_is_suspended_platform()
    return release.suspendedBy === 'canary' ? m.rel_is_suspended_canary() : m.rel_is_suspended()
  }
  const words: Record<Exclude<State, 'suspended'>, () => string> = {
    draft: m.rel_is_draft,
    submitted: m.rel_is_submitted,
    certified: m.rel_is_certified,
    staged: m.rel_is_staged,
    published: m.rel_is_published,
    deprecated: () => m.rel_is_deprecated({ date }),
    withdrawn: m.rel_is_withdrawn,
  }
  return words[release.state]()
}

/** What of a service waits for its provider; nothing when all is well. */
export function needOf({ suspended, newest }: Service): { word: string; tone: Tone } | undefined {
  if (suspended) return { word: m.rel_need_held(), tone: 'bad' }
  if (!newest) return { word: m.rel_need_first(), tone: 'plain' }
  const { version, state } = newest
  if (state === 'draft') return { word: m.rel_need_draft({ version }), tone: 'bad' }
  if (state === 'submitted') return { word: m.rel_need_submitted({ version }), tone: 'wait' }
  if (state === 'certified') return { word: m.rel_need_certified({ version }), tone: 'wait' }
  if (state === 'staged') return { word: m.rel_need_staged({ version }), tone: 'wait' }
  if (state === 'suspended') return { word: m.rel_need_suspended({ version }), tone: 'bad' }
  return undefined
}

export const visibilities = [
  { value: 'public', label: m.rel_visible_public, hint: m.rel_visible_public_text },
  { value: 'unlisted', label: m.rel_visible_unlisted, hint: m.rel_visible_unlisted_text },
  { value: 'invite-only', label: m.rel_visible_invite, hint: m.rel_visible_invite_text },
] as const

export const visibilityWord = (value: Service['visibility']): string =>
  visibilities.find((each) => each.value === value)?.label() ?? value
