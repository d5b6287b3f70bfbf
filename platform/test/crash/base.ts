import type { Person } from '../people.ts'
import { signUpOperator } from '../people.ts'
import { openRunning, type Ground, type Running } from './ground.ts'
import type { Holder } from './whole.ts'

/** A database with an operator; `prepare` brings it to where a story starts. Nobody is connected to it any more. */
export async function openBase<T>(
  ground: Ground,
  prepare: (platform: Running, operator: Person) => Promise<T>,
): Promise<{ base: string; given: T & Holder }> {
  const base = await ground.clone()
  const platform = await openRunning(base, { isWorker: false })
  try {
    const operator = await signUpOperator(platform.app)
    const made = await operator.post('/v1/tokens', { name: 'crash', scopes: ['*'], role: 'owner' })
    if (made.status !== 201) throw new Error(`no token: ${JSON.stringify(made.body)}`)
    const holder = { organisation: operator.organisation, token: made.body.secret as string }
    return { base, given: { ...(await prepare(platform, operator)), ...holder } }
  } finally {
    await platform.close()
  }
}
