import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Tone = 'plain' | 'good' | 'wait' | 'bad'
type Code = Schemas['PlatformActCode']
type Kind = Schemas['PlatformActKind']
type ServiceState = Schemas['AdminServiceState']

const codes: Record<Code, () => string> = {
  harmful: m.code_harmful,
  misleading: m.code_misleading,
  privacy: m.code_privacy,
  security: m.code_security,
  quality: m.code_quality,
  terms: m.code_terms,
  'on-request': m.code_on_request,
  resolved: m.code_resolved,
  other: m.code_other,
}
export const codeWord = (code: Code): string => codes[code]()
export const codeOptions = () =>
  (Object.keys(codes) as Code[]).map((value) => ({ value, label: codeWord(value) }))

const kinds: Record<Kind, () => string> = {
  hide: m.kind_hide,
  show: m.kind_show,
  suspend: m.kind_suspend,
  restore: m.kind_restore,
  stop: m.kind_stop,
  resume: m.kind_resume,
}
export const kindWord = (kind: Kind): string => kinds[kind]()
export const kindTone = (kind: Kind): Tone =>
  kind === 'suspend' || kind === 'stop' ? 'bad' : kind === 'hide' ? 'wait' : 'good'

/** Whether what was done holds on by itself until it is taken back. */
export const isHolding = (kind: Kind): boolean => kind === 'hide' || kind === 'suspend' || kind === 'stop'

const serviceStates: Record<ServiceState, [() => string, Tone]> = {
  live: [m.adm_state_live, 'good'],
  hidden: [m.adm_state_hidden, 'wait'],
  suspended: [m.adm_state_suspended, 'bad'],
  'not-published': [m.adm_state_not_published, 'plain'],
}
export const serviceStateWord = (state: ServiceState): string => serviceStates[state][0]()
export const serviceStateTone = (state: ServiceState): Tone => serviceStates[state][1]
export const serviceStateOptions = () =>
  (Object.keys(serviceStates) as ServiceState[]).map((value) => ({ value, label: serviceStateWord(value) }))

const organisationKinds = {
  operator: m.adm_kind_operator,
  provider: m.adm_kind_provider,
  platform: m.adm_kind_platform,
}
export const organisationKindWord = (kind: keyof typeof organisationKinds): string =>
  organisationKinds[kind]()

/** What can be done now, each with what it means. */
export interface Choice {
  value: string
  label: string
  hint: string
}

export function serviceChoices(state: ServiceState): Choice[] {
  const hide = { value: 'hide', label: m.adm_act_hide(), hint: m.adm_act_hide_hint() }
  const show = { value: 'show', label: m.adm_act_show(), hint: m.adm_act_show_hint() }
  const suspend = { value: 'suspend', label: m.adm_act_suspend(), hint: m.adm_act_suspend_hint() }
  const restore = { value: 'restore', label: m.adm_act_restore(), hint: m.adm_act_restore_hint() }
  if (state === 'suspended') return [restore]
  return [state === 'hidden' ? show : hide, suspend]
}

export function organisationChoices(organisation: Schemas['AdminOrganisation']): Choice[] {
  const isStopped = organisation.stoppedByPlatform !== null
  const stop = isStopped
    ? { value: 'resume', label: m.adm_act_resume(), hint: m.adm_act_resume_hint() }
    : { value: 'stop', label: m.adm_act_stop(), hint: m.adm_act_stop_hint() }
  if (organisation.kind !== 'provider') return [stop]
  return [
    {
      value: 'suspend-services',
      label: m.adm_act_suspend_services(),
      hint: m.adm_act_suspend_services_hint(),
    },
    {
      value: 'restore-services',
      label: m.adm_act_restore_services(),
      hint: m.adm_act_restore_services_hint(),
    },
    stop,
  ]
}

const featuredStates = {
  coming: [m.adm_featured_coming, 'wait'],
  shown: [m.adm_featured_shown, 'good'],
  over: [m.adm_featured_over, 'plain'],
  'taken-back': [m.adm_featured_taken_back, 'plain'],
} as const
export const featuredWord = (state: keyof typeof featuredStates): string => featuredStates[state][0]()
export const featuredTone = (state: keyof typeof featuredStates): Tone => featuredStates[state][1]
