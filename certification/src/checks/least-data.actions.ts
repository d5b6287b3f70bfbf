import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'least-data.actions',
  stage: 'release',
  group: 'least-data',
  severity: 'error',
  title: 'It proposes every type of action that it declares',
  why: 'A type that is never proposed is a permission that nobody needs to give.',
  howToMend: 'Leave the type out of `actions`, or supply a case on which it is proposed.',
  async run(examined) {
    const tried = await Promise.all([...examined.allCases(), ...examined.odd].map(examined.trial))
    const outputs = tried.flatMap(({ output }) => output ?? [])
    const proposed = new Set(outputs.flatMap(({ proposals }) => proposals.map(({ type }) => type)))
    // Nothing at all is another check’s matter: then nothing can be said of any one type.
    if (proposed.size === 0) return []
    return examined.manifest.actions.flatMap(({ type }, i) =>
      proposed.has(type)
        ? []
        : [{ pointer: `/actions/${i}`, detail: `${type} was proposed on none of ${outputs.length} inputs` }],
    )
  },
}
