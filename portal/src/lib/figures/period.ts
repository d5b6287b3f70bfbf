export const periods = ['7', '30', '90'] as const
type Period = (typeof periods)[number]

/** The period that an address asks for; a month where it asks for none. */
export function periodOf(url: URL): Period {
  const asked = url.searchParams.get('days')
  return periods.find((one) => one === asked) ?? '30'
}
