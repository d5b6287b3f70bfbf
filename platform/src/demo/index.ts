import type { Standalone } from '../standalone.ts'

export interface SignIn {
  name: string
  email: string
  password: string
}

export async function ensureDemo(_running: Standalone, _say: (line: string) => void): Promise<SignIn[]> {
  return []
}
