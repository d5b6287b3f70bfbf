import { compactVerify, createLocalJWKSet, decodeProtectedHeader } from 'jose'
import { expect } from 'vitest'
import { test } from '../../test/harness.ts'
import { createSigner } from './index.ts'

test('what is signed can be verified with the public keys, also after the key was replaced', async ({
  platform,
}) => {
  const { signer } = platform.deps
  const before = await signer.sign('test', { n: 1 })
  await signer.rotate()
  const after = await signer.sign('test', { n: 2 })
  expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid)
  const keys = createLocalJWKSet(await signer.publicKeys())
  for (const jws of [before, after]) expect((await compactVerify(jws, keys)).protectedHeader.typ).toBe('test')
})

test('a key that is too old is replaced', async ({ platform }) => {
  const { db, keyring, signer } = platform.deps
  const old = decodeProtectedHeader(await signer.sign('test', {})).kid
  await db
    .updateTable('signing_keys')
    .set({ created_at: new Date(Date.now() - 40 * 86_400_000) })
    .where('retired_at', 'is', null)
    .execute()
  const another = createSigner({ db, keyring })
  expect(decodeProtectedHeader(await another.sign('test', {})).kid).not.toBe(old)
})

test('many who hold a transaction each can sign at once, though no connection is left', async ({
  platform,
}) => {
  const { db, keyring } = platform.deps
  const signer = createSigner({ db, keyring })
  await signer.ready()
  const all = Promise.withResolvers<void>()
  let holding = 0
  const held = Array.from({ length: 6 }, () =>
    db.transaction().execute(async () => {
      if (++holding === 6) all.resolve()
      await all.promise
      return signer.sign('test', {})
    }),
  )
  expect(await Promise.all(held)).toHaveLength(6)
})
