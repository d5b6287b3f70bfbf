import { type Detector, type Found } from './found.ts'

const base64 = /(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{16,4000}={0,2}(?![A-Za-z0-9+/_=-])/g
const hex = /(?<![A-Za-z0-9])(?:[0-9a-fA-F]{2}){8,2000}(?![A-Za-z0-9])/g
const readable = /^[\x20-\x7e\n\r\t\u00a0-\uffff]+$/

function decodings(token: string): string[] {
  const isHex = /^(?:[0-9a-fA-F]{2})+$/.test(token)
  const bytes = isHex
    ? [Buffer.from(token, 'hex'), Buffer.from(token, 'base64')]
    : [Buffer.from(token, 'base64')]
  return bytes
    .map((each) => each.toString('utf8'))
    .filter((text) => readable.test(text) && !text.includes('\uFFFD'))
}

/** Base64 and hex tokens that hold something personal inside, told by `find` on what they decode to. */
export function detectEncoded(find: (text: string) => Found[]): Detector {
  return ({ text }) => {
    const found: Found[] = []
    for (const pattern of [base64, hex]) {
      for (const match of text.matchAll(pattern)) {
        // A word has no reason to mix cases or hold digits: most tokens are not looked into.
        if (!/\d|[a-z][A-Z]|=$/.test(match[0])) continue
        const inside = decodings(match[0]).flatMap(find)[0]
        if (inside) found.push({ ...inside, start: match.index, end: match.index + match[0].length })
      }
    }
    return found
  }
}
