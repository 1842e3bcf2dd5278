import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"

/** A transaction lost the race against others as often as it was allowed to try. */
export class SerializationExhausted extends Schema.TaggedError<SerializationExhausted>(
  "@saldo/postgres/SerializationExhausted"
)("SerializationExhausted", { attempts: Schema.Int, cause: Schema.Defect() }) {
  override get message(): string {
    return `The transaction lost ${this.attempts} races against others and was given up`
  }
}

/** How stubbornly a serialisable transaction is tried. */
export interface SerializableOptions {
  /** Attempts at most, the first included. Default 20. */
  readonly attempts?: number
}

const DEFAULT_ATTEMPTS = 20

const realClock = Clock.Clock.defaultValue()

/**
 * 2, 4, 8 … 100 ms, up to a half more or less, so that two losers do not meet again. The database lives in real time, so
 * a test's clock has no say.
 */
const pause = (attempt: number): Effect.Effect<void> =>
  Effect.flatMap(Random.next, (random) =>
    realClock.sleep(Duration.millis(Math.min(LONGEST_PAUSE_MS, 2 ** attempt) * (0.5 + random)))
  )

const LONGEST_PAUSE_MS = 100

/**
 * Runs an effect in a transaction that behaves as if no other ran at the same time, and runs it again from the start
 * whenever Postgres finds that this cannot be upheld (serialisation failures and deadlocks, also as defects). So the
 * effect must do nothing but use the database. Inside another transaction it joins that one, whose owner has to retry.
 */
export const serializable = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  options: SerializableOptions = {}
): Effect.Effect<A, E | SqlError | SerializationExhausted, R | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const outer = yield* Effect.serviceOption(sql.transactionService)
    if (outer._tag === "Some") return yield* sql.withTransaction(effect)
    const attempts = Math.max(1, options.attempts ?? DEFAULT_ATTEMPTS)
    const once = Effect.provideService(
      sql.withTransaction(effect),
      SqlClient.BeginTransaction,
      "BEGIN ISOLATION LEVEL SERIALIZABLE"
    )
    const from = (attempt: number): Effect.Effect<A, E | SqlError | SerializationExhausted, R> =>
      Effect.catchCauseIf(once, isLostRace, (cause) =>
        attempt >= attempts
          ? Effect.fail(new SerializationExhausted({ attempts, cause: Cause.squash(cause) }))
          : Effect.andThen(pause(attempt), from(attempt + 1))
      )
    return yield* from(1)
  })

const isLostRace = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some((reason) => {
    const error = Cause.isFailReason(reason) ? reason.error : Cause.isDieReason(reason) ? reason.defect : undefined
    return isSqlError(error) && (error.reason._tag === "SerializationError" || error.reason._tag === "DeadlockError")
  })
