export { exampleBusiness, type ExampleBusiness, type ExampleOptions } from './example-business.ts'
export { exampleKeys, maskBusiness, type MaskedBusiness } from './mask-business.ts'
