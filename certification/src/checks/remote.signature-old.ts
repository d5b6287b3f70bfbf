import { replayWindowSeconds } from '@bizq/sdk/contract'
import { refusalCheck } from '../remote/refusal.ts'

export const check = refusalCheck({
  id: 'remote.signature-old',
  title: 'A request that was signed too long ago is refused',
  why: 'Who once overheard a request could send it for ever.',
  howToMend: `Refuse what was signed more than ${replayWindowSeconds} s before or after now, by a clock that is set.`,
  at: () => new Date(Date.now() - (replayWindowSeconds + 60) * 1_000),
})
