// pnpm bench: one JSON line for each figure, both sides of a comparison in turns in one run. `--smoke` only shows that all of it runs.
import { parseArgs } from 'node:util'
import { measureBulk } from './bulk.ts'
import { measureCertification } from './certification.ts'
import { measureCommandLine } from './command-line.ts'
import { measureDecisions } from './decisions.ts'
import { measureExecutions } from './executions.ts'
import { print, tell, type Figure } from './figure.ts'
import { measureImports } from './imports.ts'
import { measureMarketplace } from './marketplace.ts'
import { measureMaskedPage } from './masked-page.ts'
import { measureMoney } from './money.ts'
import { buildExample, openPortfolio, publishExample, type Portfolio } from './portfolio.ts'
import { measureRemote } from './remote.ts'
import { measureSandbox } from './sandbox.ts'
import { openStage, type Stage } from './stage.ts'
import { measureStreams } from './streams.ts'

const full = {
  page: { rows: 300_000, rounds: 9, seconds: 1.5, connections: 16 },
  sandbox: { invoices: 820, rounds: 60 },
  portfolio: { businesses: 1_000, customers: 6, invoices: 24 },
  operators: 10,
  executions: { executions: 1_000, rounds: 3 },
  decisions: { decisions: 300, rounds: 3, connections: 16 },
  imports: { rows: 300_000, rounds: 1 },
  bulk: { rounds: 3, naiveBusinesses: 250, limitSeconds: 3 },
  marketplace: { executions: 200_000, lines: 1_000_000, rounds: 5, pages: 40 },
  money: { entries: 5_000, entriesAtOnce: 100, operators: 40, lines: 10, rounds: 5 },
  certification: { largestRows: 50_000, rounds: 3 },
  cli: { rounds: 21 },
  remote: { invoices: 240, rounds: 21, tokens: 400, tokenRounds: 5, connections: 8 },
  streams: { clients: 10_000, clientsOfOneProcess: 2_500, rounds: 7 },
}

const smoke: typeof full = {
  page: { rows: 2_000, rounds: 1, seconds: 0.2, connections: 4 },
  sandbox: { invoices: 40, rounds: 2 },
  portfolio: { businesses: 8, customers: 3, invoices: 12 },
  operators: 2,
  executions: { executions: 8, rounds: 1 },
  decisions: { decisions: 2, rounds: 1, connections: 2 },
  imports: { rows: 600, rounds: 1 },
  bulk: { rounds: 1, naiveBusinesses: 4, limitSeconds: 3 },
  marketplace: { executions: 40, lines: 200, rounds: 1, pages: 2 },
  money: { entries: 40, entriesAtOnce: 10, operators: 2, lines: 2, rounds: 1 },
  certification: { largestRows: 0, rounds: 1 },
  cli: { rounds: 1 },
  remote: { invoices: 24, rounds: 1, tokens: 4, tokenRounds: 1, connections: 2 },
  streams: { clients: 20, clientsOfOneProcess: 10, rounds: 2 },
}

const { values } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const sizes = values.smoke ? smoke : full

interface Shared {
  stage: Stage
  built: Awaited<ReturnType<typeof buildExample>>
  service: string
  portfolios: Portfolio[]
}

/** In this order: streams while this process is small, since their memory is measured; the others leave nothing that the next measures. */
const figures: Record<string, (shared: Shared) => Promise<Figure[]>> = {
  streams: ({ stage }) => measureStreams(stage, sizes.streams),
  page: ({ stage }) => measureMaskedPage(stage, sizes.page),
  sandbox: ({ stage, service, built }) => measureSandbox(stage, service, built, sizes.sandbox),
  executions: async (shared) => measureExecutions(shared.stage, await portfolioOf(shared), sizes.executions),
  decisions: async (shared) => measureDecisions(shared.stage, await portfolioOf(shared), sizes.decisions),
  bulk: async (shared) => {
    const { businesses, invoices } = sizes.portfolio
    while (shared.portfolios.length < sizes.operators)
      shared.portfolios.push(await openPortfolio(shared.stage, shared.service, sizes.portfolio))
    return measureBulk(shared.stage, shared.portfolios, shared.built, { ...sizes.bulk, businesses, invoices })
  },
  imports: ({ stage }) => measureImports(stage, sizes.imports),
  remote: ({ stage, service, built }) => measureRemote(stage, service, built, sizes.remote),
  marketplace: async (shared) =>
    measureMarketplace(shared.stage, await portfolioOf(shared), sizes.marketplace),
  money: ({ stage, service }) => measureMoney(stage, service, sizes.money),
  certification: ({ built }) => measureCertification(built, sizes.certification),
  cli: () => measureCommandLine(sizes.cli),
}

async function portfolioOf(shared: Shared): Promise<Portfolio> {
  shared.portfolios[0] ??= await openPortfolio(shared.stage, shared.service, sizes.portfolio)
  return shared.portfolios[0]
}

const chosen = values.only?.split(',') ?? Object.keys(figures)
const unknown = chosen.filter((name) => !Object.hasOwn(figures, name))
if (unknown.length > 0) {
  console.error(`--only names ${unknown.join(', ')}: say some of ${Object.keys(figures).join(', ')}`)
  process.exit(2)
}

const stage = await openStage()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stage.close().finally(() => process.exit(1)))
try {
  const built = await buildExample('receivables-accelerator')
  const shared: Shared = { stage, built, service: await publishExample(stage, built), portfolios: [] }
  for (const name of chosen) for (const figure of (await figures[name]?.(shared)) ?? []) print(figure)
} finally {
  tell('closing')
  await stage.close()
}
process.exit(0)
