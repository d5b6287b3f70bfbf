/** A small sabotage of the product, and the tests that must notice it. */
export interface Mutation {
  /** What is broken, in words. */
  name: string
  /** From the root of the repository. */
  file: string
  /** Stands exactly once in the file. */
  find: string
  replace: string
  /** Test files from the root of the repository. */
  tests: readonly string[]
  /** A regular expression over test names: only these are run. */
  only?: string
}
