import { expect, it } from "vitest"
import { allOfMoney, bundle } from "../src/bundle.ts"

const effect = /node_modules\/(\.pnpm\/)?effect(@|\/)/u

it("saldo/money bundles without the Effect runtime, in at most 6 kB beside decimal.js", async () => {
  const { gzipped, inputs } = await bundle(allOfMoney, ["decimal.js"])
  expect(inputs.filter((path) => effect.test(path))).toEqual([])
  expect(inputs).toContain("packages/saldo/src/money/Money.ts")
  expect(gzipped).toBeLessThanOrEqual(6000)
})

it("saldo/time bundles without the Effect runtime", async () => {
  const { inputs } = await bundle(`export * from "saldo/time"`, ["decimal.js"])
  expect(inputs.filter((path) => effect.test(path))).toEqual([])
  expect(inputs).toContain("packages/saldo/src/time/LocalDate.ts")
})

it("sees Effect where it is: in the codecs", async () => {
  const { inputs } = await bundle(`export * from "saldo/money/MoneySchema"`, ["decimal.js"])
  expect(inputs.some((path) => effect.test(path))).toBe(true)
})
