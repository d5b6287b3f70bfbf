import type { DatasetName } from '@bizq/sdk/contract'
import { UnreadableFileError } from '../parsed-item.ts'
import { quote } from '../text.ts'
import type { Mapping } from './mapping.ts'
import { resolveTarget, type Target } from './targets.ts'

/** A dataset that rows make records of, with the columns it reads and the records it refers to. */
export interface Node {
  dataset: DatasetName
  /** The reference field of the parent that points here; empty for the row's own dataset. */
  via: string
  reads: { index: number; target: Target }[]
  constants: { target: Target; text: string }[]
  children: Node[]
}

/** Turns a mapping into what to read from which cell. Throws an UnreadableFileError if the file lacks a mapped column. */
export function planMapping(mapping: Mapping, header: readonly string[]): Node {
  const root: Node = newNode(mapping.dataset, '')
  for (const [name, targets] of Object.entries(mapping.columns)) {
    const index = header.indexOf(name.trim())
    if (index === -1) throw columnNotFound(name, header)
    for (const target of [targets].flat())
      place(root, mapping, target)((node, found) => node.reads.push({ index, target: found }))
  }
  for (const name of Object.keys(mapping.only)) if (!header.includes(name)) throw columnNotFound(name, header)
  sortReads(root)
  for (const [target, text] of Object.entries(mapping.constants)) {
    place(root, mapping, target)((node, found) => node.constants.push({ target: found, text }))
  }
  return root
}

/** Cells that are joined stand in the order of the file, however the mapping was stored. */
function sortReads(node: Node) {
  node.reads.sort((a, b) => a.index - b.index)
  node.children.forEach(sortReads)
}

function place(root: Node, mapping: Mapping, name: string) {
  return (put: (node: Node, target: Target) => void) => {
    const target = resolveTarget(mapping.dataset, name)
    if (!target)
      throw new UnreadableFileError(
        `${mapping.dataset} has no field ${name}. Choose another for this column.`,
      )
    let node = root
    for (const [depth, via] of target.path.entries())
      node = childOf(node, via, mapping.dataset, target.path.slice(0, depth + 1))
    put(node, target)
  }
}

function childOf(node: Node, via: string, root: DatasetName, path: string[]): Node {
  const known = node.children.find((child) => child.via === via)
  if (known) return known
  const dataset = resolveTarget(root, [...path, 'id'].join('.'))?.dataset ?? root
  const child = newNode(dataset, via)
  node.children.push(child)
  return child
}

function newNode(dataset: DatasetName, via: string): Node {
  return { dataset, via, reads: [], constants: [], children: [] }
}

function columnNotFound(name: string, header: readonly string[]) {
  return new UnreadableFileError(
    `The file has no column ${quote(name)}. Its columns are ${header.slice(0, 40).map(quote).join(', ')}. Map one of these instead.`,
  )
}
