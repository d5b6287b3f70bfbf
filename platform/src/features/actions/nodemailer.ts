import { createTransport } from 'nodemailer'

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
  send(mail: OutgoingMail): Promise<Sending>
  close(): void
}

/** Before the message itself was sent, a broken connection means that nothing was sent. */
const before = new Set(['ECONNECTION', 'EDNS', 'EAUTH', 'EENVELOPE', 'ETLS', 'ECONNREFUSED', 'ENOTFOUND'])

/** Sends plain text through an SMTP server: `smtp://user:password@host:587`. Times out after 20 s. */
export function createMailer(smtpUrl: string, from: string): Mailer {
  const transport = createTransport(smtpUrl, { from })
  Object.assign(transport.options, {
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ messageId, to, subject, text }) => {
      try {
        await transport.sendMail({ messageId, to: { name: '', address: to }, subject, text })
        return { result: 'sent' }
      } catch (error) {
        const { code, responseCode, command } = error as {
          code?: string
          responseCode?: number
          command?: string
        }
        const isRefused =
          (code !== undefined && before.has(code)) || (responseCode ?? 0) >= 400 || command === 'CONN'
        return {
          result: isRefused ? 'refused' : 'unknown',
          detail: [code, responseCode, command].filter(Boolean).join(' '),
        }
      }
    },
    close: () => transport.close(),
  }
}
