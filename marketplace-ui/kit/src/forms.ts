import { fail } from '@sveltejs/kit'
import type { Answer, Problem } from './transport.ts'

/** A field of a posted form as trimmed text; empty when absent. */
export function text(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** A field as it was typed, for passwords. */
export function secretText(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** All values of a field that may stand several times. */
export function texts(form: FormData, name: string): string[] {
  return form.getAll(name).filter((value): value is string => typeof value === 'string')
}

/** The idempotency key that the form carried. */
export function keyOf(form: FormData): string {
  return text(form, 'key')
}

/** A refusal as the answer of a form action, with what was typed kept. */
export function refused(problem: Problem, values: Record<string, string> = {}, form = '') {
  return fail(problem.status >= 400 && problem.status < 600 ? problem.status : 500, { problem, values, form })
}

/** Ends a form action: the problem, or `done`. */
export function settled<T>(answer: Answer<T>, done: string) {
  return answer.problem ? refused(answer.problem) : { done }
}
