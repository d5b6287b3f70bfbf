import { executionLimits } from '@bizq/sdk/contract'
import type { Check } from '../check.ts'
import { defaultSettings } from '../inputs.ts'

const answerMs = 5_000

export const settingsHaveDefaults: Check = {
  id: 'manifest.settings-defaults',
  group: 'manifest',
  severity: 'error',
  title: 'The service runs on its default settings',
  why: 'An operator who subscribes gets a first result without filling in a form.',
  howToMend: 'Give every setting a default.',
  run({ manifest }) {
    const settings = defaultSettings(manifest)
    return settings.ok
      ? []
      : settings.problems.map(({ pointer, detail }) => ({ pointer: `/settings${pointer}`, detail }))
  },
}

export const describesItself: Check = {
  id: 'manifest.same-build',
  group: 'manifest',
  severity: 'error',
  title: 'Bundle and manifest are of one build',
  why: 'The operator consents to the manifest, and the bundle is what runs.',
  howToMend: 'Submit manifest.json and bundle.js of the same `bizq build`.',
  async run({ manifest, describe }) {
    const said = await describe()
    if (typeof said === 'string') return [{ detail: `asked to describe itself, the bundle did not: ${said}` }]
    const schemas = new Set(['$schema', 'settings', 'state'])
    const parts = new Set([...Object.keys(said), ...Object.keys(manifest)]).difference(schemas)
    return [...parts]
      .filter(
        (part) =>
          JSON.stringify(said[part]) !== JSON.stringify(sorted((manifest as Record<string, unknown>)[part])),
      )
      .map((part) => ({
        pointer: `/${part}`,
        detail: `the bundle says otherwise of ${part} than the manifest`,
      }))
  },
}

/** The same value with its keys in order, as canonical JSON has them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

export const survivesOddData: Check = {
  id: 'behaviour.odd-data',
  group: 'behaviour',
  severity: 'error',
  title: 'It ends well on whatever a business brings',
  why: 'Empty datasets, missing values, zeros and other currencies are ordinary in real books.',
  howToMend:
    'Handle null, zero and empty arrays. Where nothing can be done, throw CannotServe with the reason.',
  run: ({ trials }) =>
    trials.flatMap(({ name, result }) => {
      if (result.outcome === 'succeeded') return []
      if (result.outcome !== 'failed') return [{ detail: `${result.outcome}: ${result.detail}`, input: name }]
      const { error } = result
      if (error.name === 'CannotServe' || error.name === 'RetryLater') return []
      const at = error.stack[0] ? ` (bundle.js:${error.stack[0].line}:${error.stack[0].column})` : ''
      return [{ detail: `${error.name}: ${error.message}${at}`, input: name }]
    }),
}

export const answersInTime: Check = {
  id: 'limits.latency',
  group: 'limits',
  severity: 'error',
  title: 'It answers within five seconds',
  why: 'An operator waits for the first result; the platform stops an execution after ten seconds.',
  howToMend: 'Look for loops over loops of rows; group rows once by what they are looked up by.',
  run: ({ trials }) =>
    trials
      .filter(({ result }) => result.wallMs > answerMs)
      .map(({ name, result }) => ({ detail: `took ${result.wallMs} ms, at most ${answerMs}`, input: name })),
}

export const bundleIsSmall: Check = {
  id: 'limits.bundle',
  group: 'limits',
  severity: 'error',
  title: 'The bundle is small',
  why: 'It is evaluated afresh for every execution; what it holds is what that costs.',
  howToMend: 'Leave libraries out; check for a copy of a validation library.',
  run: ({ bundleBytes }) =>
    bundleBytes <= executionLimits.bundleBytes
      ? []
      : [{ detail: `has ${bundleBytes} bytes, at most ${executionLimits.bundleBytes}` }],
}

export const proposesSomething: Check = {
  id: 'behaviour.says-something',
  group: 'behaviour',
  severity: 'warning',
  title: 'It says something on ordinary data',
  why: 'Checks of proposals are empty words when there never is one.',
  howToMend: 'Look whether ordinary rows reach the code that proposes; tell the reviewer what it needs.',
  run({ trials }) {
    const spoke = trials.some(({ result }) => {
      if (result.outcome !== 'succeeded') return false
      const output = JSON.parse(result.output) as {
        proposals?: unknown[]
        recommendations?: unknown[]
        metrics?: object
      }
      return (output.proposals?.length ?? 0) + (output.recommendations?.length ?? 0) > 0
    })
    return spoke ? [] : [{ detail: 'no trial led to a proposal or a recommendation' }]
  },
}
