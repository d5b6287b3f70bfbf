#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { ownVersion } from './own-version.ts'

const wanted = process.argv.slice(2)
if (wanted.length === 1 && ['--version', '-V'].includes(wanted[0] ?? '')) console.log(ownVersion())
else {
  enableCompileCache()
  const { runProgram } = await import('./program.ts')
  process.exitCode = await runProgram(process.argv)
}
