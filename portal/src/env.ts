import { defineEnvVars } from '@sveltejs/kit/env'

export const variables = defineEnvVars({
  /** Where the API answers, seen from this server; empty when it shares this origin. */
  API_URL: {
    schema: (value) => {
      if (!value) return ''
      if (!URL.canParse(value)) throw new Error('API_URL must be a URL such as http://127.0.0.1:3000')
      return value.replace(/\/$/, '')
    },
  },
})
