import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** What Playwright's `launchOptions` need to start the browser of this machine. */
export interface ChromiumLaunch {
  executablePath: string
  env: Record<string, string>
  args: string[]
}

const loopbackOnly = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-domain-reliability',
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
]

/** Finds Chromium: CHROMIUM_PATH, then the system's, then the one inside the npm package, unpacked once per version. */
export async function findChromium(): Promise<ChromiumLaunch> {
  const installed = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  )
  if (installed) return { executablePath: installed, env: currentEnv(), args: loopbackOnly }
  const folder = await unpackChromium()
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...currentEnv(),
      LD_LIBRARY_PATH: [join(folder, 'al2023', 'lib'), process.env['LD_LIBRARY_PATH']]
        .filter(Boolean)
        .join(':'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
    },
    args: loopbackOnly,
  }
}

async function unpackChromium(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const packageFolder = join(dirname(manifest), '..')
  const { version } = createRequire(import.meta.url)(join(packageFolder, 'package.json')) as {
    version: string
  }
  const folder = join(tmpdir(), `bizq-chromium-${version}-${process.getuid?.() ?? 0}`)
  if (existsSync(folder)) return folder

  // The package unpacks into os.tmpdir() and takes a half-written file for a whole one: unpack aside, then rename.
  const aside = `${folder}.${process.pid}`
  await mkdir(aside, { recursive: true })
  const { inflate } = await import('@sparticuz/chromium')
  const outer = process.env['TMPDIR']
  process.env['TMPDIR'] = aside
  try {
    for (const file of ['chromium.br', 'al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
      await inflate(join(packageFolder, 'bin', file))
    }
  } finally {
    if (outer === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = outer
  }
  await writeFile(join(aside, 'fonts', 'fonts.conf'), fontconfig(folder))
  await rename(aside, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(aside, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return folder
}

/** The package's own file looks for fonts where AWS Lambda keeps them, and finds none elsewhere: pages without text. */
function fontconfig(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'fonts', 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts', 'cache')}</cachedir>
</fontconfig>
`
}

function currentEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
