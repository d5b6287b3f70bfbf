import type { XmlElement } from './xml.ts'

interface Piece {
  start: number
  end: number
  line: number
}

/** A statement without its rows, which are read one by one: as a tree of objects they would take forty times their size. */
export interface CutFile {
  /** The markup with a placeholder for each run of rows; its lines are those of the file. */
  skeleton: string
  /** The rows behind a placeholder, with the line on which each starts. */
  rowsOf(placeholder: XmlElement): Generator<{ line: number; text: string }>
}

/** Cuts the elements with this local name out of markup, XML or SGML. A row that is not closed ends where the next begins. */
export function cutEntries(text: string, name: string): CutFile {
  const opening = new RegExp(`<((?:[\\w.-]+:)?${name})(?=[\\s>])`, 'gi')
  const pieces: Piece[] = []
  let skeleton = ''
  let at = 0
  let runFrom = 0
  let runStart = -1
  const countLine = lineCounter(text)
  const closeRun = () => {
    if (runStart === -1) return
    const newlines = '\n'.repeat(countBetween(text, runStart, at))
    skeleton += `<${name}>${runFrom}-${pieces.length}</${name}>${newlines}`
    runStart = -1
  }
  for (let match = opening.exec(text); match;) {
    const next = opening.exec(text)
    const end = endOf(text, match[1] ?? name, match.index, next?.index ?? text.length)
    if (runStart !== -1 && text.slice(at, match.index).trim() !== '') closeRun()
    if (runStart === -1) {
      skeleton += text.slice(at, match.index)
      runStart = match.index
      runFrom = pieces.length
    }
    pieces.push({ start: match.index, end, line: countLine(match.index) })
    at = end
    match = next
  }
  closeRun()
  skeleton += text.slice(at)
  return {
    skeleton,
    *rowsOf(placeholder) {
      const [from = 0, to = 0] = placeholder.text.split('-').map(Number)
      for (const { start, end, line } of pieces.slice(from, to)) yield { line, text: text.slice(start, end) }
    },
  }
}

function endOf(text: string, name: string, from: number, limit: number): number {
  const closing = `</${name}>`
  const found = text.slice(from, limit).lastIndexOf(closing)
  return found === -1 ? limit : from + found + closing.length
}

function countBetween(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** Lines of growing offsets, counted once over the text. */
function lineCounter(text: string) {
  let line = 1
  let counted = 0
  return (offset: number) => {
    line += countBetween(text, counted, offset)
    counted = offset
    return line
  }
}
