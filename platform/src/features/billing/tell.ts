import { randomUUID } from 'node:crypto'
import {
  systemActor,
  withUnitOfWork,
  type DomainEvent,
  type DomainEvents,
  type UnitOfWork,
} from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { enqueue } from '../../jobs/define.ts'
import { listMembers } from '../identity/index.ts'
import { tellJob } from './jobs.ts'

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

/** What an event says to the owners; nothing where they need not be written to. */
export function letterOf(event: DomainEvent, billingUrl: string): Letter | undefined {
  const at = `See ${billingUrl} to change the card or pay at once.`
  if (event.type === 'invoice.failed') {
    const { next, reason } = event.payload as DomainEvents['invoice.failed']
    const then = next
      ? `It is tried again on ${day(next)}. Everything runs meanwhile.`
      : 'It is not tried again by itself. Everything runs for another week; then services pause. Nothing is lost.'
    return {
      subject: 'A payment to BizQ failed',
      words: `A payment failed: ${reason}\n\n${then}\n\n${at}`,
    }
  }
  if (event.type === 'billing.paused') {
    const { because } = event.payload as DomainEvents['billing.paused']
    const why = {
      paused: 'An invoice is still not paid: your services are paused from now on.',
      lapsed: 'Your trial is over and no plan was chosen: your services are paused from now on.',
      cancelled: 'Your plan has ended: your services are paused from now on.',
    }[because as 'paused' | 'lapsed' | 'cancelled']
    return {
      subject: 'Your services on BizQ are paused',
      words: `${why}\n\nNothing is lost, and nothing is charged while they are. They go on as soon as it is settled.\n\nSee ${billingUrl}.`,
    }
  }
  return undefined
}

/** Has the owners written to, in the same commit as what they are told of. */
export async function tellOwners(unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> {
  for (const event of events)
    if (event.type === 'invoice.failed' || event.type === 'billing.paused')
      await enqueue(unit, tellJob, {
        organisation: unit.actor.organisation,
        event,
        id: randomUUID(),
      })
}

const domainOf = (from: string): string => /@([\w.-]+)/.exec(from)?.[1] ?? 'bizq.localhost'

/** Writes to each owner. Without a mail server nobody is written to: the app says the same. */
export async function writeToOwners(deps: Deps, { organisation, event, id }: TellPayload): Promise<void> {
  const letter = letterOf(event, `${deps.config.publicUrl}/billing`)
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
