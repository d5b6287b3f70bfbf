import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer'
import { parseConnectionUrl } from 'nodemailer/lib/shared'
import SMTPConnection from 'nodemailer/lib/smtp-connection'

export interface OutgoingMail {
  /** Fixed before the call, so that a mail that was sent twice is seen to be one. */
  messageId: string
  to: string
  subject: string
  text: string
}

/** What came of handing a mail to the server. `unknown` when the answer did not come: it may have arrived. */
export type Sending = { result: 'sent' } | { result: 'refused' | 'unknown'; detail: string }

export interface Mailer {
  /** Never rejects. */
  send(mail: OutgoingMail): Promise<Sending>
  close(): void
}

const timeouts = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
  socketCloseTimeout: 1_000,
}
const oneAddress = /^[^\s<>()[\],;:"\\@]+@[^\s<>()[\],;:"\\@]+$/

/**
 * Sends plain text through an SMTP server: `smtp://user:password@host:587`. Times out after 20 s of
 * silence. The message itself is read only when the server has asked for it: what fails before is
 * refused, what fails after without the server's word is unknown.
 */
export function createMailer(smtpUrl: string, from: string): Mailer {
  const options = { ...parseConnectionUrl(smtpUrl), ...timeouts }
  const open = new Set<SMTPConnection>()

  const send: Mailer['send'] = async ({ messageId, to, subject, text }) => {
    if (!oneAddress.test(to)) return { result: 'refused', detail: 'EADDRESS' }
    const composed = new MailComposer({
      from,
      to: { name: '', address: to },
      messageId,
      subject,
      text,
      disableFileAccess: true,
      disableUrlAccess: true,
    }).compile()
    const message = lazily(await composed.build())
    const connection = new SMTPConnection(options)
    open.add(connection)
    try {
      await handOver(connection, options.auth, composed.getEnvelope(), message.stream)
      return { result: 'sent' }
    } catch (error) {
      return failureOf(error, message.wasAskedFor())
    } finally {
      open.delete(connection)
      connection.close()
    }
  }
  return {
    send,
    close: () => {
      for (const connection of open) connection.close()
    },
  }
}

function lazily(bytes: Buffer): { stream: Readable; wasAskedFor(): boolean } {
  let isAsked = false
  const stream = new Readable({
    read() {
      isAsked = true
      this.push(bytes)
      this.push(null)
    },
  })
  return { stream, wasAskedFor: () => isAsked }
}

type Auth = { user?: string; pass?: string } | false | undefined

function handOver(
  connection: SMTPConnection,
  auth: Auth,
  envelope: Parameters<SMTPConnection['send']>[0],
  message: Readable,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const step = (next: () => void) => (error?: Error | null) => (error ? reject(error) : next())
    const transmit = () => connection.send(envelope, message, step(resolve))
    connection.once('error', reject)
    connection.on('error', () => {})
    connection.once('end', () => reject(new Error('the connection ended')))
    connection.connect(
      step(() => {
        if (auth && auth.user) connection.login(auth, step(transmit))
        else transmit()
      }),
    )
  })
}

function failureOf(error: unknown, wasAskedFor: boolean): Sending {
  const { code, responseCode, command } = error as { code?: string; responseCode?: number; command?: string }
  const hasRefused = (responseCode ?? 0) >= 400
  return {
    result: wasAskedFor && !hasRefused ? 'unknown' : 'refused',
    detail: [code, responseCode, command].filter(Boolean).join(' '),
  }
}
