import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import { completeOnboarding, stand } from './account-standing.ts'
import { disconnectAccount } from './accounts.ts'
import { cardNumbered, type Card } from './cards.ts'
import { pay } from './invoice-life.ts'
import { cardForm, money, page } from './page.ts'
import { authenticate } from './payment-intents.ts'
import { addPaymentMethod, attach } from './payment-methods.ts'
import { Refusal } from './refusal.ts'
import { completeSession } from './setup.ts'
import { change, createWorld, type Ground, type World } from './world.ts'

async function fieldOf(c: Context, name: string): Promise<string | undefined> {
  const value = (await c.req.parseBody())[name]
  return typeof value === 'string' && value ? value : undefined
}

async function cardFrom(c: Context): Promise<Card> {
  const card = cardNumbered((await fieldOf(c, 'card')) ?? '')
  if (!card)
    throw new Refusal(400, { type: 'invalid_request_error', message: 'That is none of the test cards.' })
  return card
}

/** What the pages stand on: what is there, and a change of it in one transaction. */
interface Desk {
  look: () => World
  act: <T>(work: (world: World) => T) => T
}

/** The pages that Stripe hosts: adding a card, paying an invoice, onboarding. Plain HTML; whoever has the address may use them. */
export function createPages(ground: Ground, onChange: () => void): Hono {
  const pages = new Hono()
  const look = () => createWorld(ground, '', { id: null, idempotency_key: null })
  const act = <T>(work: (world: World) => T): T => {
    try {
      return ground.store.transact(
        () => work(look()),
        (error) => error instanceof Refusal && error.isKept,
      )
    } finally {
      onChange()
    }
  }
  for (const add of [addCheckout, addPortal, addOnboarding, addInvoice, addAuthentication, addReceipt])
    add(pages, { look, act })
  pages.onError((error, c) => {
    if (!(error instanceof Refusal)) throw error
    return c.html(page('Not there', html`<p>${error.message}</p>`), error.status as 400)
  })
  return pages
}

function addCheckout(pages: Hono, { look, act }: Desk): void {
  const checkoutPage = (id: string, problem?: string) => {
    const session = look().need('checkout.session', id)
    if (session.status !== 'open')
      return page(
        'Add a card',
        html`<p>This page is over: the session is ${session.status}. Go back and begin anew.</p>`,
      )
    return page(
      'Add a card',
      html`${cardForm('Save card', problem)}${session.cancel_url ? html`<a href="${session.cancel_url}">Back without saving</a>` : ''}`,
    )
  }
  pages.get('/_simulator/pages/checkout/:id', (c) => c.html(checkoutPage(c.req.param('id'))))
  pages.post('/_simulator/pages/checkout/:id', async (c) => {
    const id = c.req.param('id')
    try {
      const card = await cardFrom(c)
      const session = act((world) => completeSession(world, id, addPaymentMethod(world, { card }).id))
      return c.redirect(String(session.success_url).replaceAll('{CHECKOUT_SESSION_ID}', id), 303)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return c.html(checkoutPage(id, error.message), 402)
    }
  })
}

function addPortal(pages: Hono, { look, act }: Desk): void {
  const portalPage = (id: string, problem?: string) => {
    const world = look()
    const session = world.need('billing_portal.session', id)
    const customer = world.need('customer', session.customer)
    const methods = world.under('payment_method', customer.id)
    const own = customer.invoice_settings.default_payment_method
    return page(
      'Your cards',
      html`<ul>
          ${methods.map((each) => html`<li>${each.card?.brand} ending in ${each.card?.last4}${each.id === own ? ', pays the invoices' : ''}</li>`)}
        </ul>
        ${methods.length === 0 ? html`<p>No card yet: add the one that pays the invoices.</p>` : ''}
        ${cardForm('Add card and pay with it', problem)}
        ${session.return_url ? html`<a href="${session.return_url}">Back</a>` : ''}`,
    )
  }
  pages.get('/_simulator/pages/portal/:id', (c) => c.html(portalPage(c.req.param('id'))))
  pages.post('/_simulator/pages/portal/:id', async (c) => {
    const id = c.req.param('id')
    try {
      const card = await cardFrom(c)
      act((world) => {
        const customer = world.need('customer', world.need('billing_portal.session', id).customer)
        const method = attach(world, addPaymentMethod(world, { card }), customer.id)
        const settings = { ...customer.invoice_settings, default_payment_method: method.id }
        change(world, 'customer', customer, { invoice_settings: settings }, 'customer.updated')
      })
      return c.redirect(`/_simulator/pages/portal/${id}`, 303)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return c.html(portalPage(id, error.message), 402)
    }
  })
}

