import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

/** How a command speaks: results on stdout, everything about the way there on stderr. */
export interface Output {
  isJson: boolean
  /** The result: words for people, or one line of JSON. */
  result(value: object, words: string): void
  /** One of several results, as they come. */
  item(value: object, words: string): void
  /** What is being done; silent under --json and --quiet. */
  note(words: string): void
  /** A warning that people must see; silent under --json. */
  warn(words: string): void
  /** A bar that fills on a terminal; a line for each quarter without one. */
  progress(label: string): Progress
  /** Coloured where stdout is a terminal that wants it (NO_COLOR and FORCE_COLOR are heeded). */
  paint(style: Style, text: string): string
}

export interface Progress {
  update(done: number, total: number): void
  end(): void
}

export interface OutputOptions {
  json?: boolean
  quiet?: boolean
}

const width = 24

function terminalProgress(label: string): Progress {
  return {
    update(done, total) {
      const filled = total === 0 ? 0 : Math.round((done / total) * width)
      process.stderr.write(
        `\r${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}\u001b[K`,
      )
    },
    end: () => void process.stderr.write('\r\u001b[K'),
  }
}

function lineProgress(label: string): Progress {
  let told = -1
  return {
    update(done, total) {
      const quarter = total === 0 ? 0 : Math.floor((done / total) * 4)
      if (quarter === told) return
      told = quarter
      process.stderr.write(`${label}: ${done} of ${total}\n`)
    },
    end: () => {},
  }
}

const silent: Progress = { update: () => {}, end: () => {} }

export function createOutput({ json = false, quiet = false }: OutputOptions): Output {
  const isHushed = json || quiet
  const say = (value: object, words: string) => {
    process.stdout.write(json ? `${JSON.stringify(value)}\n` : words === '' ? '' : `${words}\n`)
  }
  return {
    isJson: json,
    result: say,
    item: say,
    note: (words) => void (isHushed || process.stderr.write(`${words}\n`)),
    warn: (words) => void (json || process.stderr.write(`${words}\n`)),
    progress: (label) =>
      isHushed ? silent : process.stderr.isTTY ? terminalProgress(label) : lineProgress(label),
    paint: (style, text) => styleText(style, text, { stream: process.stdout, validateStream: true }),
  }
}

/** Columns under headings, as wide as what is in them. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows]
  const widths = headings.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
