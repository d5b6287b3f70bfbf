import type { BizqClient } from '@bizq/client'

declare global {
  namespace App {
    interface Locals {
      /** The API on behalf of the reader, for one organisation of theirs or for none. */
      api: (organisation?: string) => BizqClient
      theme: 'light' | 'dark' | 'system'
    }
  }
}
