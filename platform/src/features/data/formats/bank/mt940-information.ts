import { cleanLine } from '../text.ts'

interface Told {
  description?: string
  counterpartyText?: string
  counterpartyIban?: string
}

const iban = /\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b/

/**
 * Reads field 86, information to the account owner: German banks number its parts (`?20`, `>20`: purpose,
 * `?32`: name, `?31`: account), Dutch ones name them (`/NAME/`, `/REMI/`), the rest write free text.
 */
export function readInformation(fields: string[], details: string | undefined): Told {
  const text = fields.join('\n')
  const numbered = /^\d{3}(?=[?>]\d{2})|^[?>]\d{2}/.test(text.trim())
  const named = /(?:^|\n)\/[A-Z]{3,4}\//.test(text)
  const told = numbered ? readNumbered(text) : named ? readNamed(text) : readFree(text)
  const own = details?.split('\n')[0]?.trim() ?? ''
  if (!told.counterpartyIban && iban.test(own)) told.counterpartyIban = own
  if (!told.description && own && !iban.test(own)) told.description = cleanLine(own)
  return told
}

function readNumbered(text: string): Told {
  const parts = new Map<string, string>()
  for (const match of text.replaceAll('\n', '').matchAll(/[?>](\d{2})([^?>]*)/g)) {
    parts.set(match[1] ?? '', (parts.get(match[1] ?? '') ?? '') + (match[2] ?? ''))
  }
  const range = (from: number, to: number) =>
    [...parts]
      .filter(([code]) => Number(code) >= from && Number(code) <= to)
      .map(([, part]) => part)
      .join('')
  const purpose = range(20, 29) + range(60, 63)
  return filled({
    description: cleanLine(purpose || (parts.get('00') ?? '')),
    counterpartyText: cleanLine(range(32, 33)),
    counterpartyIban: parts.get('31')?.trim() ?? '',
  })
}

function readNamed(text: string): Told {
  const parts = new Map<string, string>()
  for (const match of text.replaceAll('\n', '').matchAll(/\/([A-Z]{3,4})\/(.*?)(?=\/[A-Z]{3,4}\/|$)/g)) {
    if (match[2]?.trim()) parts.set(match[1] ?? '', match[2])
  }
  return filled({
    description: cleanLine(parts.get('REMI') ?? parts.get('EREF') ?? text),
    counterpartyText: cleanLine(parts.get('NAME') ?? ''),
    counterpartyIban: cleanLine(parts.get('IBAN') ?? ''),
  })
}

function readFree(text: string): Told {
  const named = /\bNAAM: ([^\n]+)/.exec(text)
  const account = /\bREK: ([A-Z]{2}\d{2}[A-Z0-9]{10,30})/.exec(text)
  return filled({
    description: cleanLine(text),
    counterpartyText: cleanLine(named?.[1] ?? ''),
    counterpartyIban: account?.[1] ?? '',
  })
}

function filled(told: Required<Told>): Told {
  return Object.fromEntries(Object.entries(told).filter(([, text]) => text !== ''))
}
