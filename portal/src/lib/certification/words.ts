import { m } from '#lib/paraglide/messages.js'

type Tone = 'plain' | 'good' | 'wait' | 'bad'

const risks = { high: m.cert_risk_high, medium: m.cert_risk_medium, low: m.cert_risk_low }
export const riskWord = (risk: keyof typeof risks): string => risks[risk]()
export const riskTone = (risk: keyof typeof risks): Tone =>
  risk === 'high' ? 'bad' : risk === 'medium' ? 'wait' : 'plain'

const decisions = { approve: m.cert_approved, refuse: m.cert_refused, ask: m.cert_asked_word }
export const decisionWord = (decision: keyof typeof decisions): string => decisions[decision]()
export const decisionTone = (decision: keyof typeof decisions): Tone =>
  decision === 'approve' ? 'good' : decision === 'refuse' ? 'bad' : 'wait'

const notes = {
  question: m.cert_note_question,
  answer: m.cert_note_answer,
  approval: m.cert_note_approval,
  refusal: m.cert_note_refusal,
}
export const noteWord = (kind: keyof typeof notes): string => notes[kind]()

const levels = {
  bronze: m.cert_level_bronze,
  silver: m.cert_level_silver,
  gold: m.cert_level_gold,
  platinum: m.cert_level_platinum,
}
export const levelWord = (level: keyof typeof levels): string => levels[level]()
