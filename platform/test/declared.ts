import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as formats from 'ajv-formats'
import type { FormatsPlugin } from 'ajv-formats'
import { apiInfo, createApi } from '../src/app.ts'

interface Response {
  content?: Record<string, { schema?: object }>
}
type Operations = Record<string, Record<string, { responses: Record<string, Response> }>>

const document = createApi().getOpenAPI31Document(apiInfo)
const paths = (document.paths ?? {}) as unknown as Operations
const ajv = new Ajv2020({ strict: false, allErrors: true, schemas: [{ ...document, $id: 'api' }] })
;(formats.default as unknown as FormatsPlugin)(ajv)

const routes = Object.keys(paths).map((path) => ({
  path,
  pattern: new RegExp(
    `^/v1${path.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
  ),
}))
const validators = new Map<string, ValidateFunction | undefined>()

function validatorOf(method: string, path: string, status: number): ValidateFunction | undefined {
  const key = `${method} ${path} ${status}`
  if (validators.has(key)) return validators.get(key)
  const content = paths[path]?.[method]?.responses[String(status)]?.content
  const media = content && Object.keys(content).find((type) => type.endsWith('json'))
  const pointer = ['paths', path, method, 'responses', String(status), 'content', media ?? '', 'schema'].map(
    (part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
  )
  const validator =
    media && content[media]?.schema ? ajv.compile({ $ref: `api#/${pointer.join('/')}` }) : undefined
  validators.set(key, validator)
  return validator
}

/** Throws when an answer of the API is not what its document declares. */
export function requireDeclared(method: string, url: string, status: number, body: unknown): void {
  const path = url.split('?')[0] ?? ''
  const found = routes
    .filter(({ pattern }) => pattern.test(path))
    .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0]
  if (!found || status === 404 || typeof body === 'string') return
  const validate = validatorOf(method.toLowerCase(), found.path, status)
  if (!validate) {
    if (status < 300)
      throw new Error(`${method} ${found.path} answered ${status}, which its document does not declare`)
    return
  }
  if (!validate(body)) {
    throw new Error(
      `${method} ${found.path} answered ${status} with a body that its document does not declare: ${ajv.errorsText(validate.errors, { separator: '\n' })}\n${JSON.stringify(body).slice(0, 1_000)}`,
    )
  }
}
