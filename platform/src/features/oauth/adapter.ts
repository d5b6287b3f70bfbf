import type { Deps } from '../../deps.ts'
import type { ArtifactPayload, Artifacts } from './artifacts.ts'
import { trialOf } from './access.ts'
import { findClientMetadata } from './clients.ts'

/** What the library asks of a place to keep things in, for each of its models. */
export interface ModelAdapter {
  upsert(id: string, payload: ArtifactPayload, expiresIn: number): Promise<void>
  find(id: string): Promise<ArtifactPayload | undefined>
  findByUid(uid: string): Promise<ArtifactPayload | undefined>
  findByUserCode(code: string): Promise<ArtifactPayload | undefined>
  consume(id: string): Promise<void>
  destroy(id: string): Promise<void>
  revokeByGrantId(grant: string): Promise<void>
}

/**
 * Keeps the library's models in our tables; clients are the providers' own. Of two nodes that use a code
 * or a refresh token at once, `onSpent` throws for the second.
 */
export function adapterOf(
  ground: Pick<Deps, 'directory'> & { artifacts: Artifacts },
  onSpent: () => never,
): (model: string) => ModelAdapter {
  const { artifacts } = ground
  return (model) => ({
    upsert: async (id, payload, expiresIn) => {
      const trial = model === 'ClientCredentials' ? await trialOf(ground, payload.rar) : undefined
      if (trial) await artifacts.keepTrialToken(trial, id, expiresIn)
      await artifacts.save(model, id, payload, expiresIn)
    },
    find: (id) => (model === 'Client' ? findClientMetadata(ground, id) : artifacts.find([model], 'id', id)),
    findByUid: (uid) => artifacts.find([model], 'uid', uid),
    findByUserCode: (code) => artifacts.find([model], 'user_code', code),
    consume: async (id) => {
      if (!(await artifacts.consume(model, id))) onSpent()
    },
    destroy: (id) => artifacts.delete(model, id),
    revokeByGrantId: (grant) => artifacts.deleteOfGrant(grant),
  })
}
