import { decodeId, idPrefixes } from '@bizq/sdk/contract'

export const releaseUuid = (id: string): string => decodeId(idPrefixes.release, id)
