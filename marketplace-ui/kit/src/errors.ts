import type { Problem } from './transport.ts'

/** What is wrong with one field of a refused form. */
export function errorAt(problem: Problem | null | undefined, field: string): string | undefined {
  return problem?.errors?.find((one) => one.pointer === `/${field}` || one.pointer.startsWith(`/${field}/`))
    ?.detail
}
