import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Breaker from "../core/Breaker.ts"

/**
 * Port: a list of passwords that have leaked, which attackers try first.
 *
 * Contract:
 * - `occurrences` says how often a password was seen in leaks; 0 when never.
 * - A password never leaves the process: a source elsewhere is asked by the beginning of a hash that many share.
 * - A source that cannot be asked answers 0 and says so in the log, as nobody is kept from choosing a password by that.
 */
export class BreachedPasswordSource extends Context.Service<
  BreachedPasswordSource,
  {
    readonly occurrences: (password: Redacted.Redacted) => Effect.Effect<number>
  }
>()("saldo/identity/BreachedPasswordSource") {
  /** A list in the memory of the process, each line once for every time it was seen; without regard to case. */
  static readonly layerList = (passwords: Iterable<string>): Layer.Layer<BreachedPasswordSource> =>
    Layer.effect(
      this,
      Effect.sync(() => {
        const seen = new Map<string, number>()
        for (const password of passwords) seen.set(formOf(password), (seen.get(formOf(password)) ?? 0) + 1)
        return BreachedPasswordSource.of({
          occurrences: (password) => Effect.sync(() => seen.get(formOf(Redacted.value(password))) ?? 0)
        })
      })
    )

  /**
   * A breaker before the source in scope, where that is elsewhere: one that dies or takes longer than two seconds answers 0, and
   * is not asked for a while when it does so again and again.
   */
  static readonly layerGuarded = (
    terms: Partial<Breaker.GuardTerms> = {}
  ): Layer.Layer<BreachedPasswordSource, never, BreachedPasswordSource> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const source = yield* BreachedPasswordSource
        const { ask } = yield* Breaker.guard("breached passwords", { timeoutMs: 2000, ...terms })
        return BreachedPasswordSource.of({
          occurrences: (password) =>
            ask(
              // What the cause says may quote the password.
              Effect.catchDefect(source.occurrences(password), () => Effect.fail("it failed")),
              identity
            ).pipe(
              Effect.catch((why) =>
                Effect.as(Effect.logWarning(`The list of leaked passwords was not asked: ${why}`), 0)
              )
            )
        })
      })
    )
}

const formOf = (password: string): string => password.normalize("NFKC").toLowerCase()
