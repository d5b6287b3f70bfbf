import type { Cutter } from './cutter.ts'
import { openRelay, type Relay } from './relay.ts'

/** Passes connections on to a mail server. A message is a command with its line end, or a whole mail with the dot that ends it. */
export function openSmtpProxy(port: number, cutter: Cutter): Promise<Relay> {
  return openRelay(port, cutter, ({ client, server }) => {
    let sent = Buffer.alloc(0)
    let isMail = false
    client.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk])
      for (;;) {
        const end = isMail ? '\r\n.\r\n' : '\r\n'
        const at = sent.indexOf(end)
        if (at < 0 || cutter.isCut) return
        const message = sent.subarray(0, at + end.length)
        sent = sent.subarray(message.length)
        isMail = !isMail && /^DATA\r\n$/i.test(message.toString())
        cutter.countMessage()
        server.write(message)
      }
    })
    server.on('data', (chunk: Buffer) => {
      if (!cutter.isCut) client.write(chunk)
    })
  })
}
