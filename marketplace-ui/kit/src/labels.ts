import { createContext } from 'svelte'

/** The words of the kit's own parts, in the app's language. The root layout of each app sets them. */
export interface Labels {
  copy: () => string
  copied: () => string
  filters: () => string
  filter: () => string
  pages: () => string
  pageFirst: () => string
  pageNext: () => string
  errorRequest: (given: { id: string }) => string
  moneySimulator: () => string
  moneyTest: () => string
  moneyOff: () => string
}

export const [labels, setLabels] = createContext<Labels>()
