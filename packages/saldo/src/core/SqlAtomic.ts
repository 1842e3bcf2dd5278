import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as SqlClient from "effect/sql/SqlClient"
import * as SqlError from "effect/sql/SqlError"
import { Atomic } from "./Atomic.ts"
import { StorageContention } from "./StorageContention.ts"

/**
 * How transactions are started and how often they are tried.
 *
 * `isolation` concerns `run` on Postgres only; SQLite is always serialisable, and `runLocking` is read committed whatever
 * is chosen here. Anything weaker than the default breaks the promise of `run` and is for hosts that lock every row they
 * read.
 */
export interface SqlAtomicOptions {
  readonly isolation?: "serializable" | "repeatable read" | "read committed"
  /** How often a transaction is tried before it dies with `StorageContention`; 30 by default. */
  readonly attempts?: number
}

/** The statement that begins an outermost transaction, where the driver takes one. */
type Begin = string | undefined

/** A failure of the caller's effect on its way through `withTransaction`, whose own failures are storage failures. */
class CallerFailure<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}

/** Races that the database settles by aborting one side; the same work can succeed when tried again. */
const lostRace = new Set(["SerializationError", "DeadlockError"])
/** Waits for a lock that were given up; the driver has already waited as long as it may, so no further attempt. */
const gaveUp = new Set(["LockTimeoutError"])

const sqlErrorIn = (cause: Cause.Cause<unknown>, tags: ReadonlySet<string>): SqlError.SqlError | undefined => {
  for (const reason of cause.reasons) {
    // Stores turn SqlError into a defect, so both places count.
    const thrown = Cause.isFailReason(reason) ? reason.error : Cause.isDieReason(reason) ? reason.defect : undefined
    const error = thrown instanceof CallerFailure ? thrown.error : thrown
    if (SqlError.isSqlError(error) && tags.has(error.reason._tag)) return error
  }
  return undefined
}

const unwrap = <E>(cause: Cause.Cause<CallerFailure<E> | SqlError.SqlError>): Cause.Cause<E> =>
  Cause.fromReasons(
    cause.reasons.map((reason) => {
      if (!Cause.isFailReason(reason)) return reason
      return reason.error instanceof CallerFailure
        ? Cause.makeFailReason(reason.error.error)
        : Cause.makeDieReason(reason.error)
    })
  )

/** The database lives in real time, so a back-off must not wait for a test's clock. */
const realClock = Context.get(Context.empty(), Clock.Clock)

const backOff = (attempt: number): Effect.Effect<void> =>
  attempt === 1
    ? Effect.yieldNow
    : Effect.flatMap(Random.next, (jitter) =>
        Effect.provideService(Effect.sleep(Math.min(2 ** attempt, 100) * (0.5 + jitter)), Clock.Clock, realClock)
      )

const make = (sql: SqlClient.SqlClient, options: SqlAtomicOptions): Atomic["Service"] => {
  const attempts = options.attempts ?? 30
  /** The statement that begins a transaction; a driver without levels begins in its own way. */
  const beginAt = (isolation: string): Begin =>
    sql.onDialectOrElse({
      pg: () => `BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`,
      orElse: () => undefined
    })

  const once = <A, E, R>(effect: Effect.Effect<A, E, R>, begin: Begin) =>
    Effect.withFiber<A, CallerFailure<E> | SqlError.SqlError, R>((fiber) =>
      effect.pipe(
        Effect.mapError((error) => new CallerFailure(error)),
        // The statement is for this transaction only, not for what a forked fibre begins later.
        Effect.provideService(SqlClient.BeginTransaction, fiber.getRef(SqlClient.BeginTransaction)),
        sql.withTransaction,
        Effect.provideService(SqlClient.BeginTransaction, begin)
      )
    )

  const outermost = <A, E, R>(effect: Effect.Effect<A, E, R>, begin: Begin, attempt: number): Effect.Effect<A, E, R> =>
    Effect.catchCause(once(effect, begin), (cause): Effect.Effect<A, E, R> => {
      const raced = sqlErrorIn(cause, lostRace)
      if (raced !== undefined && attempt < attempts) {
        return Effect.andThen(
          backOff(attempt),
          Effect.suspend(() => outermost(effect, begin, attempt + 1))
        )
      }
      const contention = raced ?? sqlErrorIn(cause, gaveUp)
      return contention === undefined
        ? Effect.failCause(unwrap(cause))
        : Effect.die(new StorageContention({ attempts: attempt, reason: contention.reason._tag, cause: contention }))
    })

  const nested = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    // A savepoint begins nothing: it has the level of the transaction around it.
    Effect.catchCause(once(effect, undefined), (cause) => Effect.failCause(unwrap(cause)))

  const inTransaction = Effect.map(Effect.serviceOption(sql.transactionService), Option.isSome)

  const runAt =
    (begin: Begin) =>
    <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      // A race is lost by the whole transaction, so only the outermost level can try again.
      Effect.flatMap(inTransaction, (open) => (open ? nested(effect) : outermost(effect, begin, 1)))

  return Atomic.of({
    run: runAt(beginAt(options.isolation ?? "serializable")),
    runLocking: runAt(beginAt("read committed")),
    inTransaction,
    afterCommit: sql.afterCommit
  })
}

/**
 * `Atomic` as `sql.withTransaction`: every store on the same `SqlClient` takes part without knowing it.
 *
 * On Postgres `run` has the isolation level SERIALIZABLE, so that read-then-write is safe there as it is on SQLite, where writers
 * take turns (`BEGIN IMMEDIATE`); the price is that a transaction may be aborted by a race and is then tried again, after
 * a jittered pause of at most 150 ms, up to `attempts` times. `runLocking` has READ COMMITTED, where a locking read waits
 * its turn and then sees the latest row; it is tried again in the same way, for deadlocks remain. A lost connection at COMMIT leaves the outcome unknown: that
 * is a defect and never tried again, which is what idempotent commands are for.
 */
export const layerWith = (options: SqlAtomicOptions): Layer.Layer<Atomic, never, SqlClient.SqlClient> =>
  Layer.effect(
    Atomic,
    Effect.map(SqlClient.SqlClient, (sql) => make(sql, options))
  )

/** `layerWith` and its defaults: serialisable, up to 30 attempts. */
export const layer: Layer.Layer<Atomic, never, SqlClient.SqlClient> = layerWith({})
