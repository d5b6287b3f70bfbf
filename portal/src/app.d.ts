import type { BizqClient } from '@bizq/client'
import type { Me } from '#lib/server/api.ts'

declare global {
  namespace App {
    interface Locals {
      /** Who reads this page and where they belong; the sign-in page for who is not signed in. Asked once for each request. */
      me: () => Promise<Me>
      /**
       * The API on behalf of the reader, for the organisation of this kind that they chose or their only one. Who
       * belongs to no provider is led to becoming one; who does not belong to the platform gets the error page.
       */
      api: (kind: 'provider' | 'platform') => Promise<BizqClient>
      theme: 'light' | 'dark' | 'system'
    }
    interface Error {
      message: string
      detail?: string
      requestId?: string
    }
  }
}
