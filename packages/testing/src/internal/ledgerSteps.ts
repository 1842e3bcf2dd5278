/**
 * The steps that random programs of the ledger are made of.
 */
import * as fc from "fast-check"
import type { AccountSettings } from "saldo/ledger/LedgerAccount"

/** One operation, with whatever it refers to as a number that is taken modulo what there is. */
export type Act =
  | {
      readonly act: "post"
      readonly a: number
      readonly b: number
      readonly amount: number
      readonly upTo: number
      readonly day: number
      readonly meant: boolean
    }
  | { readonly act: "exchange"; readonly a: number; readonly amount: number; readonly direct: boolean }
  | {
      readonly act: "hold"
      readonly a: number
      readonly b: number
      readonly amount: number
      readonly seconds: number
      readonly over: number
      readonly again: boolean
    }
  | {
      readonly act: "capture"
      readonly which: number
      readonly amount: number
      readonly keep: boolean
      readonly day: number
    }
  | { readonly act: "void" | "expire"; readonly which: number }
  | { readonly act: "reverse"; readonly which: number }

/** One step of a program. */
export type Step =
  | {
      readonly step: "commands"
      readonly commands: ReadonlyArray<{ readonly acts: ReadonlyArray<Act>; readonly version: number }>
    }
  | { readonly step: "repeat"; readonly which: number; readonly other: boolean }
  | { readonly step: "wait"; readonly seconds: number }
  | { readonly step: "change"; readonly a: number; readonly settings: Partial<AccountSettings> }

const number = fc.nat({ max: 30 })
const amount = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 5 }))

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant("post" as const),
      a: number,
      b: number,
      amount,
      upTo: fc.constantFrom(0, 0, 0, 1, 2),
      day: fc.constantFrom(0, 0, 0, -1, -3, 1),
      meant: fc.boolean()
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant("exchange" as const), a: number, amount, direct: fc.boolean() })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("hold" as const),
      a: number,
      b: number,
      amount,
      seconds: fc.constantFrom(0, 0, 5, 20),
      over: fc.constantFrom(0, 0, 10),
      again: fc.boolean()
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant("capture" as const),
      which: number,
      amount: fc.oneof(fc.constant(0), amount),
      keep: fc.boolean(),
      day: fc.constantFrom(0, 0, -2)
    })
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom("void" as const, "expire" as const), which: number }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("reverse" as const), which: number }) }
)

const settings: fc.Arbitrary<Partial<AccountSettings>> = fc.oneof(
  fc.record({ frozen: fc.boolean() }),
  fc.record({ closed: fc.boolean() }),
  fc.record({ debitsBlocked: fc.boolean() }),
  fc.record({ creditsBlocked: fc.boolean() }),
  fc.record({
    bounds: fc.record({
      minimum: fc.constantFrom(null, 0n, -100n, 50n),
      maximum: fc.constantFrom(null, 200n, 1000n)
    })
  })
)

const command = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 3 }),
  version: fc.constantFrom(0, 0, 0, 0, 1, 2)
})

/** Any step. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      step: fc.constant("commands" as const),
      commands: fc.oneof(
        { weight: 4, arbitrary: fc.tuple(command) },
        { weight: 1, arbitrary: fc.array(command, { minLength: 2, maxLength: 5 }) }
      )
    })
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("repeat" as const), which: number, other: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("wait" as const), seconds: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ step: fc.constant("change" as const), a: number, settings }) }
)
