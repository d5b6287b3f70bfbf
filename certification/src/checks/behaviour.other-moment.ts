import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.other-moment',
  severity: 'error',
  title: 'It ends well at a moment that follows from its own digest',
  why: 'A bundle cannot know this moment, as it is computed of the bundle: so it cannot behave for the suite alone.',
  howToMend: 'Do not look whether the clock stands at the suite’s moment; every moment is in service.',
  oddities({ ordinary }) {
    const seconds = Number.parseInt(ordinary.world.seed.slice(0, 8) || '1', 16) % 3_500
    const now = ordinary.world.now + 1_000_001 + seconds * 1_000
    return [{ ...ordinary, name: new Date(now).toISOString(), world: { ...ordinary.world, now } }]
  },
})
