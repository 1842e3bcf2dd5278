/**
 * Every fault switch of the emulator with what the client must do about it. A switch without a case does not compile.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type FaultName, faultNames } from "@saldo/kameo/emulator/Fault"
import { play } from "./clientSupport.ts"
import { faultsOfData } from "./faultsOfData.ts"
import { faultsOfLogin } from "./faultsOfLogin.ts"
import { faultsOfTransport } from "./faultsOfTransport.ts"
import type { Case } from "./faultSupport.ts"

const cases: Readonly<Record<FaultName, ReadonlyArray<Case>>> = {
  ...faultsOfData,
  ...faultsOfLogin,
  ...faultsOfTransport
}

it("every switch has a case", () => {
  expect(Object.keys(cases).toSorted()).toEqual(faultNames.toSorted())
})

// Side by side, because most of a case is waiting for the next try or the next code.
describe.concurrent.each(Object.entries(cases))("fault %s: the client must", (_name, rows) => {
  it.each(rows.map((row) => [row.must, row] as const))("%s", (_must, { faults, scene, check }) =>
    play(scene ?? {}, (client, emulator) =>
      Effect.asVoid(Effect.andThen(emulator.setFaults(faults), check(client, emulator)))
    )
  )
})
