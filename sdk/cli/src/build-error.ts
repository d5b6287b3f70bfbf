/** Why a provider does not build: what, where, and how to mend it. */
export class BuildError extends Error {
  override readonly name = 'BuildError'
}

/** What was named is no folder of a provider: a mistake in what was typed, not in what was written. */
export class NoProviderError extends Error {
  override readonly name = 'NoProviderError'
}

/** The line and column, both from 1, of an offset in a text. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
