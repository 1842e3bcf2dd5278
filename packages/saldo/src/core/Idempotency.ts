import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { workerTurn } from "./WorkerTurn.ts"
import { Atomic } from "./Atomic.ts"
import {
  type Command,
  type CommandCodecs,
  CommandInProgress,
  type CommandRequest,
  type CommandScope,
  IdempotencyMismatch,
  type Lease
} from "./Command.ts"
import { type Fingerprint, fingerprint, firstDifference } from "./fingerprint.ts"
import { IdempotencyStore } from "./IdempotencyStore.ts"

/** What came of a command: its value or its business refusal, and whether that was decided now or by an earlier call. */
export interface Execution<A, E> {
  readonly outcome: Result.Result<A, E>
  readonly replayed: boolean
}

/** The value of a command, and whether an earlier call made it. */
export interface Executed<A> {
  readonly value: A
  readonly replayed: boolean
}

/** Why a command was not executed and has no outcome for this caller. */
export type NotExecuted = IdempotencyMismatch | CommandInProgress

/**
 * A command with work outside the storage, such as a payment sent to a bank, in two parts.
 *
 * `prepare` runs outside any transaction while the lease holds, which is renewed for as long as it runs; it may be cut off by a crash and run again by another
 * worker, so the outside system must know repetitions by the command's key. `commit` writes what came of it, in one
 * transaction that also records the outcome, and only if nobody took the command over in the meantime.
 */
export interface LeasedWork<P, A, E, R> {
  readonly prepare: (lease: Lease) => Effect.Effect<P, E, R>
  readonly commit: (prepared: P) => Effect.Effect<A, E, R>
}

/** `lease` is how long others wait for a worker that is gone (one minute by default); `retention` is how long outcomes are kept (30 days). */
export interface IdempotencyOptions {
  readonly lease?: Duration.Input
  readonly retention?: Duration.Input
}

/**
 * Commands that a client may send any number of times and that take effect once.
 *
 * A command is named by tenant, operation and key, and recognised by the SHA-256 of its input's canonical JSON.
 * - The same input again: the stored outcome again, with `replayed: true`; business refusals are stored too and are final,
 *   so whoever wants another try sends a new key.
 * - Other input under the same key: `IdempotencyMismatch` with the path of the first difference.
 * - Failures that the command does not list as refusals, defects and interruption store nothing: the same key may be sent
 *   again.
 *
 * `run` reserves, executes and records in *one* transaction. There is no moment at which a crash leaves a key behind, and
 * no lease: "in flight" is an open transaction. A second caller meanwhile waits for it and gets the replay (memory, SQLite,
 * where writers take turns anyway), or is told `CommandInProgress` at once (Postgres, where waiting would hold a
 * connection). The effect runs in a savepoint, so a refusal undoes the effect's writes and is itself recorded. As with
 * every transaction the effect may be run again after a lost race, and only then.
 *
 * `runLeased` is for work outside the storage, which a transaction must not wait for. It reserves in a transaction of its
 * own, so others see the command as held until the lease ends (`CommandInProgress` with `retryAt`). The lease is renewed
 * while the work goes on, however long that takes, so it ends for a worker that died or was cut off. Then one of the others takes
 * over with a greater token; the first one, should it still live, finds itself fenced off at its commit, writes nothing and
 * fails with `CommandInProgress`. Leases are measured by the clocks of the processes; clocks that disagree make takeovers
 * early or late, never double.
 *
 * Called inside an outer transaction both are part of it: what the outer one rolls back, refusals included, never happened.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Schema from "effect/Schema"
 * import { Atomic } from "saldo/core/Atomic"
 * import * as Command from "saldo/core/Command"
 * import { Idempotency } from "saldo/core/Idempotency"
 * import { IdempotencyStore } from "saldo/core/IdempotencyStore"
 *
 * const Pay = Command.make({ operation: "demo.pay", input: Schema.BigInt, success: Schema.String })
 * const program = Effect.gen(function*() {
 *   const idempotency = yield* Idempotency
 *   const request = { tenant: "demo", key: Command.CommandKey.make("from the client"), input: 100n }
 *   yield* idempotency.run(Pay, request, Effect.succeed("receipt 1"))
 *   return yield* idempotency.run(Pay, request, Effect.succeed("receipt 2"))
 * })
 * const layer = Layer.provide(Idempotency.layer, [Atomic.layerMemory, IdempotencyStore.layerMemory])
 * await Effect.runPromise(Effect.provide(program, layer)) // => { value: "receipt 1", replayed: true }
 * ```
 */
