/**
 * Circuit breakers: a service outside that fails again and again is left alone for a while, so that nobody waits for it in
 * vain and it can recover.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

const written = (seconds: number): string => (seconds === 1 ? "1 second" : `${seconds} seconds`)

/** A service outside was not asked, because it failed before; nothing was sent to it. */
export class NotAsked extends Schema.TaggedError<NotAsked>()(
  "NotAsked",
  { service: Schema.String, failures: Schema.Int, seconds: Schema.Int },
  { httpApiStatus: 503 }
) {
  override get message(): string {
    const times = this.failures === 1 ? "failed" : `failed ${this.failures} times in a row`
    return `${this.service} is not asked for ${written(this.seconds)}, because it ${times}`
  }
}

/** When a service is left alone, and for how long. */
export interface BreakerTerms {
  /** How many failures in a row it takes. */
  readonly failures: number
  /** The first pause. Each next one is twice as long, until the service has answered for as long as the last pause was. */
  readonly pauseMs: number
  /** No pause is longer, whatever the service asks for. */
  readonly longestPauseMs: number
}

/** Five failures in a row, and pauses of 5 seconds to 5 minutes. */
export const breakerTerms: BreakerTerms = { failures: 5, pauseMs: 5000, longestPauseMs: 300_000 }

/**
 * What a failed call says of the service: that it `answered`, as a refusal of what was asked does, or that it `failed`,
 * perhaps with the time for which it wants to be left alone.
 */
export type Verdict = "answered" | "failed" | { readonly failedForMs: number }

/**
 * How a service stands: `closed` when it is asked, `open` when it is not, and `half-open` when one call is to find out, or
 * just does, whether it answers again.
 */
export interface BreakerStanding {
  readonly service: string
  readonly state: "closed" | "open" | "half-open"
  /** How often it has failed in a row. */
  readonly failures: number
  /** For how long it is not asked yet. */
  readonly seconds: number
}

/** The way to one service outside. */
export interface Breaker {
  readonly service: string
  /**
   * Makes a call, or fails with `NotAsked`. Every failure counts unless `judge` says that the service answered, and so do
   * defects; a call that is interrupted says nothing, so time limits belong inside the call.
   */
  readonly ask: <A, E, R>(
    call: Effect.Effect<A, E, R>,
    judge?: (error: E) => Verdict
  ) => Effect.Effect<A, E | NotAsked, R>
  /** The same, with an error of the caller's own in place of `NotAsked`. */
  readonly askOr: <A, E, R, E2>(
    call: Effect.Effect<A, E, R>,
    refused: (error: NotAsked) => E2,
    judge?: (error: E) => Verdict
  ) => Effect.Effect<A, E | E2, R>
  readonly standing: Effect.Effect<BreakerStanding>
}

/** The breakers of the process, which probes look at; they come and go with the layers that make them. */
export const Breakers: Context.Reference<Set<Breaker>> = Context.Reference<Set<Breaker>>("saldo/core/Breakers", {
  defaultValue: () => new Set()
})

/** How every service stands that this process has a breaker for, by name. */
export const standings: Effect.Effect<ReadonlyArray<BreakerStanding>> = Effect.gen(function* () {
  const found = yield* Effect.forEach([...(yield* Breakers)], ({ standing }) => standing)
  return found.toSorted((left, right) => (left.service < right.service ? -1 : 1))
})

const metrics = {
  calls: Metric.counter("saldo_breaker_calls", {
    description: "Calls to services outside, by service and by outcome: answered, failed, or not made",
    incremental: true
  }),
  open: Metric.gauge("saldo_breaker_open", {
    description: "Whether a service outside is not asked (1) or is (0), by service"
  })
} as const

const outcomeOf = (verdict: Verdict): CircuitBreaker.Outcome => {
  if (verdict === "answered") return CircuitBreaker.success
  return verdict === "failed"
    ? CircuitBreaker.failure()
    : CircuitBreaker.failure({ retryAfter: Duration.millis(verdict.failedForMs) })
}

const judged = <A, E>(exit: Exit.Exit<A, E>, judge: (error: E) => Verdict): CircuitBreaker.Outcome => {
  if (Exit.isSuccess(exit)) return CircuitBreaker.success
  if (Cause.hasInterruptsOnly(exit.cause)) return CircuitBreaker.ignored
  return outcomeOf(Option.match(Cause.findErrorOption(exit.cause), { onNone: () => "failed", onSome: judge }))
}

const alwaysFailed = (): Verdict => "failed"

const standingOf = (service: string, failures: number, state: CircuitBreaker.State): BreakerStanding => {
  if (state._tag === "Closed") return { service, state: "closed", failures, seconds: 0 }
  const seconds = state._tag === "Open" ? Math.ceil(Duration.toSeconds(state.retryAfter)) : 0
  return { service, state: seconds > 0 ? "open" : "half-open", failures, seconds }
}

