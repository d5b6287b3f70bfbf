import { z } from 'zod'

/** The place after a row, in lists that are ordered by id. */
export const uuidPlace = z.tuple([z.uuid()])
