import type { Api } from '../api.ts'

interface Waiting {
  release: string
  slug: string
}

/** The release of the demo that waits for a certifier, with a question that was asked and answered. */
export async function furnishCertifier(certifier: Api, provider: Api) {
  const { items } = await certifier.get<{ items: Waiting[] }>('/certifier/submissions')
  const [waiting] = items
  if (!waiting) throw new Error('No release waits for a certifier')
  const { release, slug } = waiting
  const path = `/certifier/submissions/${release}`
  const { report } = await certifier.get<{ report: { id: string } }>(path)
  const words = 'What do subscribers get for the higher price?'
  await certifier.post(`${path}/decision`, { decision: 'ask', report: report.id, words })
  const answer = 'A forecast that learns from each season, and support within a day.'
  await provider.post(`/provider/services/${slug}/releases/${release}/answer`, { words: answer })
  return { submission: release }
}
