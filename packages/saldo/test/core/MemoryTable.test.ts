import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as fc from "fast-check"
import * as MemoryTable from "saldo/core/MemoryTable"
import * as MemoryTransaction from "saldo/core/MemoryTransaction"

type Step =
  | { readonly do: "set" | "insert" | "update"; readonly key: number; readonly value: number }
  | { readonly do: "delete"; readonly key: number }
  | { readonly do: "nest"; readonly steps: ReadonlyArray<Step>; readonly keep: boolean }

const key = fc.nat(5)
const { steps } = fc.letrec<{ steps: ReadonlyArray<Step>; step: Step }>((tie) => ({
  steps: fc.array(tie("step"), { maxLength: 8, depthIdentifier: "nest" }),
  step: fc.oneof(
    { depthSize: "small", depthIdentifier: "nest" },
    fc.record({ do: fc.constantFrom("set", "insert", "update"), key, value: fc.nat(99) }) as fc.Arbitrary<Step>,
    fc.record({ do: fc.constant("delete" as const), key }),
    fc.record({ do: fc.constant("nest" as const), steps: tie("steps"), keep: fc.boolean() })
  )
}))

/** What a table should do, as a plain map that is copied for every transaction. */
const inModel = (map: ReadonlyMap<number, number>, list: ReadonlyArray<Step>): Map<number, number> => {
  let now = new Map(map)
  for (const step of list) {
    if (step.do === "nest") now = step.keep ? inModel(now, step.steps) : now
    else if (step.do === "delete") now.delete(step.key)
    else if (step.do === "set" || now.has(step.key) === (step.do === "update")) now.set(step.key, step.value)
  }
  return now
}

const inTable = (table: MemoryTable.MemoryTable<number, number>, list: ReadonlyArray<Step>): Effect.Effect<void> =>
  Effect.forEach(
    list,
    (step): Effect.Effect<unknown> => {
      switch (step.do) {
        case "set":
          return table.set(step.key, step.value)
        case "insert":
          return table.insert(step.key, step.value)
        case "update":
          return table.update(step.key, () => step.value)
        case "delete":
          return table.delete(step.key)
        case "nest":
          return Effect.ignore(
            MemoryTransaction.run(
              Effect.andThen(inTable(table, step.steps), step.keep ? Effect.void : Effect.fail("undone"))
            )
          )
      }
    },
    { discard: true }
  )

const sorted = (map: Iterable<readonly [number, number]>) => [...map].sort(([a], [b]) => a - b)

describe("MemoryTable", () => {
  it("is a map whose transactions are copies, at any depth", () =>
    fc.assert(
      fc.property(steps, steps, (before, within) => {
        Effect.runSync(
          Effect.gen(function* () {
            const table = yield* MemoryTable.make<number, number>()
            yield* inTable(table, before)
            const start = inModel(new Map(), before)
            yield* MemoryTransaction.run(
              Effect.gen(function* () {
                yield* inTable(table, within)
                const expected = inModel(start, within)
                expect(sorted(yield* table.read((rows) => [...rows.entries()]))).toEqual(sorted(expected))
                expect(yield* table.size).toBe(expected.size)
                for (const id of [0, 1, 2, 3, 4, 5]) {
                  expect(yield* table.get(id)).toEqual(Option.fromUndefinedOr(expected.get(id)))
                }
              })
            )
            const expected = inModel(start, within)
            expect(sorted(yield* table.read((rows) => [...rows.entries()]))).toEqual(sorted(expected))
            expect(yield* table.size).toBe(expected.size)
          })
        )
      })
    ))

  it.effect("tells whether it inserted, updated or deleted", () =>
    Effect.gen(function* () {
      const table = yield* MemoryTable.make<string, number>()
      expect(yield* table.insert("a", 1)).toBe(true)
      expect(yield* table.insert("a", 2)).toBe(false)
      expect(yield* table.update("a", (n) => n + 1)).toEqual(Option.some(2))
      expect(yield* table.update("b", (n) => n + 1)).toEqual(Option.none())
      expect(yield* table.delete("b")).toBe(false)
      expect(yield* table.delete("a")).toBe(true)
      expect(yield* table.values).toEqual([])
    })
  )

  it.effect("keeps values that are undefined apart from missing ones", () =>
    Effect.gen(function* () {
      const table = yield* MemoryTable.make<string, undefined>()
      yield* table.set("a", undefined)
      expect(yield* table.get("a")).toEqual(Option.some(undefined))
      expect(yield* MemoryTransaction.run(Effect.andThen(table.set("b", undefined), table.size))).toBe(2)
    })
  )

  it.effect("lists in the order of first insertion", () =>
    Effect.gen(function* () {
      const table = yield* MemoryTable.make<string, number>()
      yield* table.set("b", 1)
      yield* MemoryTransaction.run(Effect.all([table.set("a", 2), table.set("b", 3), table.set("c", 4)]))
      expect(yield* table.values).toEqual([3, 2, 4])
    })
  )

  it.effect("keeps nothing of a change that throws, in a transaction or not", () =>
    Effect.gen(function* () {
      const table = yield* MemoryTable.make<string, number>()
      const half = table.modify((rows) => {
        rows.set("a", 1)
        throw new RangeError("half-way")
      })
      expect(Exit.isFailure(yield* Effect.exit(half))).toBe(true)
      yield* MemoryTransaction.run(Effect.exit(half))
      expect(yield* table.size).toBe(0)
    })
  )

  it.effect("makes a writer outside wait for a running transaction", () =>
    Effect.gen(function* () {
      const table = yield* MemoryTable.make<string, number>()
      const started = yield* Deferred.make<void>()
      const proceed = yield* Deferred.make<void>()
      const transaction = yield* Effect.forkChild(
        MemoryTransaction.run(
          Effect.gen(function* () {
            const before = yield* table.get("a")
            yield* Deferred.succeed(started, undefined)
            yield* Deferred.await(proceed)
            yield* table.set("a", Option.getOrElse(before, () => 0) + 1)
          })
        )
      )
      yield* Deferred.await(started)
      const outside = yield* Effect.forkChild(table.update("a", (n) => n + 10))
      yield* Effect.yieldNow
      yield* Deferred.succeed(proceed, undefined)
      yield* Fiber.join(transaction)
      expect(yield* Fiber.join(outside)).toEqual(Option.some(11))
    })
  )

  it.effect("refuses a fibre that outlives its transaction", () =>
    Effect.gen(function* () {
      const table = yield* MemoryTable.make<string, number>()
      const proceed = yield* Deferred.make<void>()
      const late = yield* MemoryTransaction.run(
        Effect.forkDetach(Effect.andThen(Deferred.await(proceed), Effect.exit(table.set("a", 1))))
      )
      yield* Deferred.succeed(proceed, undefined)
      expect(Exit.isFailure(yield* Fiber.join(late))).toBe(true)
      expect(yield* table.size).toBe(0)
    })
  )
})
