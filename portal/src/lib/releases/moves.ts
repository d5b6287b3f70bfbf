import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Release = Schemas['Release']

/** Something that a provider can do with a release. */
export interface Move {
  state: Schemas['ReleaseChange']['state']
  label: string
  text: string
  look: 'primary' | 'secondary' | 'danger'
  /** What it asks for besides: words for subscribers, or the share of a canary. */
  asks?: 'notice' | 'canary'
}

const noticeDays = 30

/** What can be done with a release as it is, most likely first. */
export function movesOf(release: Release, isCanaryRunning: boolean): Move[] {
  const { state, suspendedBy, isMajor, comparedWith } = release
  const publishText = isMajor ? m.rel_publish_major() : m.rel_publish_minor()
  const publish = (label: string): Move => ({ state: 'published', label, text: publishText, look: 'primary' })
  const stage: Move = {
    state: 'staged',
    label: m.rel_stage(),
    text: m.rel_stage_text(),
    look: 'secondary',
  }
  const canary: Move = {
    state: 'staged',
    label: m.rel_canary(),
    text: m.rel_canary_text(),
    look: 'secondary',
    asks: 'canary',
  }
  const suspend: Move = {
    state: 'suspended',
    label: m.rel_suspend(),
    text: m.rel_suspend_text(),
    look: 'danger',
    asks: 'notice',
  }
  const withdraw: Move = {
    state: 'withdrawn',
    label: m.rel_withdraw(),
    text: m.rel_withdraw_text(),
    look: 'danger',
    asks: 'notice',
  }
  const deprecate: Move = {
    state: 'deprecated',
    label: m.rel_deprecate(),
    text: m.rel_deprecate_text({ days: noticeDays }),
    look: 'danger',
    asks: 'notice',
  }
  const unstage: Move = {
    state: 'certified',
    label: m.rel_unstage(),
    text: m.rel_unstage_text(),
    look: 'secondary',
  }
  const mayCanary = comparedWith !== null && !isMajor
  const moves: Record<Release['state'], Move[]> = {
    draft: [withdraw],
    submitted: [withdraw],
    certified: [publish(m.rel_publish()), ...(mayCanary ? [canary] : []), stage, withdraw],
    staged: [publish(isCanaryRunning ? m.rel_publish_early() : m.rel_publish()), unstage, withdraw],
    published: [deprecate, suspend, withdraw],
    deprecated: [publish(m.rel_publish_back()), suspend, withdraw],
    suspended: suspendedBy === 'provider' ? [publish(m.rel_publish_again()), withdraw] : [withdraw],
    withdrawn: [],
  }
  return moves[state]
}
