/**
 * Kameo as a source of listings for `saldo/lending`: the client's pages under the contract of `LoanSource`.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { LoanSource, LoanSourceError } from "saldo/lending/LoanSource"
import { kameoPlatform } from "./decodeLoan.ts"
import { KameoClient } from "./KameoClient.ts"
import type { KameoError } from "./KameoError.ts"
import type { ListingPagesQuery } from "./KameoListing.ts"
import type { KameoReason } from "./KameoReason.ts"

/** How the source reads: everything of {@link ListingPagesQuery} but the page to start from. */
export type KameoLoanSourceOptions = Omit<ListingPagesQuery, "fromPage">

const reasons: Readonly<Record<KameoReason["_tag"], LoanSourceError["reason"]>> = {
  InvalidConfig: "Unavailable",
  CredentialsMissing: "LoginRejected",
  LoginRejected: "LoginRejected",
  AccountLocked: "LoginRejected",
  SecondFactorRequired: "LoginRejected",
  SecondFactorNotTotp: "LoginRejected",
  CodeRejected: "LoginRejected",
  LoginUnproven: "LoginRejected",
  SessionExpired: "SessionExpired",
  RateLimited: "RateLimited",
  HtmlInsteadOfJson: "Unavailable",
  SchemaDrift: "SchemaChanged",
  Truncated: "Truncated",
  UnsafeRedirect: "Unavailable",
  TooManyRedirects: "Unavailable",
  BodyTooLarge: "Unavailable",
  HttpStatus: "Unavailable",
  TimedOut: "Network",
  Network: "Network",
  NotAsked: "Unavailable",
  LoanNotFound: "Unavailable",
  BidRefused: "Unavailable",
  AccountNotFound: "Unavailable"
}

/** The error of a source for an error of the client; the client's own error is its cause. */
export const toLoanSourceError = (error: KameoError, page: number): LoanSourceError =>
  new LoanSourceError({
    platform: kameoPlatform,
    reason: reasons[error.reason._tag],
    page,
    message: `${error.message} ${error.remedy}`,
    cause: error
  })

/** Kameo's listing as a `LoanSource`. */
export const makeKameoLoanSource = (
  options: KameoLoanSourceOptions = {}
): Effect.Effect<LoanSource["Service"], never, KameoClient> =>
  Effect.map(KameoClient, (client) =>
    LoanSource.of({
      platform: kameoPlatform,
      pages: ({ fromPage }) =>
        Stream.suspend(() => {
          let next = fromPage
          return client.pages({ ...options, fromPage }).pipe(
            Stream.map((page) => {
              next = page.page + 1
              const { listings, rejected, drift, paging } = page
              return { page: page.page, listings, rejected, drift, total: paging.total }
            }),
            Stream.mapError((error) => toLoanSourceError(error, next))
          )
        })
    })
  )

/**
 * The layer of Kameo's `LoanSource`.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import { KameoClient } from "@saldo/kameo/KameoClient"
 * import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
 *
 * const source = KameoLoanSource.layer().pipe(Layer.provide(KameoClient.layerConfig()))
 * console.log(Layer.isLayer(source)) // => true
 * ```
 */
export const layer = (options: KameoLoanSourceOptions = {}): Layer.Layer<LoanSource, never, KameoClient> =>
  Layer.effect(LoanSource, makeKameoLoanSource(options))
