import { paraglideVitePlugin } from '@inlang/paraglide-js'
import { writeFileSync } from 'node:fs'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

type Adapter = ReturnType<typeof adapter>

/** The handler is mounted by a host process, which says http or https in X-Forwarded-Proto; imports pass through. */
function mountable(node: Adapter): Adapter {
  return {
    ...node,
    adapt: async (builder) => {
      await node.adapt(builder)
      writeFileSync(
        'build/handler.js',
        `process.env.PROTOCOL_HEADER ??= 'x-forwarded-proto'
process.env.BODY_SIZE_LIMIT ??= '64M'
export const { handler } = await import('./server/handler.js')
`,
      )
    },
  }
}

export default defineConfig({
  plugins: [
    tailwindcss(),
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
      emitTsDeclarations: false,
    }),
    sveltekit({
      compilerOptions: {
        runes: ({ filename }: { filename: string }) =>
          filename.split(/[/\\]/).includes('node_modules') ? undefined : true,
      },
      adapter: mountable(adapter()),
      // Where one is in the portal is told by addresses: relative ones would fit none before a script has run.
      paths: { base: '/portal', relative: false },
      csp: {
        mode: 'nonce',
        directives: {
          'default-src': ['self'],
          'script-src': ['self'],
          // Charts and bars place themselves by style attributes.
          'style-src': ['self', 'unsafe-inline'],
          'img-src': ['self', 'data:'],
          'font-src': ['self', 'data:'],
          'object-src': ['none'],
          'frame-ancestors': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
        },
      },
    }),
  ],
})
