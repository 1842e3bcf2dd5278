/**
 * What the commands of `saldo loans` read, whether it was collected into a database of one's own or by a server.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { Page } from "saldo/core/Page"
import type { LoanListing } from "saldo/lending/LoanListing"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import type { LoanListingVersion, StoredListing } from "saldo/lending/StoredListing"

/** A listing as both know it: without the platform's own record, of which a server tells one by one. */
export interface ShownListing extends Omit<StoredListing, "listing"> {
  readonly listing: Omit<LoanListing, "raw">
}

/** A version of a listing as both know it. */
export interface ShownVersion extends Omit<LoanListingVersion, "changes" | "listing"> {
  readonly listing: Omit<LoanListing, "raw">
  readonly changes: ReadonlyArray<{ readonly field: string; readonly from: ShownValue; readonly to: ShownValue }>
}

type ShownValue = LoanListing[keyof LoanListing]

type Use = LoanListingStore["Service"]
type Failure<F extends (...args: never) => unknown> = ReturnType<F> extends Effect.Effect<infer _, infer E> ? E : never

/** The listings. */
export class Listings extends Context.Service<
  Listings,
  {
    readonly list: (...args: Parameters<Use["list"]>) => Effect.Effect<Page<ShownListing>, Failure<Use["list"]>>
    readonly count: Use["count"]
    readonly all: (...args: Parameters<Use["all"]>) => Stream.Stream<ShownListing, Stream.Error<ReturnType<Use["all"]>>>
    readonly find: (...args: Parameters<Use["find"]>) => Effect.Effect<Option.Option<ShownListing>>
    readonly history: (...args: Parameters<Use["history"]>) => Effect.Effect<ReadonlyArray<ShownVersion>>
  }
>()("saldo-cli/desk/Listings") {
  /** What is in a database of one's own. */
  static readonly layerStore: Layer.Layer<Listings, never, LoanListingStore> = Layer.effect(this, LoanListingStore)
}
