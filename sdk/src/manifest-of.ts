import { z } from 'zod'
import { Manifest } from './contract/manifest.ts'
import type { AnyDefinition } from './definition.ts'
import { describeDefinition } from './describe.ts'

export { describeDefinition }

/** The JSON Schemas (draft 2020-12) of a definition's settings and state, as they stand in the manifest. Needs the real `z`. */
export function schemasOf(
  definition: Pick<AnyDefinition, 'settings' | 'state'>,
): Pick<Manifest, 'settings' | 'state'> {
  const schema = (part: z.ZodObject | undefined) => {
    if (part === undefined) return undefined
    const { $schema: _draft, ...json } = z.toJSONSchema(part, { io: 'input' })
    return json as NonNullable<Manifest['settings']>
  }
  const [settings, state] = [schema(definition.settings), schema(definition.state)]
  return { ...(settings && { settings }), ...(state && { state }) }
}

/** A manifest that is not one: `problems` says where and how to mend it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly problems: { pointer: string; detail: string }[]
  constructor(error: z.ZodError) {
    const problems = error.issues.map((issue) => ({
      pointer: issue.path.map((part) => `/${String(part)}`).join(''),
      detail: issue.message,
    }))
    super(
      `the manifest is not right:\n${problems.map((p) => `  ${p.pointer || '/'}: ${p.detail}`).join('\n')}`,
    )
    this.problems = problems
  }
}

/** Joins what the guest says of itself with the schemas that the host read. Throws a ManifestError. */
export function assembleManifest(
  described: unknown,
  schemas: Pick<Manifest, 'settings' | 'state'>,
): Manifest {
  const parsed = Manifest.safeParse({ ...(described as object), ...schemas })
  if (!parsed.success) throw new ManifestError(parsed.error)
  return parsed.data
}

/** The manifest of a definition, as `bizq build` writes it. Throws a ManifestError. */
export function manifestOf(definition: AnyDefinition): Manifest {
  return assembleManifest(JSON.parse(JSON.stringify(describeDefinition(definition))), schemasOf(definition))
}
