import { html } from 'hono/html'
import { testCards } from './cards.ts'
import { minorUnits } from './world.ts'

type Html = ReturnType<typeof html>

export const page = (title: string, body: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Stripe simulator</title>
        <style>
          :root {
            color-scheme: light dark;
            font:
              16px/1.5 system-ui,
              sans-serif;
          }
          body {
            margin: 0 auto;
            max-width: 32rem;
            padding: 1rem;
          }
          .banner {
            background: #5b21b6;
            color: #fff;
            border-radius: 0.5rem;
            padding: 0.75rem 1rem;
          }
          .error {
            border-inline-start: 4px solid #dc2626;
            padding-inline-start: 0.75rem;
          }
          label,
          legend {
            display: block;
            margin-top: 1rem;
            font-weight: 600;
          }
          label.choice {
            font-weight: 400;
            min-height: 44px;
            display: flex;
            align-items: center;
            gap: 0.5rem;
            margin: 0;
          }
          input:not([type='radio']),
          select,
          button {
            box-sizing: border-box;
            font: inherit;
            min-height: 44px;
            padding: 0.5rem 0.75rem;
            width: 100%;
          }
          button {
            margin-top: 1.25rem;
            background: #5b21b6;
            border: 0;
            border-radius: 0.5rem;
            color: #fff;
            font-weight: 600;
          }
          a {
            display: inline-block;
            min-height: 44px;
            line-height: 44px;
            color: inherit;
          }
          table {
            width: 100%;
          }
          td,
          th {
            padding: 0.25rem 0.75rem 0.25rem 0;
            text-align: start;
            vertical-align: top;
          }
          td:last-child {
            text-align: end;
          }
        </style>
      </head>
      <body>
        <header class="banner">
          This is a simulator of Stripe on this machine. No real money moves, and no real card may be used
          here.
        </header>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`

export const money = (amount: number, currency: string) =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / minorUnits(currency))

export const cardForm = (button: string, problem?: string): Html => html`
  ${problem ? html`<p class="error" role="alert">${problem} Choose another test card.</p>` : ''}
  <form method="post">
    <label for="card">Test card</label>
    <select id="card" name="card">
      ${testCards.map(([number, what]) => html`<option value="${number}">${number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}: ${what}</option>`)}
    </select>
    <button type="submit">${button}</button>
  </form>
`
