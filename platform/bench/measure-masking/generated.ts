import { fillers, nearMisses } from './near-misses.ts'
import type { Identity } from './identities.ts'
import { type Random, randomOf } from './random.ts'
import type { Case } from './score.ts'
import { type Split, makers, templates, typeOf } from './templates.ts'
import type { Maker } from './values.ts'

export interface GeneratedCase extends Case {
  country: string
}

/** A template with its placeholders filled, and where each personal value came to stand. */
function fill(
  template: string,
  identity: Identity,
  random: Random,
  from: Readonly<Record<string, Maker>>,
): Case {
  const truths: Case['truths'] = []
  let text = ''
  let at = 0
  for (const match of template.matchAll(/\{([\w-]+)\}/g)) {
    const name = match[1] ?? ''
    const make = from[name]
    if (!make) throw new Error(`template "${template}" has an unknown placeholder {${name}}`)
    text += template.slice(at, match.index)
    const value = make(identity, random)
    if (from === makers)
      truths.push({ type: typeOf[name] ?? name, start: text.length, end: text.length + value.length })
    text += value
    at = match.index + match[0].length
  }
  return { text: text + template.slice(at), truths }
}

/** What announces a value is no part of it: "mailto:", "Mrs.". */
const announced = /^(?:mailto:|(?:Mr|Mrs|Ms|Dr)\.? )/

function withoutLabels(each: Case): Case {
  const truths = each.truths.map((truth) => {
    const label = announced.exec(each.text.slice(truth.start, truth.end))?.[0].length ?? 0
    return { ...truth, start: truth.start + label }
  })
  return { ...each, truths }
}

function split(identities: readonly Identity[], which: Split): readonly Identity[] {
  const half = Math.floor(identities.length / 2)
  return which === 'development' ? identities.slice(0, half) : identities.slice(half)
}

export const entityTypes = Object.keys(templates)

/** `count` texts with a value of `type`, and half as many near misses, from one half of templates and identities. */
export function generate(
  type: string,
  which: Split,
  identities: readonly Identity[],
  count: number,
  seed: number,
): GeneratedCase[] {
  const random = randomOf(seed)
  const people = split(identities, which)
  const lines = templates[type]?.[which] ?? []
  const misses = nearMisses[type]?.[which] ?? []
  const cases: GeneratedCase[] = []
  for (let i = 0; i < count; i += 1) {
    const identity = random.pick(people)
    cases.push({
      ...withoutLabels(fill(random.pick(lines), identity, random, makers)),
      country: identity.country,
    })
  }
  for (let i = 0; i < count / 2; i += 1) {
    const identity = random.pick(people)
    cases.push({ ...fill(random.pick(misses), identity, random, fillers), country: identity.country })
  }
  return cases
}
