/** What of the contract needs `node:crypto`: for servers and tools, not for browsers or the sandbox. */
export * from './digest.ts'
export * from './masking.ts'
