export { readWindows, type MaskedGrant, type MaskedPage, type Place, type ReadRequest } from './read.ts'
export { redactOnChange, redactTextsJob } from './jobs.ts'
export { redactTexts } from './redact-texts.ts'
