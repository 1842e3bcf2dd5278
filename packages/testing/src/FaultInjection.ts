import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as SqlError from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"

/**
 * What goes wrong: `error` is a storage that fails, as a full disk does; `interrupt` kills the fibre that writes; `race` is
 * a lost race against another transaction, after which the work may be tried again.
 */
export type FaultKind = "error" | "interrupt" | "race"

/** One place for a fault: before or after the n-th statement that writes, counted from one. */
export interface FaultPoint {
  readonly kind: FaultKind
  readonly when: "before" | "after"
  readonly write: number
}

/** What an injected storage failure carries as its cause. */
export class InjectedFault extends Data.TaggedError("InjectedFault")<FaultPoint> {
  override get message(): string {
    return `injected fault ${this.when} write ${this.write}`
  }
}

/** An invariant that did not hold after a fault; the statement is the one the fault stood at. */
export class InvariantBroken extends Data.TaggedError("InvariantBroken")<{
  readonly point: FaultPoint | undefined
  readonly statement: string | undefined
  readonly cause: Cause.Cause<unknown>
}> {
  override get message(): string {
    const { point } = this
    const where = point === undefined ? "without a fault" : `after ${point.kind} ${point.when} write ${point.write}`
    return `The invariant broke ${where} (${this.statement ?? "no statement"}): ${Cause.pretty(this.cause)}`
  }
}

/** The program writes nothing, so no fault can be put anywhere and the test could not fail. */
export class NothingWritten extends Data.TaggedError("NothingWritten")<{}> {}

const writes = /^\s*(?:insert|update|delete|replace|merge|create|alter|drop|truncate)\b/iu
// A locking read inside (`FOR UPDATE`, `FOR NO KEY UPDATE`) names a verb and writes nothing.
const writesInside = /^\s*with\b[^]*\b(?<!\bfor\s+(?:no\s+key\s+)?)(?:insert|update|delete|merge)\b/iu

/** Whether a statement changes the database. */
export const isWrite = (sql: string): boolean => writes.test(sql) || writesInside.test(sql)

const failing = (point: FaultPoint): Effect.Effect<never, SqlError.SqlError> => {
  const cause = new InjectedFault(point)
  switch (point.kind) {
    case "interrupt":
      return Effect.interrupt
    case "error":
      return Effect.fail(
        new SqlError.SqlError({ reason: new SqlError.UnknownError({ cause, message: cause.message }) })
      )
    case "race":
      return Effect.fail(
        new SqlError.SqlError({ reason: new SqlError.SerializationError({ cause, message: cause.message }) })
      )
  }
}

/** The writes that an effect sent to any `SqlClient`, in order, while it ran. */
export interface WriteLog {
  readonly statements: Array<string>
}

const observe =
  (log: WriteLog, point: FaultPoint | undefined): Statement.Transformer =>
  (statement) =>
    Effect.suspend(() => {
      const [sql] = statement.compile()
      if (!isWrite(sql)) return Effect.succeed(statement)
      log.statements.push(sql.replaceAll(/\s+/gu, " ").trim())
      if (point === undefined || log.statements.length !== point.write) return Effect.succeed(statement)
      const fault = failing(point)
      const injected =
        point.when === "before"
          ? fault
          : Effect.andThen(Effect.provideService(statement, Statement.CurrentTransformer, undefined), fault)
      // A transformer is not expected to fail, yet its effect runs as part of the statement, whose failures are SqlErrors.
      return injected as Effect.Effect<never>
    })

/** Runs an effect with one fault in it; `log` receives its writes. Transaction control (BEGIN, COMMIT) is not counted. */
export const withFault = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  point: FaultPoint | undefined,
  log: WriteLog = { statements: [] }
): Effect.Effect<A, E, R> => Effect.provideService(effect, Statement.CurrentTransformer, observe(log, point))

/** The fault kinds of a run, all of them by default. */
export interface EveryFaultOptions {
  readonly kinds?: ReadonlyArray<FaultKind>
}

/** How many writes the program makes, and in how many runs the invariant held. */
export interface FaultReport {
  readonly writes: number
  readonly runs: number
}

/**
 * Runs a program once without a fault and once for every possible fault, each time on a storage of its own, and checks an
 * invariant on that storage after each.
 *
 * The invariant is told how the program ended. It is the place for "all or nothing": either everything that the program
 * writes is there, or nothing is. Fails with the first point at which the invariant fails or dies.
 */
export const everyFault = <R, E, A, E1, E2>(
  layer: Layer.Layer<R, E>,
  program: Effect.Effect<A, E1, R>,
  invariant: (exit: Exit.Exit<A, E1>) => Effect.Effect<void, E2, R>,
  options: EveryFaultOptions = {}
): Effect.Effect<FaultReport, E | InvariantBroken | NothingWritten> => {
  const once = (point: FaultPoint | undefined) =>
    Effect.gen(function* () {
      const log: WriteLog = { statements: [] }
      // The fault kills the fibre of the program only, so that the invariant can be asked afterwards.
      const exit = yield* Effect.exit(withFault(program, point, log))
      const verdict = yield* Effect.exit(invariant(exit))
      if (Exit.isSuccess(verdict)) return log.statements
      const statement = point === undefined ? undefined : log.statements[point.write - 1]
      return yield* new InvariantBroken({ point, statement, cause: verdict.cause })
    }).pipe(Effect.provide(Layer.fresh(layer)))

  return Effect.gen(function* () {
    const { length } = yield* once(undefined)
    if (length === 0) return yield* new NothingWritten()
    const points = (options.kinds ?? ["error", "interrupt", "race"]).flatMap((kind) =>
      Array.from({ length }, (_, index) => index + 1).flatMap((write) =>
        (["before", "after"] as const).map((when): FaultPoint => ({ kind, when, write }))
      )
    )
    yield* Effect.forEach(points, once, { discard: true })
    return { writes: length, runs: points.length + 1 }
  })
}
