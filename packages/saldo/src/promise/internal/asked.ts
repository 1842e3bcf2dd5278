/**
 * How the functions of a host are asked.
 */
import * as Effect from "effect/Effect"
import type { Asking } from "./rail.ts"
import type { Reader } from "./reading.ts"

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

/** Asks a function of the host's; `undefined` is an answer for the reader to judge. Of an error only the name is kept. */
export const asked = <A, E>(
  question: (asking: Asking) => Promise<unknown>,
  read: Reader<A>,
  unavailable: (reason: string) => E
): Effect.Effect<A, E> =>
  Effect.tryPromise({
    try: (signal) => question({ signal }),
    catch: (error) => unavailable(`it failed with ${nameOf(error)}`)
  }).pipe(
    Effect.flatMap((answer) =>
      Effect.mapError(read(answer), (error) =>
        unavailable(`its answer does not fit at ${error._tag === "InputInvalid" ? error.path || "/" : "/"}`)
      )
    )
  )
