import { loadConnectAndInitialize } from '@stripe/connect-js/pure'
import { resolve } from '$app/paths'

type Connect = ReturnType<typeof loadConnectAndInitialize>
export type ComponentName = Parameters<Connect['create']>[0]

const waitMs = 15_000

async function fetchClientSecret(country: string): Promise<string> {
  const response = await fetch(resolve('/provider/payouts/session'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ country }),
  })
  if (!response.ok) throw new Error(`The session was refused with ${response.status}.`)
  return ((await response.json()) as { clientSecret: string }).clientSecret
}

/**
 * Stripe's embedded components, once their script is there and took the session. Throws where the script is refused by
 * a blocker, cannot be reached, or says nothing for 15 seconds.
 */
export async function openConnect(publishableKey: string, country: string): Promise<Connect> {
  const secret = fetchClientSecret(country)
  // Who gives up on the script does not look at the session.
  secret.catch(() => undefined)
  const connect = loadConnectAndInitialize({
    publishableKey,
    fetchClientSecret: firstThen(secret, () => fetchClientSecret(country)),
    appearance: { variables: appearance() },
  })
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('Stripe’s script did not answer.')), waitMs)
  })
  await Promise.race([Promise.all([scriptLoaded(), secret]), late])
  return connect
}

/** Whether the script that connect-js adds to the page came: it says so to nobody itself. */
function scriptLoaded(): Promise<void> {
  if ('StripeConnect' in window) return Promise.resolve()
  return new Promise((resolveIt, reject) => {
    const script = document.querySelector('script[src^="https://connect-js.stripe.com/"]')
    script?.addEventListener('load', () => resolveIt())
    script?.addEventListener('error', () => reject(new Error('Stripe’s script was refused.')))
  })
}

/** The first answer is there already; later ones are asked for anew, since a session ends. */
function firstThen(first: Promise<string>, again: () => Promise<string>): () => Promise<string> {
  let isUsed = false
  return () => {
    if (isUsed) return again()
    isUsed = true
    return first
  }
}

/** Our colours, as Stripe takes them: in RGB, since its frames know none of our variables. */
function appearance() {
  const style = getComputedStyle(document.documentElement)
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const colour = (name: string): string => {
    if (!canvas) return '#000000'
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = resolved(style, name)
    canvas.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data
    return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
  }
  return {
    colorPrimary: colour('--accent'),
    colorBackground: colour('--surface'),
    colorText: colour('--ink'),
    colorSecondaryText: colour('--muted'),
    colorBorder: colour('--line'),
    colorDanger: colour('--loss'),
    borderRadius: '8px',
    fontFamily: 'Inter, system-ui, sans-serif',
  }
}

/** A variable's colour as it is in the present scheme. */
function resolved(style: CSSStyleDeclaration, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = style.getPropertyValue(name)
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
