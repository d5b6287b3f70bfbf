import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    settings: {
      type: 'object',
      properties: { days: { type: 'integer', minimum: 0, maximum: 60, description: 'Days to look ahead' } },
      required: ['days'],
    },
  },
  execute({ settings, output, moveBills }) {
    moveBills()
    output.metrics = { days: settings['days'] ?? 9 }
  },
})
