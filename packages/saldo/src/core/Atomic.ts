import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryTransaction from "./MemoryTransaction.ts"

/**
 * Port: makes every store write inside one effect happen together or not at all, across domains.
 *
 * Contract of `run(effect)`:
 * - When `effect` succeeds, all its writes become visible together; when it fails, dies or is interrupted, none do.
 * - Transactions are *serialisable*: concurrent runs have the outcome of some order, one after another. There are no
 *   lost updates and no write skew, on any store, so code written against memory keeps its meaning on Postgres.
 * - A nested `run` is a savepoint: when it fails and the outer effect recovers, only the nested writes are undone.
 * - A storage that loses a race MAY execute `effect` again from its start, so nothing inside may reach outside the
 *   storage: no network call, no file, no message. Put such work into `afterCommit`, or better into the outbox.
 * - Fibres forked inside and awaited inside take part; using the transaction after it has ended is a defect.
 * - The error channel is the effect's own. A storage failure is a defect; when retries against contention are used up,
 *   the defect is `StorageContention`, which `catchContention` beside it turns into a failure.
 *
 * Contract of `runLocking(effect)`, for hot rows: all or nothing as `run`, for an effect that *locks every row on which it
 * decides*, in one agreed order (`SELECT … FOR UPDATE`, ordered by key; see `Dialect.forUpdate`).
 * - A storage that locks rows begins the outermost `runLocking` at read committed: a writer waits for the row's lock and
 *   then sees the latest row, where `run` would be aborted and start over. A lost race, such as a deadlock between
 *   effects that lock in different orders, is tried again as in `run`. Where writers take turns, on SQLite and in memory,
 *   it is the same as `run`.
 * - Only what is locked is safe. A decision that needs an unlocked read, such as a sum over rows that some locked row
 *   guards, reads in a statement *after* the one that took the lock; a row that is not there yet cannot be locked, so its
 *   absence is decided by the insert itself (`ON CONFLICT DO NOTHING`).
 * - Serialisability holds among outermost `run`s only: one that decides on rows which a `runLocking` writes locks them too.
 * - The outermost call sets the level. A `runLocking` inside an open transaction is a savepoint at that transaction's
 *   level; a `run` inside a `runLocking` is a savepoint at read committed and *loses* the promise to be serialisable, so
 *   what runs there must lock what it reads as well.
 *
 * `inTransaction` says whether the running fibre is inside a transaction of this `Atomic`: also in fibres forked inside,
 * even those that wrongly outlive it, and not in callbacks of `afterCommit`.
 *
 * Contract of `afterCommit(effect)`: `effect` runs once, after the outermost transaction has committed and before its
 * `run` returns, in the order of registration, uninterruptibly. It is dropped with a transaction or savepoint that rolls
 * back. Outside a transaction it runs at once. Its defects are logged and lost, and so is the effect when the process
 * ends between commit and call: what must happen belongs into the outbox.
 */
export class Atomic extends Context.Service<
  Atomic,
  {
    readonly run: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    readonly runLocking: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
    readonly inTransaction: Effect.Effect<boolean>
    readonly afterCommit: <R>(effect: Effect.Effect<void, never, R>) => Effect.Effect<void, never, R>
  }
>()("saldo/core/Atomic") {
  /**
   * Atomic over every `MemoryTable` of the process: one writer at a time, real rollback.
   *
   * Needs no other layer: memory stores find the running transaction through the fibre's context.
   */
  static readonly layerMemory: Layer.Layer<Atomic> = Layer.succeed(
    this,
    this.of({
      run: MemoryTransaction.run,
      // One writer at a time holds every lock there is.
      runLocking: MemoryTransaction.run,
      inTransaction: MemoryTransaction.inTransaction,
      afterCommit: MemoryTransaction.afterCommit
    })
  )
}
