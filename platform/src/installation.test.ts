import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findInstallation, installationFileOf } from './installation.ts'

const written = {
  schema: '0060_insights',
  keyFingerprint: 'af9841593d8acc01',
  port: 3_000,
  createdAt: '2026-01-01',
}

test.for([true, false])(
  'what an earlier version wrote of itself is read: with the demo %s it stays so',
  async (hasDemo) => {
    const home = await mkdtemp(join(tmpdir(), 'bizq-installation-'))
    await writeFile(installationFileOf(home), JSON.stringify({ ...written, hasDemo }))
    expect(await findInstallation(home)).toEqual({ ...written, hasDemo, wantsDemo: hasDemo })
    await writeFile(installationFileOf(home), '{')
    await expect(findInstallation(home)).rejects.toThrow(/cannot be read/)
    await rm(home, { recursive: true })
  },
)
