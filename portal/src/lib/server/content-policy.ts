/** What Stripe's embedded components need, as https://docs.stripe.com/connect/get-started-connect-embedded-components says. */
const needs: Record<string, string> = {
  'script-src': 'https://connect-js.stripe.com https://js.stripe.com',
  'frame-src': 'https://connect-js.stripe.com https://js.stripe.com',
  'img-src': 'https://*.stripe.com',
}

/** Lets the one page that shows Stripe's components load them; every other page stays closed. */
export function openToStripe(headers: Headers): void {
  const policy = headers.get('content-security-policy')
  if (!policy) return
  const directives = policy
    .split(';')
    .map((each) => each.trim())
    .filter(Boolean)
  const named = new Set(directives.map((each) => each.split(' ')[0] ?? ''))
  const opened = directives.map((each) => {
    const more = needs[each.split(' ')[0] ?? '']
    return more ? `${each} ${more}` : each
  })
  const added = Object.entries(needs)
    .filter(([name]) => !named.has(name))
    .map(([name, hosts]) => `${name} 'self' ${hosts}`)
  headers.set('content-security-policy', [...opened, ...added].join('; '))
}
