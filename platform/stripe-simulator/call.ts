import type { Params } from './params.ts'
import type { World } from './world.ts'

/** A file that came with a request. */
export interface Upload {
  /** The parameter that it came as. */
  param: string
  name: string
  content: Buffer
}

export interface Call {
  world: World
  /** What stands in the address, in order. */
  path: string[]
  params: Params
  upload: Upload | undefined
}

/**
 * `:` stands for an id: `/v1/customers/:`. The handler answers with the object as Stripe's newest version has it.
 * Of what is only `reckoned`, nothing is kept.
 */
export type Route = [
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  handle: (call: Call) => object,
  mode?: 'reckoned',
]

export const idAt = (call: Call, at = 0): string => call.path[at] ?? ''
