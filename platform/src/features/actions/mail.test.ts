import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { describe, expect } from 'vitest'
import { carry, decide, effectOf, read } from '../../../test/deciding.ts'
import { test as base, type Platform } from '../../../test/harness.ts'
import type { Person } from '../../../test/people.ts'
import { actionId, addInvoice, openDesk, type Desk } from '../../../test/proposals.ts'
import { createMailer, type Mailer, type Sending } from './nodemailer.ts'

/** A mail server that takes what it is sent, or fails in the way that the test sets. */
interface Post {
  url: string
  received: { raw: string; to: string[] }[]
  mode:
    | 'take'
    | 'refuse-recipient'
    | 'refuse-message'
    | 'cut-before-message'
    | 'cut-after-message'
    | 'sign-in'
  seen: { user?: string }
}

async function openPost(): Promise<Post & { close(): Promise<void> }> {
  const post: Post = { url: '', received: [], mode: 'take', seen: {} }
  const sockets = new Set<Socket>()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const refusal = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code })
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth: ({ username }, _session, callback) => {
      if (username) post.seen.user = username
      callback(null, { user: username ?? '' })
    },
    onRcptTo: (_address, _session, callback) => {
      if (post.mode === 'cut-before-message') return cut()
      callback(post.mode === 'refuse-recipient' ? refusal(550, 'no such mailbox') : null)
    },
    onData: (stream, session, callback) => {
      let raw = ''
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()))
      stream.on('end', () => {
        if (post.mode === 'refuse-message') return callback(refusal(554, 'not wanted'))
        post.received.push({ raw, to: session.envelope.rcptTo.map(({ address }) => address) })
        if (post.mode === 'cut-after-message') return cut()
        callback(null)
      })
    },
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  post.url = `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  return Object.assign(post, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        cut()
      }),
  })
}

const test = base.extend<{ desk: Desk; post: Post; mailer: Mailer }>({
  desk: async ({ platform, operator }, use) => use(await openDesk(platform, operator)),
  // oxlint-disable-next-line eslint/no-empty-pattern -- the runner's own form
  post: async ({}, use) => {
    const post = await openPost()
    await use(post)
    await post.close()
  },
  mailer: async ({ post }, use) => {
    const mailer = createMailer(post.url, 'BizQ <no-reply@bizq.test>')
    await use(mailer)
    mailer.close()
  },
})

async function approvedReminder(desk: Desk, operator: Person, edit?: object) {
  const invoice = await addInvoice(desk)
  const { actions } = await desk.propose([{ type: 'invoice.remind', parameters: { invoice } }])
  const action = await read(operator, actionId(actions[0] ?? ''))
  await decide(operator, action, edit ? { decision: 'edit', parameters: edit } : undefined)
  const reminders = async () =>
    (await operator.get(`/v1/businesses/${desk.business}/data/invoices/${invoice}`)).body.remindersSent ?? 0
  return { id: String(action.id), reminders }
}

const mailOf = async (operator: Person) => (await operator.get('/v1/outbox')).body.items[0]
const states = async (platform: Platform, operator: Person, id: string) => [
  (await read(operator, id)).state,
  (await effectOf(platform, operator, id))?.state,
  (await mailOf(operator)).state,
]

test('a mail goes through the mail server once, under a fixed Message-ID, and the record says so', async ({
  platform,
  operator,
  desk,
  post,
  mailer,
}) => {
  const { id, reminders } = await approvedReminder(desk, operator)
  await carry(platform, operator, id, { mailer })
  await carry(platform, operator, id, { mailer })
  expect(post.received).toHaveLength(1)
  const { to, raw } = post.received[0] ?? { to: [], raw: '' }
  expect(to).toEqual(['jo@miller.example'])
  const parsed = await PostalMime.parse(raw)
  const effect = await effectOf(platform, operator, id)
  expect(parsed.messageId).toBe(`<${effect?.id}@bizq.localhost>`)
  expect(parsed.text).toContain('£90')
  expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'sent'])
  expect(await reminders()).toBe(1)
})

describe.for(['refuse-recipient', 'refuse-message', 'cut-before-message'] as const)('%s', (mode) => {
  test('nothing was sent: it failed, the record is untouched, and it can be sent again', async ({
    platform,
    operator,
    desk,
    post,
    mailer,
  }) => {
    const { id, reminders } = await approvedReminder(desk, operator)
    post.mode = mode
    await carry(platform, operator, id, { mailer })
    expect(await states(platform, operator, id)).toEqual(['failed', 'failed', 'failed'])
    expect(await reminders()).toBe(0)
    post.mode = 'take'
    const mail = await mailOf(operator)
    expect((await operator.post(`/v1/outbox/${mail.id}/send-again`)).body.state).toBe('queued')
    await carry(platform, operator, id, { mailer })
    expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'sent'])
    expect(post.received).toHaveLength(1)
  })
})

describe('cut after the message was handed over, nobody knows whether it arrived', () => {
  test('it is never sent again by itself; the operator may say that it arrived', async ({
    platform,
    operator,
    desk,
    post,
    mailer,
  }) => {
    const { id, reminders } = await approvedReminder(desk, operator)
    post.mode = 'cut-after-message'
    await carry(platform, operator, id, { mailer })
    await carry(platform, operator, id, { mailer })
    expect(await states(platform, operator, id)).toEqual(['approved', 'unknown', 'unknown'])
    expect(post.received).toHaveLength(1)
    expect(await reminders()).toBe(0)
    const mail = await mailOf(operator)
    expect((await operator.post(`/v1/outbox/${mail.id}/arrived`)).status).toBe(200)
    expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'sent'])
    expect(await reminders()).toBe(1)
  })

  test('sent again on the operator’s word, it bears the same Message-ID', async ({
    platform,
    operator,
    desk,
    post,
    mailer,
  }) => {
    const { id } = await approvedReminder(desk, operator)
    post.mode = 'cut-after-message'
    await carry(platform, operator, id, { mailer })
    post.mode = 'take'
    await operator.post(`/v1/outbox/${(await mailOf(operator)).id}/send-again`)
    await carry(platform, operator, id, { mailer })
    const ids = await Promise.all(
      post.received.map(async ({ raw }) => (await PostalMime.parse(raw)).messageId),
    )
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'sent'])
  })
})

test('a process that dies while it hands a mail over leaves it unknown, and what it learns late still counts', async ({
  platform,
  operator,
  desk,
}) => {
  const { id, reminders } = await approvedReminder(desk, operator)
  let arrive = (_sending: Sending) => {}
  const asked = Promise.withResolvers<void>()
  let sent = 0
  const slow: Mailer = {
    send: () => {
      sent++
      asked.resolve()
      if (sent > 1) return Promise.resolve({ result: 'sent' })
      return new Promise((resolve) => (arrive = resolve))
    },
    close: () => {},
  }
  const first = carry(platform, operator, id, { mailer: slow })
  await asked.promise
  await carry(platform, operator, id, { mailer: slow })
  expect(await states(platform, operator, id)).toEqual(['approved', 'unknown', 'unknown'])
  arrive({ result: 'sent' })
  await first
  expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'sent'])
  expect([sent, await reminders()]).toEqual([1, 1])
})

test('what is to be sent again when no mail server is set any more is kept in the outbox', async ({
  platform,
  operator,
  desk,
  post,
  mailer,
}) => {
  const { id } = await approvedReminder(desk, operator)
  post.mode = 'refuse-message'
  await carry(platform, operator, id, { mailer })
  await operator.post(`/v1/outbox/${(await mailOf(operator)).id}/send-again`)
  await carry(platform, operator, id, { mailer: null })
  expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'kept'])
})

test('an invoice that is gone by the time the mail was sent does not hide that it was sent', async ({
  platform,
  operator,
  desk,
}) => {
  const { id } = await approvedReminder(desk, operator)
  const action = await read(operator, id)
  const mailer: Mailer = {
    send: async () => {
      const path = `/v1/businesses/${desk.business}/data/invoices/${action.parameters.invoice}`
      expect((await operator.send('DELETE', path)).status).toBeLessThan(300)
      return { result: 'sent' }
    },
    close: () => {},
  }
  await carry(platform, operator, id, { mailer })
  expect(await states(platform, operator, id)).toEqual(['applied', 'done', 'sent'])
})

test('no text and no address becomes a header or a second recipient', async ({
  platform,
  operator,
  desk,
  post,
  mailer,
}) => {
  const { id } = await approvedReminder(desk, operator, {
    subject: 'Hello\r\nBcc: evil@elsewhere.example\r\nX-Added: yes',
  })
  await carry(platform, operator, id, { mailer })
  const [mail] = post.received
  expect(mail?.to).toEqual(['jo@miller.example'])
  const names = (await PostalMime.parse(mail?.raw ?? '')).headers.map(({ key }) => key)
  expect(names).not.toContain('bcc')
  expect(names).not.toContain('x-added')
  for (const to of [
    'a@b.example, c@d.example',
    'a@b.example\r\nBcc: c@d.example',
    '<a@b.example>',
    'nobody',
  ]) {
    const sending = await mailer.send({ messageId: '<1@x>', to, subject: 's', text: 't' })
    expect(sending, to).toMatchObject({ result: 'refused' })
  }
  expect(post.received).toHaveLength(1)
})

test('it signs in where the address of the server says as whom, and says when there is no server', async ({
  post,
}) => {
  const message = { messageId: '<1@x>', to: 'a@b.example', subject: 's', text: 't' }
  const signedIn = createMailer(post.url.replace('//', '//user:p%40ss@'), 'BizQ <no-reply@bizq.test>')
  expect(await signedIn.send(message)).toEqual({ result: 'sent' })
  expect(post.seen.user).toBe('user')
  const nowhere = createMailer('smtp://127.0.0.1:1', 'BizQ <no-reply@bizq.test>')
  expect(await nowhere.send(message)).toMatchObject({ result: 'refused' })
})
