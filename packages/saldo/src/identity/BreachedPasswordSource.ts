import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

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
}

const formOf = (password: string): string => password.normalize("NFKC").toLowerCase()
