import { writeFileSync } from 'node:fs'
import type { Reporter } from 'vitest/node'

/** Writes a line for everything that failed, also outside of tests: hooks, imports, errors that nobody caught. */
export default class FailureReporter implements Reporter {
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandled) => {
    const lines = modules.flatMap((module) => {
      const tests = [...module.children.allTests('failed')].map(({ fullName }) => fullName)
      const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors())
      const own = [...module.errors(), ...suites].map(({ message }) => message)
      return [...tests, ...own].map((line) => `${module.relativeModuleId}: ${line}`)
    })
    const outside = unhandled.map(
      ({ message, stack }) => `outside of any test: ${stack?.split('\n', 2).join(' ') ?? message}`,
    )
    const file = process.env['BIZQ_FAILURES']
    if (file) writeFileSync(file, [...lines, ...outside].join('\n'))
  }
}
