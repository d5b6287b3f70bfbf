export { readWindows, type MaskedGrant, type MaskedPage, type Place, type ReadRequest } from './read.ts'
