import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Actor } from "saldo/core/Actor"
import { CommandInProgress, CommandKey, IdempotencyMismatch } from "saldo/core/Command"
import { fingerprint } from "saldo/core/fingerprint"
import type { WriteHeaders } from "../api/Write.ts"

/**
 * Carries out a write under the key of its caller. Use cases tell commands apart by tenant, operation and key, and two
 * callers of one tenant may well choose the same key, so the use case is given a key made of both. What it says of its key
 * is said of the caller's. From the `digest` an id may be derived that is the same each time.
 */
export const keyed = <A, E, R>(
  headers: WriteHeaders,
  command: (key: CommandKey, digest: string) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | Actor> =>
  Effect.flatMap(Actor, ({ id, kind }) => {
    const given = headers["idempotency-key"]
    const { digest } = Result.getOrThrow(fingerprint([kind, id, given]))
    return Effect.mapError(command(CommandKey.make(`http ${digest}`), digest), (error) => inWordsOf(given, error))
  })

const inWordsOf = <E>(given: string, error: E): E => {
  const key = CommandKey.make(given)
  if (error instanceof IdempotencyMismatch) {
    const { operation, path, tenant } = error
    return new IdempotencyMismatch({ key, operation, path, tenant }) as E & IdempotencyMismatch
  }
  if (error instanceof CommandInProgress) {
    const { operation, retryAt, tenant } = error
    return new CommandInProgress({
      key,
      operation,
      tenant,
      ...(retryAt === undefined ? {} : { retryAt })
    }) as E & CommandInProgress
  }
  return error
}
