import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import type { StoredToken, TokenPurpose } from "./IdentityToken.ts"
import type { UserId } from "./User.ts"

/** By what a token is found. */
export interface TokenClaim {
  readonly tenant: string
  readonly purpose: TokenPurpose
  readonly hash: string
}

/**
 * Port: tokens that are good once, by their hashes. Nothing of one tenant shows in another.
 *
 * Contract:
 * - `put` keeps a token in place of the one that the user had for the same purpose.
 * - `find` gives a token that has not expired at an instant; `take` gives it too and removes it, so that it is given once.
 * - `forget` removes all tokens of a user, and `purge` up to so many of any tenant that expired at or before an instant;
 *   both say how many.
 *
 * Concurrency: of concurrent `take`s of one token exactly one gets it.
 */
export class IdentityTokenStore extends Context.Service<
  IdentityTokenStore,
  {
    readonly put: (token: StoredToken) => Effect.Effect<void>
    readonly find: (claim: TokenClaim, at: DateTime.Utc) => Effect.Effect<Option.Option<StoredToken>>
    readonly take: (claim: TokenClaim, at: DateTime.Utc) => Effect.Effect<Option.Option<StoredToken>>
    readonly forget: (tenant: string, userId: UserId) => Effect.Effect<number>
    readonly purge: (expiredAt: DateTime.Utc, limit: number) => Effect.Effect<number>
  }
>()("saldo/identity/IdentityTokenStore") {
  /** Tokens in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<IdentityTokenStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

const placeOf = ({ purpose, tenant, userId }: StoredToken): string => JSON.stringify([tenant, userId, purpose])

const isClaimed =
  ({ hash, purpose, tenant }: TokenClaim, at: DateTime.Utc) =>
  (token: StoredToken): boolean =>
    token.hash === hash &&
    token.purpose === purpose &&
    token.tenant === tenant &&
    token.expiresAt.epochMilliseconds > at.epochMilliseconds

const makeMemory = Effect.gen(function* () {
  const table = yield* MemoryTable.make<string, StoredToken>()

  const remove = (isMeant: (token: StoredToken) => boolean, limit = Infinity) =>
    table.modify((rows) => {
      const meant = [...rows.entries()].filter(([, token]) => isMeant(token)).slice(0, limit)
      for (const [key] of meant) rows.delete(key)
      return meant.map(([, token]) => token)
    })

  return IdentityTokenStore.of({
    put: (token) => table.set(placeOf(token), token),
    find: (claim, at) => table.read((rows) => Option.fromUndefinedOr([...rows.values()].find(isClaimed(claim, at)))),
    take: (claim, at) => Effect.map(remove(isClaimed(claim, at)), ([token]) => Option.fromUndefinedOr(token)),
    forget: (tenant, userId) =>
      Effect.map(
        remove((token) => token.tenant === tenant && token.userId === userId),
        ({ length }) => length
      ),
    purge: (expiredAt, limit) =>
      Effect.map(
        remove(({ expiresAt }) => expiresAt.epochMilliseconds <= expiredAt.epochMilliseconds, limit),
        ({ length }) => length
      )
  })
})
