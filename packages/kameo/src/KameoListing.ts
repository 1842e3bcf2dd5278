/**
 * What is asked of the listing, and what one page of it gives.
 */
import type { DecodedListing } from "./decodeListing.ts"

/** Which markets' loans to list. Only Sweden with Denmark was ever seen, which is the default. */
export interface KameoOrigins {
  readonly sweden: boolean
  readonly norway: boolean
  readonly denmark: boolean
}

/** One page of the listing. */
export interface ListingQuery {
  /** From 1. Default 1. */
  readonly page?: number | undefined
  /** Loans per page, 1 to 100. Default 100; Kameo's own pages ask for 3 and 12. */
  readonly limit?: number | undefined
  readonly origins?: KameoOrigins | undefined
}

/** All pages of the listing from one on. */
export interface ListingPagesQuery {
  /** From 1. Default 1. */
  readonly fromPage?: number | undefined
  readonly limit?: number | undefined
  readonly origins?: KameoOrigins | undefined
  /** How many pages may be read at once; more pages behind them fail with `Truncated`. Default 1000. */
  readonly maximumPages?: number | undefined
}

/** A page of the listing with its number. */
export interface KameoListingPage extends DecodedListing {
  readonly page: number
}
