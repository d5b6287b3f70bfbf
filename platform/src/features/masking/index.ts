export { readWindows, type MaskedGrant, type Place, type ReadRequest } from './read.ts'
export { redactOnChange, redactTextsJob } from './jobs.ts'
export { redactTexts } from './redact-texts.ts'
export { redactByForm, redactForOthers, redactWords } from './redact-words.ts'
