const reserved = /(^|\.)(localhost|test|invalid|local|internal|lan|home\.arpa)\.?$/i

/** Why nobody but its author could open a link. */
export function unreachable(link: string): string | undefined {
  const address = /^[^@\s/]+@([^@\s]+)$/.exec(link)
  const host = address?.[1] ?? URL.parse(link)?.hostname
  if (host === undefined || host === '') return 'is no address'
  if (/^[\d.]+$|^\[/.test(host)) return `names the machine ${host} by number`
  if (reserved.test(host) || !host.includes('.')) return `${host} is not on the internet`
  return undefined
}
