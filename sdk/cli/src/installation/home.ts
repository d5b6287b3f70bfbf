import { homedir } from 'node:os'
import { join } from 'node:path'
import { Option } from 'commander'

const usual = process.getuid?.() === 0 ? '/var/lib/bizq' : join(homedir(), '.bizq')

/** `--home`, the data folder of an installation, as `pnpm start` finds it. */
export const homeOption = (description: string): Option =>
  new Option('--home <folder>', description).env('BIZQ_HOME').default(usual)
