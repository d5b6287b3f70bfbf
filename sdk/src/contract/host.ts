/** What of the contract needs Node: for servers and tools, not for browsers or the sandbox. */
export * from './digest.ts'
export * from './in-time.ts'
export * from './masking.ts'
