import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Review = Schemas['Review']
export type Rating = Schemas['Rating']
export type ReviewWords = Schemas['ReviewWords']
type NewReport = Schemas['NewReviewReport']

const at = (subscription: string) => ({ params: { path: { subscription } } })

export const listReviews = (
  { client }: Api,
  service: string,
  query: { stars?: number; sort?: 'newest' | 'highest' | 'lowest'; cursor?: string; limit?: number } = {},
) => answer(client.GET('/services/{service}/reviews', { params: { path: { service }, query } }))
export const getOwnReview = ({ client }: Api, id: string) =>
  answer(client.GET('/subscriptions/{subscription}/review', at(id)))
export const previewReview = ({ client }: Api, id: string, body: ReviewWords) =>
  answer(client.POST('/subscriptions/{subscription}/review/preview', { ...at(id), body }))
export const saveReview = ({ client }: Api, id: string, body: ReviewWords) =>
  answer(client.PUT('/subscriptions/{subscription}/review', { ...at(id), body }))
export const withdrawReview = ({ client }: Api, id: string) =>
  answer(client.DELETE('/subscriptions/{subscription}/review', at(id)))
export const reportReview = ({ client }: Api, review: string, body: NewReport, key?: string) =>
  answer(client.POST('/reviews/{review}/report', { params: { path: { review } }, body, ...once(key) }))
