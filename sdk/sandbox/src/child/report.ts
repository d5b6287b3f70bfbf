/** The report of an error that left the isolate by itself: a bundle that does not compile or throws as it loads. */
export function reportOf(error: unknown): Buffer {
  const { name, message, stack } =
    error instanceof Error ? error : { name: 'Error', message: String(error), stack: '' }
  // The engine appends the place of a syntax error to its message, and the host's own frames to the stack.
  const [text = '', line, column] =
    /^(.*?)(?: \[bundle\.js:(\d+):(\d+)\])?$/s.exec(message.slice(0, 2000))?.slice(1) ?? []
  const positions = line === undefined ? [] : [`${line}:${column}`]
  for (const [, at] of (stack ?? '').slice(0, 20_000).matchAll(/\bbundle\.js:(\d+:\d+)\)?$/gm)) {
    if (positions.length < 10) positions.push(at!)
  }
  return Buffer.from(
    JSON.stringify({ name: name.slice(0, 64), message: text, positions: positions.join(',') }),
  )
}
