import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import type { DatabaseSync } from "node:sqlite"
import { parametersOf } from "./parameters.ts"
import { isBusy, sqlErrorOf } from "./sqlError.ts"
import { type NativeRow, type PreparedStatement, StatementCache } from "./statements.ts"

type Transform = (<A extends object>(rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

/** One piece of synchronous work on the connection. It may throw what `node:sqlite` throws. */
type Work<A> = (safeIntegers: boolean) => A

/** Runs a piece of work when the connection is free for it. */
export type Run = <A>(operation: string, work: Work<A>) => Effect.Effect<A, SqlError>

/** Rows per pull of a stream: large enough to make the pull cheap, small enough to keep memory flat. */
const CHUNK = 256

/** A native connection with its statement cache. All of it is synchronous; effects are made around it below. */
export class NativeConnection {
  readonly database: DatabaseSync
  readonly statements: StatementCache
  /** Whether a rollback may take back a change of the schema. */
  #schemaChanged = false

  constructor(database: DatabaseSync, options: { cacheSize: number; bigintTypes: ReadonlySet<string> }) {
    this.database = database
    this.statements = new StatementCache(database, options.cacheSize, options.bigintTypes)
  }

  rows(statement: PreparedStatement, params: ReadonlyArray<unknown>, safeIntegers: boolean): ReadonlyArray<NativeRow> {
    const rows = statement.rows(parametersOf(params), safeIntegers)
    this.#noteSchema(statement)
    return rows
  }

  values(statement: PreparedStatement, params: ReadonlyArray<unknown>, safeIntegers: boolean) {
    const rows = statement.values(parametersOf(params), safeIntegers)
    this.#noteSchema(statement)
    return rows
  }

  /** Rows for a query; `{ changes, lastInsertRowid }` for a statement that gives no rows. */
  raw(sql: string, params: ReadonlyArray<unknown>, safeIntegers: boolean): unknown {
    const statement = this.statements.get(sql)
    if (statement.givesRows()) return this.rows(statement, params, safeIntegers)
    const { changes, lastInsertRowid } = statement.run(parametersOf(params))
    this.#noteSchema(statement)
    return { changes: Number(changes), lastInsertRowid }
  }

  cursor(sql: string, params: ReadonlyArray<unknown>, safeIntegers: boolean): NodeJS.Iterator<NativeRow> {
    // Never a kept statement: running it again would reset the cursor that is being read.
    return this.statements.prepare(sql).cursor(parametersOf(params), safeIntegers)
  }

  #noteSchema(statement: PreparedStatement): void {
    if (statement.changesSchema) this.#schemaChanged = true
    else if (!statement.rollsBack || !this.#schemaChanged) return
    this.statements.clear()
  }

  close(): void {
    if (this.database.isOpen) this.database.close()
  }
}

const realClock = Clock.Clock.defaultValue()

/** The longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 25

/**
 * Works at once, or as soon as another process gives its lock back, for at most `busyTimeout`. SQLite's own busy timeout
 * would block the event loop, because `node:sqlite` is synchronous; so it is off, and the work is tried again after pauses
 * of 1, 2, 4 … milliseconds. A pause can be interrupted even where its surroundings cannot, such as before a `BEGIN`; the
 * work itself never is. The clock is the real one even under a test clock, since the other process lives in real time.
 */
export const whenUnlocked = <A>(
  busyTimeout: Duration.Duration,
  work: () => A,
  failed: (cause: unknown) => SqlError
): Effect.Effect<A, SqlError> => {
  const attempt = (pause: number, left: number): Effect.Effect<A, SqlError> =>
    Effect.suspend(() => {
      try {
        return Effect.succeed(work())
      } catch (cause) {
        if (!isBusy(cause) || left <= 0) return Effect.fail(failed(cause))
        const next = attempt(Math.min(pause * 2, LONGEST_PAUSE), left - pause)
        return Effect.andThen(Effect.interruptible(realClock.sleep(Duration.millis(pause))), next)
      }
    })
  return attempt(1, Duration.toMillis(busyTimeout))
}

const safeIntegersOf = (fiber: Fiber.Fiber<unknown, unknown>): boolean => fiber.getRef(SqlClient.SafeIntegers)

/** Runs work at once, and waits when another process holds the lock. For whoever has the connection to himself. */
export const runExclusively =
  (busyTimeout: Duration.Duration): Run =>
  (operation, work) =>
    Effect.withFiber((fiber) => {
      const safeIntegers = safeIntegersOf(fiber)
      const failed = (cause: unknown) => sqlErrorOf(cause, operation)
      try {
        return Effect.succeed(work(safeIntegers))
      } catch (cause) {
        return isBusy(cause) ? whenUnlocked(busyTimeout, () => work(safeIntegers), failed) : Effect.fail(failed(cause))
      }
    })

/**
 * Runs work between the transactions of others. A statement is one synchronous step, so with no transaction open it needs
 * no lock at all; otherwise, or when another process is in the way, it queues for a lease like a transaction.
 */
export const runBetweenLeases =
  (isFree: () => boolean, leased: Run): Run =>
  (operation, work) =>
    Effect.withFiber((fiber) => {
      try {
        return isFree() ? Effect.succeed(work(safeIntegersOf(fiber))) : leased(operation, work)
      } catch (cause) {
        return isBusy(cause) ? leased(operation, work) : Effect.fail(sqlErrorOf(cause, operation))
      }
    })

/** How a connection streams: with a cursor, or by reading all rows at once. */
export type Streaming = "cursor" | "buffered"

/** Effect's connection interface around a native connection. */
export class SqliteConnection implements Connection {
  readonly native: NativeConnection
  readonly run: Run
  readonly #streaming: Streaming

  constructor(native: NativeConnection, run: Run, streaming: Streaming) {
    this.native = native
    this.run = run
    this.#streaming = streaming
  }

  execute(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform) {
    const native = this.native
    return this.run("execute", (safeIntegers): ReadonlyArray<NativeRow> => {
      const rows = native.rows(native.statements.get(sql), params, safeIntegers)
      return transformRows === undefined ? rows : transformRows(rows)
    })
  }

  executeUnprepared(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform) {
    const native = this.native
    return this.run("executeUnprepared", (safeIntegers): ReadonlyArray<NativeRow> => {
      const rows = native.rows(native.statements.prepare(sql), params, safeIntegers)
      return transformRows === undefined ? rows : transformRows(rows)
    })
  }

  executeRaw(sql: string, params: ReadonlyArray<unknown>) {
    return this.run("executeRaw", (safeIntegers) => this.native.raw(sql, params, safeIntegers))
  }

  executeValues(sql: string, params: ReadonlyArray<unknown>) {
    const native = this.native
    return this.run("executeValues", (safeIntegers) => native.values(native.statements.get(sql), params, safeIntegers))
  }

  executeValuesUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    const native = this.native
    return this.run("executeValuesUnprepared", (safeIntegers) =>
      native.values(native.statements.prepare(sql), params, safeIntegers)
    )
  }

  executeStream(sql: string, params: ReadonlyArray<unknown>, transformRows: Transform) {
    return this.#streaming === "buffered"
      ? Stream.unwrap(Effect.map(this.execute(sql, params, transformRows), Stream.fromArray))
      : cursorStream(this, sql, params, transformRows)
  }
}

/** Rows of a cursor, and whether it has ended with them: a cursor that has ended must not be asked again. */
interface Chunk {
  readonly rows: ReadonlyArray<NativeRow>
  readonly last: boolean
}

const cursorStream = (
  connection: SqliteConnection,
  sql: string,
  params: ReadonlyArray<unknown>,
  transformRows: Transform
): Stream.Stream<NativeRow, SqlError> => {
  const nextChunk = (cursor: NodeJS.Iterator<NativeRow>): Chunk => {
    const rows: Array<NativeRow> = []
    let last = false
    while (rows.length < CHUNK && !last) {
      const next = cursor.next()
      if (next.done === true) last = true
      else rows.push(next.value)
    }
    return { rows: transformRows === undefined ? rows : transformRows(rows), last }
  }
  // The first rows are read together with opening, because only then does SQLite take its lock and can be busy.
  const open = connection.run("executeStream", (safeIntegers) => {
    const cursor = connection.native.cursor(sql, params, safeIntegers)
    return { cursor, first: nextChunk(cursor) }
  })
  const close = ({ cursor }: { readonly cursor: NodeJS.Iterator<NativeRow> }) =>
    Effect.sync(() => {
      if (connection.native.database.isOpen) cursor.return?.()
    })
  return Stream.unwrap(
    Effect.map(Effect.acquireRelease(open, close), ({ cursor, first }) => {
      let waiting: Chunk | undefined = first
      let ended = false
      const pull = Effect.suspend((): Effect.Effect<Chunk, SqlError | Cause.Done> => {
        const ready = waiting
        waiting = undefined
        if (ended) return Cause.done()
        return ready === undefined ? connection.run("executeStream", () => nextChunk(cursor)) : Effect.succeed(ready)
      })
      const filled = Effect.flatMap(pull, ({ last, rows }) => {
        ended = last
        return isFilled(rows) ? Effect.succeed(rows) : Cause.done()
      })
      return Stream.fromPull(Effect.succeed(filled))
    })
  )
}

const isFilled = <A>(rows: ReadonlyArray<A>): rows is readonly [A, ...Array<A>] => rows.length > 0
