import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    settings: {
      type: 'object',
      properties: {
        days: { type: 'integer', minimum: 0, maximum: 60, default: 9, description: 'Days to look ahead' },
      },
    },
  },
  execute({ settings, output, moveBills }) {
    moveBills()
    if (settings['days'] === 0) throw new RangeError('division by zero')
    output.metrics = { days: settings['days'] }
  },
})
