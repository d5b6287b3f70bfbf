import {
  actionOf,
  compareConsent,
  datasetNames,
  datasetOf,
  defaultMask,
  encodeId,
  idPrefixes,
  personalFields,
  type Manifest,
} from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { Deps } from '../../deps.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { listPublished, requireListed, type PublishedRelease, type Viewer } from '../releases/index.ts'
import { inWords } from './in-words.ts'
import type { AskedDataset, CategoryCount, Listing, Price, ServiceQuery, ServiceSummary } from './schemas.ts'
import * as store from './store.ts'

type Directory = Pick<Deps, 'directory'>

/** What a manifest asks to be paid. */
export function priceOf({ pricing }: Manifest): z.infer<typeof Price> {
  return {
    monthly: pricing.monthly ?? null,
    usage: (pricing.usage ?? []).map(({ unit, price, included, per }) => ({
      unit,
      price,
      included: included ?? 0,
      per: per ?? 'execution',
    })),
    trialDays: pricing.trialDays ?? 0,
  }
}

interface Listed {
  id: string
  slug: string
  publisher: string
  release: string
  manifest: Manifest
  since: Date
}

/** Fewer reviews say more of their authors than of the service. */
const fewestForMean = 3

type Ratings = Awaited<ReturnType<typeof store.findRatings>>

function ratingOf(ratings: Ratings, service: string): z.infer<typeof ServiceSummary>['rating'] {
  const { count, mean, stars } = ratings.get(service) ?? { count: 0, mean: '0', stars: [0, 0, 0, 0, 0] }
  return { mean: count < fewestForMean ? null : Math.round(Number(mean) * 10) / 10, count, stars }
}

interface Known {
  ratings: Ratings
  levels: Awaited<ReturnType<typeof store.findLevels>>
}

async function known({ directory }: Directory, services: readonly string[]): Promise<Known> {
  const [ratings, levels] = await Promise.all([
    store.findRatings(directory, services),
    store.findLevels(directory, services),
  ])
  return { ratings, levels }
}

function toSummary(
  { manifest, ...listed }: Listed,
  { ratings, levels }: Known,
): z.infer<typeof ServiceSummary> {
  return {
    id: encodeId(idPrefixes.service, listed.id),
    service: listed.slug,
    name: manifest.name,
    category: manifest.category,
    summary: manifest.summary,
    publisher: listed.publisher,
    price: priceOf(manifest),
    release: encodeId(idPrefixes.release, listed.release),
    version: manifest.version,
    datasets: datasetNames.filter((dataset) => manifest.data[dataset]),
    actions: manifest.actions.map(({ type }) => type),
    since: listed.since.toISOString(),
    rating: ratingOf(ratings, listed.id),
    level: levels.get(listed.id) ?? 'bronze',
  }
}

export async function listServices(deps: Directory, query: ServiceQuery) {
  const after = decodeCursor(query.cursor, z.tuple([z.string(), z.string(), z.uuid()]))
  const rows = await store.listServices(deps.directory, { ...query, after })
  const page = pageOf(rows, query.limit, (row) => [row.key, row.manifest.name, row.id])
  const about = await known(
    deps,
    page.items.map(({ id }) => id),
  )
  return {
    items: page.items.map((row) => toSummary({ ...row, release: row.release_id }, about)),
    next: page.next,
  }
}

export async function listCategories(deps: Directory): Promise<z.infer<typeof CategoryCount>[]> {
  return (await store.countCategories(deps.directory)) as z.infer<typeof CategoryCount>[]
}

function askedData(manifest: Manifest): z.infer<typeof AskedDataset>[] {
  const own = personalFields(manifest)
  return datasetNames.flatMap((dataset) => {
    const asked = manifest.data[dataset]
    if (!asked) return []
    const definitions = datasetOf(dataset).fields
    const fields = asked.fields.flatMap((name) => {
      const field = definitions[name]
      if (!field) return []
      const isExact = field.kind === 'money' && manifest.money !== 'scaled'
      const mask = isExact ? ('clear' as const) : defaultMask(field)
      const personal = own.find((each) => each.dataset === dataset && each.field === name)
      return [
        {
          name,
          kind: field.kind,
          mask,
          description: field.description,
          personal: personal ? { purpose: personal.purpose, isOptional: personal.isOptional } : null,
        },
      ]
    })
    const { purpose, history, optional } = asked
    return [{ dataset, purpose, history: history ?? null, isOptional: optional ?? false, fields }]
  })
}

function proposedActions(manifest: Manifest): z.infer<typeof Listing>['proposes'] {
  return manifest.actions.map(({ type, max }) => {
    const action = actionOf(type)
    return {
      type,
      max: max ?? null,
      risk: action.risk,
      reachesThirdParty: action.reachesThirdParty,
      movesMoneyOut: action.movesMoneyOut,
      canBeUndone: action.undo !== 'none',
    }
  })
}

function releaseHistory(all: readonly PublishedRelease[]): z.infer<typeof Listing>['releases'] {
  return all.map((release, i) => {
    const before = all[i + 1]
    return {
      id: encodeId(idPrefixes.release, release.id),
      version: release.version,
      state: release.state,
      digest: release.digest,
      notice: release.notice,
      publishedAt: release.publishedAt.toISOString(),
      changes: before
        ? compareConsent(before.manifest, release.manifest).reasons.map(({ detail }) => detail)
        : [],
    }
  })
}

/** The public page of a service: everything that its manifest asks for, in data and in words. */
export async function getService(
  deps: Directory,
  service: string,
  viewer: Viewer,
): Promise<z.infer<typeof Listing>> {
  const listed = await requireListed(deps, service, viewer)
  const all = await listPublished(deps, listed.service)
  const { manifest } = listed
  const about = await known(deps, [listed.service])
  const since = all.reduce(
    (first, { publishedAt }) => (publishedAt < first ? publishedAt : first),
    listed.publishedAt,
  )
  return {
    ...toSummary({ ...listed, id: listed.service, release: listed.id, since }, about),
    state: listed.state,
    capabilities: manifest.capabilities,
    country: manifest.country ?? null,
    docs: manifest.docs ?? null,
    support: manifest.support ?? null,
    data: askedData(manifest),
    money:
      manifest.money === 'scaled'
        ? { mode: 'scaled', reason: null }
        : { mode: 'exact', reason: manifest.money.exact },
    proposes: proposedActions(manifest),
    runs: { schedule: manifest.schedule ?? null, on: manifest.on ?? [], where: manifest.runtime.kind },
    settings: (manifest.settings ?? null) as z.infer<typeof Listing>['settings'],
    inWords: inWords(manifest),
    releases: releaseHistory(all),
  }
}
