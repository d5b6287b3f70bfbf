/** A path of this app that a visitor may be sent to; the home page for anything else. */
export function safePath(given: string | null): string {
  return given && /^\/(?![/\\])/.test(given) ? given : '/'
}
