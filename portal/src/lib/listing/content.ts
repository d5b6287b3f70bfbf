import type { Schemas } from '@bizq/client'
import { text } from '@bizq/app-kit/forms.ts'

export type ListingContent = Schemas['ListingContent']

const most = { screenshots: 5, links: 8, questions: 20 }

/** The numbers of the rows that a form has, by the names of their fields: `link-0-label`, `link-1-label`, … */
function rowsOf(form: FormData, prefix: string): number[] {
  const numbers = [...form.keys()].flatMap((key) => {
    const found = new RegExp(`^${prefix}-(\\d+)-`).exec(key)
    return found ? [Number(found[1])] : []
  })
  return [...new Set(numbers)].toSorted((a, b) => a - b)
}

/** What the editor's form says. Rows that were left empty are left out; a screenshot goes where its box is ticked. */
export function contentOf(form: FormData): ListingContent {
  const screenshots = rowsOf(form, 'shot')
    .filter((row) => text(form, `shot-${row}-drop`) === '')
    .map((row) => ({
      image: text(form, `shot-${row}-image`),
      alt: text(form, `shot-${row}-alt`),
      place: Number(text(form, `shot-${row}-place`)) || row + 1,
    }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ image, alt }) => ({ image, alt }))
  const links = rowsOf(form, 'link')
    .map((row) => ({ label: text(form, `link-${row}-label`), url: text(form, `link-${row}-url`) }))
    .filter(({ label, url }) => label || url)
  const questions = rowsOf(form, 'question')
    .map((row) => ({
      question: text(form, `question-${row}-question`),
      answer: text(form, `question-${row}-answer`),
    }))
    .filter(({ question, answer }) => question || answer)
  return {
    description: text(form, 'description'),
    support: text(form, 'support') || null,
    screenshots: screenshots.slice(0, most.screenshots),
    links,
    questions,
  }
}

/** The rows that a form shows: those that there are, and some to fill in. */
export function withEmpty<T>(rows: readonly T[], empty: T, limit: number): T[] {
  const more = Math.min(limit, rows.length + 2) - rows.length
  return [...rows, ...Array.from({ length: Math.max(0, more) }, () => empty)]
}
