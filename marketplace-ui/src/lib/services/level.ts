import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'

type Level = Schemas['ServiceSummary']['level']

const words: Record<Level, { name: () => string; text: () => string }> = {
  bronze: { name: m.level_bronze, text: m.level_bronze_text },
  silver: { name: m.level_silver, text: m.level_silver_text },
  gold: { name: m.level_gold, text: m.level_gold_text },
  platinum: { name: m.level_platinum, text: m.level_platinum_text },
}

export const levelWord = (level: Level): string => words[level].name()
/** What it takes. */
export const levelText = (level: Level): string => words[level].text()
