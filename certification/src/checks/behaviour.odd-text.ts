import { changeValues } from '../inputs/change.ts'
import { oddDataCheck } from '../odd-data.ts'

const oddTexts = [
  '',
  '__proto__',
  'constructor',
  'İstanbul ﬁ ß ŉ',
  'עברית \u202E reversed',
  '👩‍👩‍👧‍👦 e\u0301\u0300 \u0000 \uFFFD',
  '$& (unclosed [a-z] \\ * + ?',
  '{customer.name} <script>x</script>',
  'x'.repeat(8_000),
]

export const check = oddDataCheck({
  id: 'behaviour.odd-text',
  severity: 'error',
  title: 'It ends well on odd Unicode, empty and very long texts',
  why: 'Names and notes are typed by people all over the world, and imported by programs of every kind.',
  howToMend: 'Use Map instead of objects for keys that come from data, and never build a RegExp of a text.',
  oddities: ({ ordinary }) => [
    {
      ...ordinary,
      name: 'odd texts',
      books: changeValues(ordinary.books, (value, { kind }, _, i) =>
        value !== null && ['text', 'category', 'legalName', 'region'].includes(kind)
          ? (oddTexts[i % oddTexts.length] ?? value)
          : value,
      ),
    },
  ],
})
