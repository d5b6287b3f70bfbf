/** Of the throwaway databases of the tests. */
export const testMasterKey = '0'.repeat(64)
