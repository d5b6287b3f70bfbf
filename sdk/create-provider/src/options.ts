import { basename } from 'node:path'

/** Which kind of provider a template makes. */
export const templates = ['sandboxed', 'remote'] as const
export type Template = (typeof templates)[number]

/** A request that cannot be carried out, in words for who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const pattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** The service's name from a folder's: `My Service` is `my-service`. */
export function serviceNameOf(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-0-9]+|-+$/g, '')
  return pattern.test(name) ? name : 'my-provider'
}

/** What is wrong with a service's name, or undefined. */
export function problemWithName(name: string): string | undefined {
  if (name.length < 3 || name.length > 60) return 'A service’s name has 3 to 60 characters.'
  return pattern.test(name) ? undefined : 'Use lower-case words joined by hyphens, such as bill-mover.'
}

/** `bill-mover` is `Bill Mover`. */
export function titleOf(service: string): string {
  return service
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
