/** A page that a role's side bar leads to. */
export interface Place {
  /** Below the app, such as /provider/services. */
  href: string
  label: () => string
}

/** The place that a path lies in: the longest one that it begins with. */
export function placeOf(places: readonly Place[], path: string): Place | undefined {
  return places
    .filter(({ href }) => path === href || path.startsWith(`${href}/`))
    .toSorted((a, b) => b.href.length - a.href.length)[0]
}
