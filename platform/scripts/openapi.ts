import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apiInfo, createApi } from '../src/app.ts'

/** Writes platform/openapi.json from the routes. Its diff is the review of the API. */
const document = createApi().getOpenAPI31Document({ ...apiInfo, security: [{ token: [] }, { session: [] }] })
await writeFile(join(import.meta.dirname, '../openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
