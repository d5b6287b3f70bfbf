import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { manifestJsonSchema } from '@bizq/sdk/contract'
import { Scalar } from '@scalar/hono-api-reference'
import type { Router } from './router.ts'

/** The API reference at /docs, with its script served from here, and the schema that completes a manifest in an editor. */
export function mountDocs(app: Router): void {
  app.get('/schemas/manifest-1.json', (c) =>
    c.body(JSON.stringify(manifestJsonSchema()), 200, {
      'content-type': 'application/schema+json',
      'cache-control': 'public, max-age=86400',
      'access-control-allow-origin': '*',
    }),
  )
  let script: Buffer | undefined
  app.get('/docs/reference.js', (c) => {
    script ??= readFileSync(
      createRequire(import.meta.url)
        .resolve('@scalar/api-reference')
        .replace(/dist\/.*$/, 'dist/browser/standalone.js'),
    )
    return c.body(new Uint8Array(script), 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=86400',
    })
  })
  app.get(
    '/docs',
    Scalar({
      url: '/v1/openapi.json',
      cdn: '/docs/reference.js',
      pageTitle: 'BizQ API',
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      hideClientButton: true,
      proxyUrl: '',
    } as Parameters<typeof Scalar>[0]),
  )
}
