import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** What decides that the same input gives the same output; part of every receipt. Children run this very node. */
export const sandboxVersions = {
  sandbox: manifest.version,
  node: process.versions.node,
  v8: process.versions.v8,
  icu: process.versions['icu'] ?? 'none',
  tzdata: process.versions['tz'] ?? 'none',
}
