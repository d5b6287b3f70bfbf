export { createProvider, type Creation } from './create.ts'
export { templates, UsageError, type Template } from './options.ts'