/**
 * A breaker for one service, which it names in errors, metrics and logs: a name of the host's, never one that a client
 * chooses, and no address that holds a secret. Its state belongs to the process and ends with the scope.
 */
export const make = Effect.fnUntraced(function* (
  service: string,
  given: Partial<BreakerTerms> = {}
): Effect.fn.Return<Breaker, never, Scope.Scope> {
  const terms = { ...breakerTerms, ...given }
  const circuit = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(terms.failures),
    openDuration: Schedule.min([
      Schedule.exponential(Duration.millis(terms.pauseMs)),
      Schedule.spaced(Duration.millis(terms.longestPauseMs))
    ]),
    maxOpenDuration: Duration.millis(terms.longestPauseMs)
  }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory()))
  const gauge = Metric.withAttributes(metrics.open, { service })
  const count = (outcome: "answered" | "failed" | "refused") =>
    Metric.update(Metric.withAttributes(metrics.calls, { service, outcome }), 1)
  let failures = 0
  let wasOpen = false

  const standing = Effect.map(Effect.orDie(circuit.state(service)), (state) => standingOf(service, failures, state))

  /** What the call has changed. Only what the circuit takes for an answer ends the row: one from before it opened is late. */
  const noticed = (answered: boolean) =>
    Effect.gen(function* () {
      const { seconds, state } = yield* standing
      const isOpen = state !== "closed"
      if (answered && !isOpen) failures = 0
      yield* Metric.update(gauge, isOpen ? 1 : 0)
      if (isOpen === wasOpen) return
      wasOpen = isOpen
      yield* isOpen
        ? Effect.logWarning(new NotAsked({ service, failures, seconds: Math.max(1, seconds) }).message)
        : Effect.logInfo(`${service} answers again`)
    })

  const refused = Effect.gen(function* () {
    yield* count("refused")
    const { seconds } = yield* standing
    return new NotAsked({ service, failures, seconds: Math.max(1, seconds) })
  })

  const askOr: Breaker["askOr"] = <A, E, R, E2>(
    call: Effect.Effect<A, E, R>,
    instead: (error: NotAsked) => E2,
    judge: (error: E) => Verdict = alwaysFailed
  ) =>
    Effect.suspend(() => {
      let answered = false
      const classify = (asked: Exit.Exit<Exit.Exit<A, E>>) => {
        const outcome = Exit.isSuccess(asked) ? judged(asked.value, judge) : CircuitBreaker.ignored
        if (outcome._tag === "Ignored") return outcome
        answered = outcome._tag === "Success"
        if (!answered) failures += 1
        return Effect.as(count(answered ? "answered" : "failed"), outcome)
      }
      return circuit.execute(Effect.exit(call), { key: service, classify }).pipe(
        Effect.catch(() => Effect.flatMap(refused, (error) => Effect.fail(instead(error)))),
        Effect.ensuring(Effect.suspend(() => noticed(answered))),
        Effect.flatten
      )
    })

  const breaker: Breaker = {
    service,
    standing,
    askOr,
    ask: (call, judge) => askOr(call, identity, judge)
  }
  yield* Metric.update(gauge, 0)
  const breakers = yield* Breakers
  yield* Effect.acquireRelease(
    Effect.sync(() => breakers.add(breaker)),
    () => Effect.sync(() => breakers.delete(breaker))
  )
  return breaker
})

/** When a service is left alone, and how long a call to it may take. */
export interface GuardTerms extends BreakerTerms {
  readonly timeoutMs: number
}

/** The terms of breakers, and half a minute for a call. */
export const guardTerms: GuardTerms = { ...breakerTerms, timeoutMs: 30_000 }

/** A breaker before calls that may hang, which tells that nothing came, or that nothing was asked, in the words of the caller. */
export interface Guard {
  readonly breaker: Breaker
  /** Makes a call; `unavailable` makes an error of why there is no answer. Every failure counts against the service. */
  readonly ask: <A, E, R>(call: Effect.Effect<A, E, R>, unavailable: (reason: string) => E) => Effect.Effect<A, E, R>
}

/** A guard for one service; see `make`. */
export const guard = Effect.fnUntraced(function* (
  service: string,
  given: Partial<GuardTerms> = {}
): Effect.fn.Return<Guard, never, Scope.Scope> {
  const { timeoutMs, ...terms } = { ...guardTerms, ...given }
  const breaker = yield* make(service, terms)
  return {
    breaker,
    ask: (call, unavailable) => {
      const late = Effect.suspend(() =>
        Effect.fail(unavailable(`there was no answer within ${written(timeoutMs / 1000)}`))
      )
      return breaker.askOr(
        Effect.timeoutOrElse(call, { duration: Duration.millis(timeoutMs), orElse: () => late }),
        ({ message }) => unavailable(message)
      )
    }
  }
})
