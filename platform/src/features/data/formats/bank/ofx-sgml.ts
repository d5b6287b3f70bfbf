import { cleanLine } from '../text.ts'

interface Open {
  name: string
  at: number
  line: number
}
interface Token {
  at: number
  end: number
  name: string
  isClosing: boolean
  isWhole: boolean
}

/**
 * Makes XML of OFX 1.x, which is SGML and leaves out the closing tags of its leaves. Lines stay where they
 * are. OFX 2.x passes unchanged but for bare ampersands. Answers what was left open at the end.
 */
export function closeTags(text: string): { xml: string; problems: { line: number; reason: string }[] } {
  const tokens = readTokens(text)
  const { empty, closedBy, unopened, unclosed } = matchTags(text, tokens)
  let xml = ''
  let at = 0
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    if (token.isClosing) {
      xml += escapeText(text.slice(at, token.at))
      xml += unopened.has(index) ? '' : `</${token.name}>`
      at = token.end
      continue
    }
    xml += escapeText(text.slice(at, token.at))
    at = token.end
    const value = text.slice(token.end, next?.at ?? text.length)
    if (token.isWhole || empty.has(index)) xml += `<${token.name}/>`
    else if (value.trim() !== '' && !closedBy.has(index)) {
      const kept = value.trimEnd()
      xml += `<${token.name}>${escapeText(kept)}</${token.name}>${value.slice(kept.length)}`
      at = next?.at ?? text.length
    } else xml += `<${token.name}>`
  }
  xml += escapeText(text.slice(at))
  const closing = unclosed
    .reverse()
    .map(({ name }) => `</${name}>`)
    .join('')
  const problems = unclosed.length
    ? [
        {
          line: unclosed.at(-1)?.line ?? 1,
          reason: `the file ends inside ${unclosed
            .map(({ name }) => name)
            .reverse()
            .join(' › ')}; what came before was read`,
        },
      ]
    : []
  return { xml: xml.trimEnd() + closing, problems }
}

function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  for (const match of text.matchAll(/<(\/?)([A-Za-z][\w.-]*)\s*(\/?)>/g)) {
    const name = cleanLine(match[2] ?? '').toUpperCase()
    tokens.push({
      at: match.index,
      end: match.index + match[0].length,
      name,
      isClosing: match[1] === '/',
      isWhole: match[3] === '/',
    })
  }
  return tokens
}

/** Which opening tags have no closing one, and so are leaves without a value, or were cut off. */
function matchTags(text: string, tokens: Token[]) {
  const empty = new Set<number>()
  const closedBy = new Set<number>()
  const unopened = new Set<number>()
  const open: (Open & { index: number })[] = []
  let line = 1
  let counted = 0
  for (const [index, token] of tokens.entries()) {
    for (; counted < token.at; counted++) if (text.charCodeAt(counted) === 10) line++
    if (token.isWhole) continue
    if (token.isClosing) {
      const found = open.findLastIndex(({ name }) => name === token.name)
      if (found === -1) unopened.add(index)
      else {
        closedBy.add(open[found]?.index ?? -1)
        for (const left of open.splice(found).slice(1)) empty.add(left.index)
      }
      continue
    }
    const next = tokens[index + 1]
    const value = text.slice(token.end, next?.at ?? text.length)
    const isLeaf = value.trim() !== '' && !(next?.isClosing && next.name === token.name)
    if (!isLeaf) open.push({ name: token.name, at: token.at, line, index })
  }
  return { empty, closedBy, unopened, unclosed: open.map(({ name, at, line }) => ({ name, at, line })) }
}

function escapeText(text: string): string {
  return text.replace(/&(?!(?:amp|lt|gt|quot|apos|nbsp|#\d+|#x[\da-f]+);)/gi, '&amp;').replaceAll('<', '&lt;')
}
