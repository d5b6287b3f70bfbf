import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { signUpOperator } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { endRelease } from './ending.ts'

test('a deprecated release that was given longer since its end was noticed does not end', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const { service, release } = await publish(provider)
  const path = `/v1/provider/services/${service}/releases/${release}`
  await provider.send('PATCH', path, { state: 'deprecated' })
  const actor = systemActor(decodeId('org', provider.organisation), 'provider')
  const end = () => withUnitOfWork(platform.deps, actor, (unit) => endRelease(unit, decodeId('rel', release)))
  await end()
  expect((await provider.get(path)).body.state).toBe('deprecated')
  await asAdmin(platform, `update bizq.releases set ends_at = now() - interval '1 second' where id = $1`, [
    decodeId('rel', release),
  ])
  await end()
  expect((await provider.get(path)).body.state).toBe('withdrawn')
})