export class Idempotency extends Context.Service<
  Idempotency,
  {
    /** Executes or replays a command in one transaction; fails as the effect does, also on replay. */
    readonly run: <Input, A, E, X, R>(
      command: Command<Input, A, E>,
      request: CommandRequest<Input>,
      effect: Effect.Effect<A, X, R>
    ) => Effect.Effect<Executed<A>, E | X | NotExecuted, R>
    /** As `run`, with a refusal as a value, for callers who want to know whether a refusal is a replay. */
    readonly execute: <Input, A, E, X, R>(
      command: Command<Input, A, E>,
      request: CommandRequest<Input>,
      effect: Effect.Effect<A, X, R>
    ) => Effect.Effect<Execution<A, E>, Exclude<X, E> | NotExecuted, R>
    /** Executes or replays a command with work outside the storage. */
    readonly runLeased: <Input, A, E, X, P, R>(
      command: Command<Input, A, E>,
      request: CommandRequest<Input>,
      work: LeasedWork<P, A, X, R>
    ) => Effect.Effect<Executed<A>, E | X | NotExecuted, R>
    /** Forgets what is older than the retention, and says how many; a forgotten key may be executed again. */
    readonly purge: Effect.Effect<number>
  }
>()("saldo/core/Idempotency") {
  /** Commands by the given lease and retention. */
  static readonly layerWith = (
    options: IdempotencyOptions
  ): Layer.Layer<Idempotency, never, Atomic | IdempotencyStore> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        return make(yield* Atomic, yield* IdempotencyStore, options)
      })
    )

  /** Commands with a lease of one minute, kept for 30 days. */
  static readonly layer: Layer.Layer<Idempotency, never, Atomic | IdempotencyStore> = this.layerWith({})

  /** Purges once an hour as long as the layer lives; enough in one process of many. */
  static readonly layerPurge: Layer.Layer<never, never, Idempotency> = Layer.effectDiscard(
    Effect.flatMap(this, (idempotency) =>
      idempotency.purge.pipe(
        workerTurn("idempotency-purge"),
        Effect.catchCause((cause) => Effect.logWarning("Old commands were not purged and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 hour")),
        Effect.forkScoped
      )
    )
  )
}

/** A command of a client, ready to be looked up. */
interface Prepared<A, E> {
  readonly scope: CommandScope
  readonly input: unknown
  readonly fingerprint: Fingerprint
  readonly codecs: Pick<CommandCodecs<never, A, E>, "encodeOutcome" | "decodeOutcome" | "isRefusal">
}

const prepare = Effect.fnUntraced(function* <Input, A, E>(
  command: Command<Input, A, E>,
  request: CommandRequest<Input>
) {
  const input = yield* command.codecs.encodeInput(request.input)
  return {
    scope: { tenant: request.tenant, operation: command.operation, key: request.key },
    input,
    fingerprint: yield* Effect.fromResult(fingerprint(input)),
    codecs: command.codecs
  } satisfies Prepared<A, E>
}, Effect.orDie)

const inProgress = (scope: CommandScope, until: number | undefined): CommandInProgress =>
  new CommandInProgress({ ...scope, ...(until === undefined ? {} : { retryAt: DateTime.makeUnsafe(until) }) })

const requireSame = <A, E>(command: Prepared<A, E>, known: Fingerprint): Effect.Effect<void, IdempotencyMismatch> =>
  Effect.flatMap(Effect.orDie(Effect.fromResult(firstDifference(known, command.input))), (difference) =>
    difference._tag === "None"
      ? Effect.void
      : Effect.fail(new IdempotencyMismatch({ ...command.scope, path: difference.value }))
  )

type Start<A, E> =
  | { readonly _tag: "Execute"; readonly lease: Lease }
  | { readonly _tag: "Replay"; readonly execution: Execution<A, E> }

