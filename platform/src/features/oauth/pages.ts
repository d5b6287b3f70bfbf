/** The few pages of the authorisation server: plain HTML, without script, in the design's colours. */

const style = `
:root { color-scheme: light dark;
  --paper: light-dark(oklch(0.982 0.004 85), oklch(0.176 0.005 75)); --surface: light-dark(oklch(0.998 0.002 85), oklch(0.212 0.006 75));
  --ink: light-dark(oklch(0.225 0.01 70), oklch(0.945 0.006 85)); --muted: light-dark(oklch(0.46 0.012 75), oklch(0.735 0.009 85));
  --line: light-dark(oklch(0.905 0.006 85), oklch(0.305 0.008 75)); --edge: light-dark(oklch(0.7 0.01 80), oklch(0.5 0.01 80));
  --accent: light-dark(oklch(0.43 0.092 156), oklch(0.76 0.125 156)); --on-accent: light-dark(oklch(0.985 0.01 156), oklch(0.19 0.03 156));
  --loss: light-dark(oklch(0.505 0.185 27), oklch(0.745 0.145 25)); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 0.9375rem/1.5 Inter, ui-sans-serif, system-ui, sans-serif; }
main { max-width: 26rem; width: calc(100% - 2rem); margin: 12vh auto 2rem; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line); border-radius: 8px; }
h1 { font-size: 1.35rem; line-height: 1.75rem; margin: 0 0 0.75rem; } p, ul { margin: 0 0 1rem; } ul { padding-left: 1.25rem; }
label { display: block; font-weight: 600; margin-bottom: 0.25rem; }
input, select { width: 100%; min-height: 2.75rem; padding: 0 0.75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: 4px; margin-bottom: 1rem; }
input[name=user_code] { font-family: 'JetBrains Mono', ui-monospace, monospace; font-size: 1.35rem; letter-spacing: 0.1em; text-transform: uppercase; }
.code { font-family: 'JetBrains Mono', ui-monospace, monospace; font-size: 1.62rem; letter-spacing: 0.1em; }
.row { display: flex; gap: 0.75rem; flex-wrap: wrap; }
button { min-height: 2.75rem; padding: 0 1.25rem; font: inherit; font-weight: 600; border-radius: 4px; border: 1px solid var(--edge); background: transparent; color: inherit; cursor: pointer; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.muted { color: var(--muted); margin: 1rem 0 0; } .loss { color: var(--loss); }`

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')

interface Markup {
  markup: string
}

/** Markup whose values are escaped, unless they are markup themselves. */
function html(parts: TemplateStringsArray, ...values: (string | Markup | Markup[])[]): Markup {
  const text = (value: string | Markup | Markup[]): string =>
    typeof value === 'string'
      ? escape(value)
      : [value]
          .flat()
          .map(({ markup }) => markup)
          .join('')
  return { markup: String.raw({ raw: parts }, ...values.map(text)) }
}

function page(title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · BizQ</title>
        <style>
          ${{ markup: style }}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `.markup
}

/** What every page is sent with. A form may end at this address of somebody else's too. */
export function pageHeaders(formTarget?: string): Record<string, string> {
  const target = formTarget === undefined ? '' : ` ${new URL(formTarget).origin}`
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'${target}; base-uri 'none'; frame-ancestors 'none'`,
    // Not none: a form of a page without a referrer says that it comes from nowhere.
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  }
}

interface DeviceForm {
  action: string
  /** Against other sites that would post this form. */
  xsrf: string
}

/** The header in which a code that stood in the page's address goes through the library. */
export const enteredCode = 'bizq-entered-code'

export function codePage({ action, xsrf }: DeviceForm, entered: string, wrong?: string): string {
  const note = wrong === undefined ? [] : [html`<p class="loss" role="alert" id="wrong">${wrong}</p>`]
  return page(
    'Connect a device',
    html`<p>Enter the code that the program shows.</p>
      ${note}
      <form method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <label for="user_code">Code</label>
        <input
          id="user_code"
          name="user_code"
          value="${entered}"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          required${wrong === undefined ? '' : html` aria-describedby="wrong" aria-invalid="true"`}
        />
        <button class="primary" type="submit">Continue</button>
      </form>`,
  )
}

export function confirmPage(
  { action, xsrf }: DeviceForm,
  { client, code }: { client: string; code: string },
): string {
  return page(
    'Is this your code?',
    html`<p>
        <strong>${client}</strong> asks to act for you. Go on only if you started this yourself, and the
        program shows this very code:
      </p>
      <p class="code">${code}</p>
      <form method="post" action="${action}" class="row">
        <input type="hidden" name="xsrf" value="${xsrf}" />
        <input type="hidden" name="user_code" value="${code}" />
        <button class="primary" type="submit" name="confirm" value="yes">It is my code</button>
        <button type="submit" name="abort" value="yes">Cancel</button>
      </form>`,
  )
}

/** What each scope lets a program do, as a person reads it. */
const scopeWords: Readonly<Record<string, string>> = {
  'businesses:read': 'See your businesses and their figures',
  'businesses:write': 'Add and change businesses',
  'data:read': 'See the records of your businesses, unmasked',
  'data:write': 'Import records',
  'services:read': 'See the catalogue',
  'subscriptions:write': 'Subscribe to services, and cancel them',
  'billing:read': 'See your plan, invoices and what services cost',
  'billing:write': 'Change your plan, set caps and ask for money back',
  'executions:read': 'See what services did',
  'executions:run': 'Run services',
  'actions:read': 'See what services propose',
  'actions:decide': 'Decide on what services propose',
  'policies:write': 'Change what is decided by itself',
  'audit:read': 'Read the audit log',
  'grants:read': 'See what services are given',
  'events:read': 'Follow what happens, live',
  'webhooks:write': 'Set where events are sent',
  'releases:write': 'Publish and change services of yours',
}

export interface Asked {
  action: string
  client: string
  publisher: string | null
  email: string
  scopes: readonly string[]
  organisations: readonly { id: string; name: string }[]
}

export function consentPage({ action, client, publisher, email, scopes, organisations }: Asked): string {
  return page(
    `Let ${client} act for you?`,
    html`<p>
        ${publisher === null ? 'It' : html`It is made by <strong>${publisher}</strong> and`} asks to do this
        in your name, as far as you may yourself:
      </p>
      <ul>
        ${scopes.map((scope) => html`<li>${scopeWords[scope] ?? scope}</li>`)}
      </ul>
      <form method="post" action="${action}">
        <label for="organisation">Organisation</label>
        <select id="organisation" name="organisation" required>
          ${organisations.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
        </select>
        <div class="row">
          <button class="primary" type="submit" name="decision" value="allow">Allow</button>
          <button type="submit" name="decision" value="deny">Deny</button>
        </div>
      </form>
      <p class="muted">Signed in as ${email}. You can take this back at any time.</p>`,
  )
}

export function messagePage(title: string, text: string): string {
  return page(title, html`<p>${text}</p>`)
}
