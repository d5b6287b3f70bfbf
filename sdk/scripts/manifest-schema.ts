import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestJsonSchema } from '../src/contract/index.ts'

/** Writes the JSON Schema of the manifest as it is published: a test holds the file and the contract together. */
const file = join(import.meta.dirname, '../manifest.schema.json')
writeFileSync(file, `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`)
