import { answer, type Api } from '@bizq/app-kit/transport.ts'

export const getPayments = ({ client }: Api) => answer(client.GET('/payments'))
