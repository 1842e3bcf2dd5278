import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { LoanId, PlatformId } from "saldo/lending/LoanListing"
import { LoanListingStore } from "saldo/lending/LoanListingStore"
import { checksOf } from "../Check.ts"

/** What a check of the listing store works on. */
export interface Subject {
  readonly store: LoanListingStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A platform of this run of this check. */
  readonly platform: PlatformId
}

/** A platform name that nobody else uses. */
export const freshPlatform: Effect.Effect<PlatformId> = Effect.map(Id.make("t"), (id) =>
  PlatformId.make(id.replace("_", "-"))
)

/** A check of the listing store, with a platform of its own. */
export const check = checksOf<Subject, LoanListingStore | Atomic>(
  Effect.gen(function* () {
    const store = yield* LoanListingStore
    const atomic = yield* Atomic
    return { store, atomic, platform: yield* freshPlatform }
  })
)

/** The stored listing of a loan that must be there. */
export const stored = ({ platform, store }: Subject, loanId: string) =>
  Effect.map(store.find(platform, LoanId.make(loanId)), Option.getOrThrow)
