import type { Api } from '@bizq/app-kit/transport.ts'

declare global {
  namespace App {
    interface Locals {
      api: Api
      theme: 'light' | 'dark' | 'system'
    }
    interface Error {
      message: string
      detail?: string
      requestId?: string
    }
  }
}
