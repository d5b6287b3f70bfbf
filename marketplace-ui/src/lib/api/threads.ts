import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Thread = Schemas['Thread']

const at = (subscription: string) => ({ params: { path: { subscription } } })

export const listThreads = ({ client }: Api, query: { cursor?: string; limit?: number } = {}) =>
  answer(client.GET('/threads', { params: { query } }))
export const listMessages = (
  { client }: Api,
  subscription: string,
  query: { cursor?: string; limit?: number } = {},
) =>
  answer(client.GET('/subscriptions/{subscription}/messages', { params: { path: { subscription }, query } }))
type NewMessage = Schemas['NewMessageToProvider']
export const writeToProvider = ({ client }: Api, id: string, body: NewMessage, key?: string) =>
  answer(client.POST('/subscriptions/{subscription}/messages', { ...at(id), body, ...once(key) }))
export const previewMessage = ({ client }: Api, id: string, body: NewMessage) =>
  answer(client.POST('/subscriptions/{subscription}/messages/preview', { ...at(id), body }))
export const readThread = ({ client }: Api, id: string) =>
  answer(client.POST('/subscriptions/{subscription}/messages/read', at(id)))
export const changeThread = ({ client }: Api, id: string, isMuted: boolean) =>
  answer(client.PATCH('/subscriptions/{subscription}/thread', { ...at(id), body: { isMuted } }))
export const reportThread = ({ client }: Api, id: string, body: Schemas['NewThreadReport'], key?: string) =>
  answer(client.POST('/subscriptions/{subscription}/thread/report', { ...at(id), body, ...once(key) }))
