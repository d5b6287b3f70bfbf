import {
  systemActor,
  withUnitOfWork,
  type DomainEvent,
  type DomainEvents,
  type EventType,
} from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { listMembers } from '../identity/index.ts'

export interface TellPayload {
  organisation: string
  event: DomainEvent
  /** Tells its letter from every other: written again, it is the same. */
  id: string
}

interface Letter {
  subject: string
  words: string
}

const day = (instant: string): string => instant.slice(0, 10)

/** What an event says to the owners; nothing where they need not be written to. Links lead into the app at `publicUrl`. */
export function letterOf({ type, payload }: DomainEvent, publicUrl: string): Letter | undefined {
  const letter = letters[type] as ((payload: unknown, publicUrl: string) => Letter | undefined) | undefined
  return letter?.(payload, publicUrl)
}

type Letters = {
  [T in EventType]?: (payload: DomainEvents[T], publicUrl: string) => Letter | undefined
}

const letters: Letters = {
  'trial.ending': ({ endsAt, plan }, publicUrl) => ({
    subject: 'Your BizQ trial ends soon',
    words: plan
      ? `Your trial ends on ${day(endsAt)}. The plan ${plan} begins then, and its first month is charged.\n\nSee ${publicUrl}/billing/plan to change it.`
      : `Your trial ends on ${day(endsAt)}. Choose a plan until then: without one your services pause. Nothing is lost.\n\nSee ${publicUrl}/billing/plan.`,
  }),
  'invoice.failed': ({ next, reason }, publicUrl) => {
    const then = next
      ? `It is tried again on ${day(next)}. Everything runs meanwhile.`
      : 'It is not tried again by itself. Everything runs for another week; then services pause. Nothing is lost.'
    return {
      subject: 'A payment to BizQ failed',
      words: `A payment failed: ${reason}\n\n${then}\n\nSee ${publicUrl}/billing to change the card or pay at once.`,
    }
  },
  'billing.card-changed': ({ brand }, publicUrl) =>
    brand === null
      ? {
          subject: 'BizQ has no card to charge',
          words: `The card that BizQ charged is not there any more. Everything runs until a payment fails; give a card before that.\n\nSee ${publicUrl}/billing.`,
        }
      : undefined,
  'billing.paused': ({ because }, publicUrl) => {
    const why = {
      paused: 'An invoice is still not paid: your services are paused from now on.',
      lapsed: 'Your trial is over and no plan was chosen: your services are paused from now on.',
      cancelled: 'Your plan has ended: your services are paused from now on.',
    }[because as 'paused' | 'lapsed' | 'cancelled']
    const next =
      because === 'paused'
        ? 'They go on as soon as it is paid, and the days between are given back as credit. Paid after the month, a new month begins with the payment and is charged too: your billing page says both sums before.'
        : 'They go on as soon as it is settled.'
    return {
      subject: 'Your services on BizQ are paused',
      words: `${why}\n\nNothing is lost, and nothing is charged while they are. ${next}\n\nSee ${publicUrl}/billing.`,
    }
  },
  'usage.capped': ({ subscription }, publicUrl) => ({
    subject: 'A service on BizQ has reached its cap',
    words: `A service has cost by use what you allow it in a month: it runs no more until the next, and nothing more is charged.\n\nSee ${publicUrl}/subscriptions/${subscription} to raise the cap.`,
  }),
  'account.changed': ({ state, was }, publicUrl) => {
    if (was === null || state === 'enabled' || state === was) return undefined
    return {
      subject: 'Stripe asks for something before it pays you',
      words: `${
        state === 'due'
          ? 'Stripe asks for something about you by a day. You are paid until then.'
          : 'Something that Stripe asked for is missing, or your account was disconnected: nothing is transferred to you. What you earn is kept.'
      }\n\nSee ${publicUrl}/portal/provider/payouts for what it is.`,
    }
  },
  'transfers.short': ({ currency }, publicUrl) => ({
    subject: `Stripe holds too little ${currency} to pay providers`,
    words: `A transfer to a provider was refused: the available balance in ${currency} is too small. It is asked for again each day, and you are not written to again while that lasts.\n\nAdd funds at Stripe, and set its payouts to your own bank to manual so that what providers are owed stays there.\n\nSee ${publicUrl}/portal/admin/money for what is missing and who waits.`,
  }),
  'payout.failed': ({ reason }, publicUrl) => ({
    subject: 'A payout to your bank failed',
    words: `Your bank did not take a payout${reason ? `: ${reason}` : '.'}\n\nThe money is kept at Stripe. See ${publicUrl}/portal/provider/payouts to look at your bank account.`,
  }),
}

const domainOf = (from: string): string => /@([\w.-]+)/.exec(from)?.[1] ?? 'bizq.localhost'

/** Writes to each owner. Without a mail server nobody is written to: the app says the same. */
export async function writeToOwners(deps: Deps, { organisation, event, id }: TellPayload): Promise<void> {
  const letter = letterOf(event, deps.config.publicUrl)
  if (!deps.mailer || !letter) return
  const members = await withUnitOfWork(deps, systemActor(organisation), listMembers)
  for (const { email, role, id: member } of members) {
    if (role !== 'owner') continue
    const sending = await deps.mailer.send({
      messageId: `<billing.${id}.${member}@${domainOf(deps.config.mailFrom)}>`,
      to: email,
      subject: letter.subject,
      text: letter.words,
    })
    if (sending.result !== 'sent')
      deps.log.warn({ organisation, result: sending.result }, 'an owner could not be written to')
  }
}
