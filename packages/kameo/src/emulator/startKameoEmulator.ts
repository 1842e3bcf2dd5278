import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { KameoEmulatorOptions } from "./EmulatorOptions.ts"
import { make } from "./KameoEmulator.ts"

/** Options of the emulator, with a `Date` for its clock: the present when left out, so that loans are open now. */
export interface StartKameoEmulatorOptions extends Omit<KameoEmulatorOptions, "clock"> {
  readonly clock?: Date
}

/** A running emulator for hosts without Effect. */
export interface StartedKameoEmulator extends AsyncDisposable {
  /** The site, `http://localhost:<port>`. */
  readonly wwwUrl: string
  /** The API, `http://127.0.0.1:<port>`. */
  readonly apiUrl: string
  /** Moves Kameo's clock on by so many milliseconds. */
  readonly advanceClock: (milliseconds: number) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Starts an emulator and gives its addresses. Rejects with `EmulatorOptionInvalid`, `FaultInvalid` or
 * `EmulatorNotListening`.
 *
 * @example
 * ```ts
 * import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
 *
 * const emulator = await startKameoEmulator({ loans: 25 })
 * new URL(emulator.apiUrl).hostname // => "127.0.0.1"
 * await emulator.close()
 * ```
 */
export const startKameoEmulator = async ({
  clock,
  ...options
}: StartKameoEmulatorOptions = {}): Promise<StartedKameoEmulator> => {
  const starting = Effect.gen(function* () {
    const start = clock === undefined ? yield* DateTime.now : DateTime.fromDateUnsafe(clock)
    return yield* make({ ...options, clock: start })
  })
  const scope = await Effect.runPromise(Scope.make())
  const close = () => Effect.runPromise(Scope.close(scope, Exit.void))
  try {
    const { advanceClock, apiUrl, wwwUrl } = await Effect.runPromise(Scope.provide(starting, scope))
    return {
      wwwUrl,
      apiUrl,
      advanceClock: (milliseconds) => Effect.runPromise(advanceClock(milliseconds)),
      close,
      [Symbol.asyncDispose]: close
    }
  } catch (error) {
    await close()
    throw error
  }
}
