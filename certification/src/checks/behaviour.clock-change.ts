import { oddDataCheck } from '../odd-data.ts'

/** In the hour that comes twice, in the hour before one that does not come, and past a day that was left out. */
const moments = [
  { now: '2026-10-25T00:30:00Z', timeZone: 'Europe/London' },
  { now: '2026-10-25T01:30:00Z', timeZone: 'Europe/London' },
  { now: '2027-03-14T06:59:59Z', timeZone: 'America/New_York' },
  { now: '2026-11-20T09:30:00Z', timeZone: 'Pacific/Kiritimati' },
]

export const check = oddDataCheck({
  id: 'behaviour.clock-change',
  severity: 'error',
  title: 'It ends well when clocks change, and on both edges of the date line',
  why: 'Twice a year a day has 23 or 25 hours, and somewhere it is always tomorrow.',
  howToMend:
    'Count days with `today` and hours with `now`; do not divide differences of instants by 24 hours of local time.',
  oddities: ({ ordinary }) =>
    moments.map(({ now, timeZone }) => ({
      ...ordinary,
      name: `${now} in ${timeZone}`,
      world: { ...ordinary.world, now: Date.parse(now), timeZone },
    })),
})
