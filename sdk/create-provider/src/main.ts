#!/usr/bin/env node
import { relative } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { createProvider, ownVersion, type Creation } from './create.ts'
import { serviceNameOf, templates, UsageError, type Template } from './options.ts'

const usage = `npm create bizq-provider [folder] -- [options]

  --name NAME          the service's name in the catalogue, such as bill-mover
  --template TEMPLATE  sandboxed (runs on the platform) or remote (runs on a server of yours)
  --yes, -y            ask nothing
  --json               say what was done as one line of JSON; asks nothing
  --help, -h           this text
  --version, -v`

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        template: { type: 'string' },
        yes: { type: 'boolean', short: 'y', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        version: { type: 'boolean', short: 'v', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usage}`)
  }
}

function templateNamed(name: string | undefined): Template | undefined {
  if (name === undefined) return undefined
  const found = templates.find((template) => template === name)
  if (!found) throw new UsageError(`There is no template ${name}. There are ${templates.join(' and ')}.`)
  return found
}

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  if (values.help) return (console.log(usage), 0)
  if (values.version) return (console.log(await ownVersion()), 0)
  if (positionals.length > 1) throw new UsageError(`Name one folder, not ${positionals.join(' and ')}.`)
  const template = templateNamed(values.template)
  const [folder] = positionals
  const given = {
    ...(folder === undefined ? {} : { folder }),
    ...(values.name === undefined ? {} : { service: values.name }),
    ...(template === undefined ? {} : { template }),
  }
  const isAsking = !values.yes && !values.json && process.stdin.isTTY && process.stdout.isTTY
  const usual = folder ?? values.name ?? 'my-provider'
  const wanted = isAsking
    ? await (await import('./ask.ts')).ask(given)
    : { folder: usual, service: serviceNameOf(usual), template: 'sandboxed' as const, ...given }
  if (!wanted) return 130
  const files = await createProvider(wanted)
  tell(wanted, files, values.json)
  return 0
}

function tell(made: Creation, files: string[], isJson: boolean): void {
  if (isJson) return console.log(JSON.stringify({ ...made, files }))
  const place = relative('.', made.folder) || '.'
  const commands = [
    [`cd ${place}`, ''],
    ['npm install', ''],
    ['npm run dev', 'runs it on an invented business, in your browser'],
    ['npm test', ''],
    ['npm run certify', 'the checks that the platform makes'],
  ] as const
  console.log(`\nMade ${made.service} (${made.template}) in ${place}, ${files.length} files.\n`)
  for (const [command, why] of commands)
    console.log(`  ${why ? `${command.padEnd(18)}${styleText('dim', why)}` : command}`)
  if (Number.parseInt(process.versions.node, 10) < 26)
    console.log(`\nIt needs Node 26 or newer; this is ${process.versions.node}.`)
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 2
}
