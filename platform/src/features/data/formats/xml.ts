import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { UnreadableFileError } from './parsed-item.ts'

/** An element: its children by local name, always as lists, its attributes, its own text, the line it starts on. */
export interface XmlElement {
  line: number
  text: string
  attributes: Record<string, string>
  children: Record<string, XmlElement[]>
}

type Raw = string | { [name: string]: unknown }

const parser = new XMLParser({
  ignoreAttributes: false,
  attributesGroupName: '@',
  attributeNamePrefix: '',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true,
  captureMetaData: true,
  alwaysCreateTextNode: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: 200,
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
})

const metaData = XMLParser.getMetaDataSymbol() as symbol

/**
 * Parses XML without document types or entities of its own; `firstLine` is the line of a piece in its file.
 * Throws an UnreadableFileError with the line of the first fault.
 */
export function parseXml(text: string, firstLine = 1): { name: string; root: XmlElement } {
  refuseDoctype(text)
  const verdict = XMLValidator.validate(text, { allowBooleanAttributes: true })
  if (verdict !== true) {
    throw new UnreadableFileError(
      `The XML is broken: ${verdict.err.msg} Export the file again.`,
      firstLine + verdict.err.line - 1,
    )
  }
  const document = parser.parse(text) as Record<string, Raw[]>
  const lineAt = lineFinder(text, firstLine)
  const [entry] = Object.entries(document).filter(([name]) => name !== '#text')
  if (!entry?.[1]?.[0]) throw new UnreadableFileError('The file has no XML element.')
  return { name: entry[0], root: toElement(entry[1][0], lineAt) }
}

/** A document type can hold entities that grow without end or fetch files; no bank or invoice needs one. */
function refuseDoctype(text: string) {
  const found = /<!\s*(?:DOCTYPE|ENTITY)/i.exec(text)
  if (!found) return
  const line = text.slice(0, found.index).split('\n').length
  throw new UnreadableFileError(
    'The file declares a document type (<!DOCTYPE …>), which is refused because it can hide other content. Remove the declaration or export the file again.',
    line,
  )
}

function lineFinder(text: string, firstLine: number) {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (index: number) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= index) low = middle
      else high = middle - 1
    }
    return firstLine + low
  }
}

function toElement(raw: Raw, lineAt: (index: number) => number): XmlElement {
  if (typeof raw === 'string') return { line: 0, text: raw.trim(), attributes: {}, children: {} }
  const start = (raw as Record<symbol, { startIndex?: number } | undefined>)[metaData]?.startIndex ?? 0
  const element: XmlElement = { line: lineAt(start), text: '', attributes: {}, children: {} }
  for (const [name, value] of Object.entries(raw)) {
    if (name === '#text') element.text = String(value).trim()
    else if (name === '@') element.attributes = attributesOf(value)
    else if (Array.isArray(value))
      element.children[name] = value.map((child: Raw) => toElement(child, lineAt))
  }
  return element
}

function attributesOf(value: unknown): Record<string, string> {
  const group = (Array.isArray(value) ? value[0] : value) as Record<string, unknown>
  return Object.fromEntries(Object.entries(group).map(([name, text]) => [name, String(text)]))
}

/** All elements at a path of local names. */
export function findAll(element: XmlElement | undefined, ...path: string[]): XmlElement[] {
  let found = element ? [element] : []
  for (const name of path) found = found.flatMap((one) => one.children[name] ?? [])
  return found
}

export function find(element: XmlElement | undefined, ...path: string[]): XmlElement | undefined {
  return findAll(element, ...path)[0]
}

/** The text at a path; undefined where there is none. */
export function textAt(element: XmlElement | undefined, ...path: string[]): string | undefined {
  return findAll(element, ...path).find(({ text }) => text !== '')?.text
}
