/**
 * What the tests of the fault switches share: the form of a case, and the checks that many of them make.
 */
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import type { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import type { KameoClient } from "@saldo/kameo/KameoClient"
import type { KameoError } from "@saldo/kameo/KameoError"
import { collect, fastClock, reasonOf, type Scene } from "./clientSupport.ts"

export type Client = KameoClient["Service"]
export type Emulator = KameoEmulator["Service"]

export interface Case {
  readonly must: string
  readonly faults: ReadonlyArray<string>
  readonly scene?: Scene
  readonly check: (client: Client, emulator: Emulator) => Effect.Effect<unknown, unknown>
}

export const listingPath = "/v1/loans/listing/investment-options"
export const transferPath = "/ezjscore/call/kameo_transfer::init"
/** The sample loans at the instant that their file states, for emulator and client. */
export const samples = (changes: Scene = {}): Scene => ({
  emulator: { loans: "samples", frozen: true },
  clock: () => fastClock({ start: Date.parse("2026-03-10T12:00:00+01:00") }),
  ...changes
})

/** The ids that the emulator lists without any fault. */
export const truth = (client: Client, emulator: Emulator) =>
  Effect.gen(function* () {
    yield* emulator.setFaults([])
    return (yield* collect(client)).unique
  })

/** The fault costs nothing: every loan arrives, none is rejected. */
export const losesNothing = (client: Client, emulator: Emulator) =>
  Effect.gen(function* () {
    const seen = yield* collect(client)
    expect(seen.unique).toEqual(yield* truth(client, emulator))
    expect(seen.unique.length).toBeGreaterThan(7)
    expect(seen.rejected).toEqual([])
    return seen
  })

export const failsWith =
  (tag: KameoError["reason"]["_tag"], request: (client: Client) => Effect.Effect<unknown, KameoError>) =>
  (client: Client) =>
    Effect.map(reasonOf(request(client)), (reason) => {
      expect(reason._tag).toBe(tag)
      return reason
    })
