import { broken, type Check, plan } from "@saldo/testing/Check"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const checks: ReadonlyArray<Check<never>> = [
  { key: "holds", name: "holds", run: Effect.void },
  { key: "fails", name: "does not hold", run: Effect.fail("broken") },
  { key: "dies", name: "throws", run: Effect.die("broken") },
  { key: "hangs", name: "never ends", run: Effect.never }
]

describe("Check", () => {
  it("prints the reason of a declared skip, and tells a skip that names no check", () => {
    const { tests, unknown } = plan(checks, { skip: { fails: "the vendor has no transactions", renamed: "old" } })
    expect(tests.map(({ skipped }) => skipped)).toEqual([false, true, false, false])
    expect(tests[1]?.title).toBe("does not hold [skipped: the vendor has no transactions]")
    expect(unknown).toEqual(["renamed"])
  })

  it.live("counts a check as broken that fails, dies or does not end", () =>
    Effect.gen(function* () {
      expect(yield* broken(checks, Layer.empty, { timeout: "20 millis" })).toEqual(["fails", "dies", "hangs"])
      expect(yield* broken(checks, Layer.empty, { only: ["holds"] })).toEqual([])
    })
  )
})