function addOnboarding(pages: Hono, { look, act }: Desk): void {
  const linkOf = (secret: string) => {
    const note = look().note(secret)
    const account = look().find('account', String(note['account'] ?? ''))
    if (!account) throw new Refusal(404, { type: 'invalid_request_error', message: 'No such link.' })
    return {
      account,
      back: String(note['returnUrl']),
      again: String(note['refreshUrl']),
      isOver: Number(note['expiresAt']) < look().now(),
    }
  }
  pages.get('/_simulator/pages/onboarding/:secret', (c) => {
    const { account, back, again, isOver } = linkOf(c.req.param('secret'))
    if (isOver && again) return c.redirect(again, 303)
    const due = account.requirements?.currently_due ?? []
    const missing =
      due.length > 0
        ? html`<p>Still missing: ${due.join(', ')}.</p>`
        : html`<p>Nothing is missing: payouts are ${account.payouts_enabled ? 'on' : 'off'}.</p>`
    return c.html(
      page(
        'Get paid',
        html`${missing}
          <form method="post">
            <fieldset>
              <legend>What you give</legend>
              <label class="choice"
                ><input type="radio" name="give" value="all" checked />Everything that is asked for</label
              >
              <label class="choice"
                ><input type="radio" name="give" value="no-bank" />Everything but a bank account</label
              >
              <label class="choice"
                ><input type="radio" name="give" value="unclear" />A document that must be looked at
                first</label
              >
              <label class="choice"
                ><input type="radio" name="give" value="disconnect" />Nothing: take the marketplace off this
                account for good</label
              >
            </fieldset>
            <label for="number"
              >Bank account (000123456789 takes payouts, 000111111116 sends them back)</label
            >
            <input id="number" name="number" value="000123456789" inputmode="numeric" />
            <button type="submit">Hand in</button>
          </form>
          ${back ? html`<a href="${back}">Back, and do it later</a>` : ''}`,
      ),
    )
  })
  pages.post('/_simulator/pages/onboarding/:secret', async (c) => {
    const { account, back } = linkOf(c.req.param('secret'))
    const given = await fieldOf(c, 'give')
    const number = (await fieldOf(c, 'number')) ?? '000123456789'
    act((world) => {
      if (given === 'disconnect') return void disconnectAccount(world, account.id)
      completeOnboarding(world, account.id, {
        bankNumber: given === 'no-bank' ? null : number,
      })
      if (given === 'unclear')
        stand(world, account.id, { due: [], pending: ['individual.verification.document'] })
    })
    if (!back && given === 'disconnect') return c.html(page('Disconnected', html`<p>It is done.</p>`))
    return back
      ? c.redirect(back, 303)
      : c.redirect(`/_simulator/pages/onboarding/${c.req.param('secret')}`, 303)
  })
}

function addInvoice(pages: Hono, { look, act }: Desk): void {
  const invoiceAt = (c: Context) => {
    const id = c.req.param('id') ?? ''
    const invoice = look().need('invoice', id)
    if (look().note(id)['key'] !== c.req.query('key'))
      throw new Refusal(404, { type: 'invalid_request_error', message: 'No such invoice.' })
    return invoice
  }
  const invoicePage = (c: Context, problem?: string) => {
    const invoice = invoiceAt(c)
    const lines = look().under('line_item', invoice.id)
    return page(
      `Invoice ${invoice.number ?? ''}`,
      html`<table>
          ${lines.map(
            (line) =>
              html`<tr>
                <td>${line.description ?? ''}</td>
                <td>${money(line.amount, line.currency)}</td>
              </tr>`,
          )}
          <tr>
            <th>Due</th>
            <td>${money(invoice.amount_due, invoice.currency)}</td>
          </tr>
        </table>
        <p>It is ${invoice.status}.</p>
        ${invoice.status === 'open' ? cardForm('Pay', problem) : ''}`,
    )
  }
  pages.get('/_simulator/pages/invoice/:id', (c) => c.html(invoicePage(c)))
  pages.get('/_simulator/pages/invoice/:id/pdf', (c) => c.html(invoicePage(c)))
  pages.post('/_simulator/pages/invoice/:id', async (c) => {
    const invoice = invoiceAt(c)
    try {
      const card = await cardFrom(c)
      act((world) => pay(world, invoice, addPaymentMethod(world, { card }).id))
      return c.html(invoicePage(c))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return c.html(invoicePage(c, error.message), 402)
    }
  })
}

function addAuthentication(pages: Hono, { act }: Desk): void {
  pages.get('/_simulator/pages/authenticate/:id', (c) =>
    c.html(
      page(
        'Your bank asks',
        html`<p>Do you allow this payment?</p>
          <form method="post">
            <button name="allow" value="yes">Allow</button><button name="allow" value="no">Refuse</button>
          </form>`,
      ),
    ),
  )
  pages.post('/_simulator/pages/authenticate/:id', async (c) => {
    const allowed = (await fieldOf(c, 'allow')) === 'yes'
    const intent = act((world) => authenticate(world, c.req.param('id'), allowed))
    return c.html(page('Your bank asks', html`<p>The payment is ${intent.status.replaceAll('_', ' ')}.</p>`))
  })
}

function addReceipt(pages: Hono, { look }: Desk): void {
  pages.get('/_simulator/receipts/:id', (c) => {
    const charge = look().need('charge', c.req.param('id'))
    return c.html(page('Receipt', html`<p>${money(charge.amount, charge.currency)}, ${charge.status}.</p>`))
  })
}
