/** A page that a role's side bar leads to. */
export interface Place {
  /** Below the app, such as /provider/services. */
  href: string
  label: () => string
  /** Another folder whose pages it leads to. */
  also?: string
}

/** The place that a path lies in: the longest one that it begins with. */
export function placeOf(places: readonly Place[], path: string): Place | undefined {
  return places
    .filter(({ href, also }) =>
      [href, also].some((one) => one !== undefined && (path === one || path.startsWith(`${one}/`))),
    )
    .toSorted((a, b) => b.href.length - a.href.length)[0]
}