const make = (atomic: Atomic["Service"], store: IdempotencyStore["Service"], options: IdempotencyOptions) => {
  const leaseMillis = Duration.toMillis(options.lease ?? "1 minute")
  const retention = Duration.fromInputUnsafe(options.retention ?? "30 days")

  const start = Effect.fnUntraced(function* <A, E>(
    command: Prepared<A, E>
  ): Effect.fn.Return<Start<A, E>, NotExecuted> {
    const now = yield* Clock.currentTimeMillis
    const leaseUntil = now + leaseMillis
    const wish = { scope: command.scope, request: command.fingerprint, now, leaseUntil }
    const reservation = yield* store.reserve(wish)
    if (reservation._tag === "Reserved") {
      return { _tag: "Execute", lease: { token: reservation.token, expiresAt: DateTime.makeUnsafe(leaseUntil) } }
    }
    if (reservation.request !== undefined) yield* requireSame(command, reservation.request)
    if (reservation._tag === "Held") return yield* inProgress(command.scope, reservation.until)
    const outcome = yield* Effect.orDie(command.codecs.decodeOutcome(reservation.outcome))
    return { _tag: "Replay", execution: { outcome, replayed: true } }
  })

  /** Part of a transaction: the effect in a savepoint, and its outcome, unless somebody took over. */
  const settle = Effect.fnUntraced(function* <A, E, X, R>(
    command: Prepared<A, E>,
    lease: Lease,
    effect: Effect.Effect<A, X, R>
  ): Effect.fn.Return<Execution<A, E>, Exclude<X, E> | CommandInProgress, R> {
    const outcome = yield* atomic.run(effect).pipe(
      Effect.map((value): Result.Result<A, E> => Result.succeed(value)),
      Effect.catch((error): Effect.Effect<Result.Result<A, E>, Exclude<X, E>> =>
        command.codecs.isRefusal(error) ? Effect.succeed(Result.fail(error)) : Effect.fail(error as Exclude<X, E>)
      )
    )
    const settled = yield* store.settle(
      command.scope,
      lease.token,
      yield* Effect.orDie(command.codecs.encodeOutcome(outcome)),
      yield* Clock.currentTimeMillis
    )
    return settled ? { outcome, replayed: false } : yield* inProgress(command.scope, undefined)
  })

  const execute: Idempotency["Service"]["execute"] = (command, request, effect) =>
    Effect.flatMap(prepare(command, request), (prepared) =>
      atomic.run(
        Effect.flatMap(start(prepared), (begun) =>
          begun._tag === "Replay" ? Effect.succeed(begun.execution) : settle(prepared, begun.lease, effect)
        )
      )
    )

  /** Renews a lease until it is another's, or the work beside it is over. Others may take over while it cannot be renewed. */
  const renewing = ({ scope }: Pick<Prepared<unknown, unknown>, "scope">, { token }: Lease): Effect.Effect<never> =>
    Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => store.renew(scope, token, now + leaseMillis)),
      Effect.catchCause((cause) =>
        Effect.as(Effect.logWarning("A lease was not renewed and will be next time", cause), true)
      ),
      Effect.delay(leaseMillis / 3),
      Effect.repeat({ while: (isHeld) => isHeld }),
      Effect.andThen(Effect.never)
    )

  const executeLeased = Effect.fnUntraced(function* <Input, A, E, X, P, R>(
    command: Command<Input, A, E>,
    request: CommandRequest<Input>,
    work: LeasedWork<P, A, X, R>
  ) {
    const prepared = yield* prepare(command, request)
    return yield* Effect.acquireUseRelease(
      atomic.run(start(prepared)),
      (begun) => {
        if (begun._tag === "Replay") return Effect.succeed(begun.execution)
        return Effect.flatMap(
          Effect.result(Effect.raceFirst(work.prepare(begun.lease), renewing(prepared, begun.lease))),
          (result) =>
            atomic.run(
              settle(
                prepared,
                begun.lease,
                Result.isSuccess(result) ? work.commit(result.success) : Effect.fail(result.failure)
              )
            )
        )
      },
      (begun, exit) =>
        // Nothing was recorded: give the command back, so that the next attempt need not wait for the lease.
        Exit.isSuccess(exit) || begun._tag === "Replay"
          ? Effect.void
          : Effect.asVoid(store.release(prepared.scope, begun.lease.token))
    )
  })

  const unwrap = <A, E, X, R>(execution: Effect.Effect<Execution<A, E>, X, R>): Effect.Effect<Executed<A>, E | X, R> =>
    Effect.flatMap(execution, ({ outcome, replayed }) =>
      Effect.map(Effect.fromResult(outcome), (value) => ({ value, replayed }))
    )

  return Idempotency.of({
    execute,
    run: (command, request, effect) => unwrap(execute(command, request, effect)),
    runLeased: (command, request, work) => unwrap(executeLeased(command, request, work)),
    purge: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Duration.isFinite(retention) ? store.purge(now - Duration.toMillis(retention)) : Effect.succeed(0)
    )
  })
}
