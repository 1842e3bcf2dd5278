/** One place where one rule does not hold, and why. An exception that nothing needs any more is itself reported. */
export interface Exception {
  readonly rule: string
  readonly path: string
  /** What the message of the problem contains; keeps the exception from hiding another problem of the same file. */
  readonly about: string
  /** Why the rule is wrong here, in a sentence. */
  readonly reason: string
}

/** The exceptions that the house grants. */
export const exceptions: ReadonlyArray<Exception> = [
  {
    rule: "kinds",
    path: "packages/saldo/src/core/sha256.ts",
    about: "node:crypto",
    reason: "A hash is a pure function of its input, and the web's own digest can only be had asynchronously."
  },
  {
    rule: "banned",
    path: "packages/kameo/src/emulator/startKameoEmulator.ts",
    about: "Effect.runPromise",
    reason: "The emulator's own edge for tests and hosts without Effect, as the promise facade is that of saldo."
  }
]
