import type { Deps } from '../../deps.ts'
import { launchTermsOf } from '../payouts/index.ts'
import type { LineOf } from './invoice/build.ts'

/** Whether the platform pays a line of an operator's invoice whose period begins at an instant. */
export async function freeLinesOf(
  deps: Pick<Deps, 'directory'>,
  operator: string,
  at: Date,
): Promise<(of: LineOf) => boolean> {
  const termsOf = await launchTermsOf(deps, operator)
  return ({ provider }) => termsOf(provider, at).isFree
}
