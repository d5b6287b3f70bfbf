declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    /** Of a provider's: for a month below 99.9 % subscribers get a part of the price back. Once for each service and month. */
    'availability.credited': { service: string; month: string }
  }
}
