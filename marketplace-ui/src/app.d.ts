import type { Api } from '#lib/api/transport.ts'

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
