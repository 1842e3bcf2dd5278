import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Actor from "saldo/core/Actor"
import { begin } from "../banking/customerBank.ts"
import { dump } from "./dump.ts"
import { known, useCasesInSources } from "./known.ts"
import { type Call, trail, useCases } from "./everything.ts"

const records = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ readonly id: string }>`SELECT record_id AS id FROM saldo_audit_records`,
    (found) => new Set(found.map(({ id }) => id))
  )
)

/** A write that cannot be recorded leaves nothing; one that can leaves itself and its record. */
const together = Effect.fnUntraced(function* (goesOn: boolean, call: Call) {
  const [before, recordedBefore] = [yield* dump, yield* records]
  trail.broken = true
  const outcome = yield* Effect.exit(call)
  trail.broken = false
  expect(Exit.isFailure(outcome)).toBe(!goesOn)
  expect(yield* dump).toBe(before)
  expect(yield* records).toEqual(recordedBefore)
  yield* call
  expect((yield* records).difference(recordedBefore).size).toBeGreaterThan(0)
  expect(yield* dump).not.toBe(before)
})

describe("every use case that writes", () => {
  it("is known here", () => {
    expect(useCasesInSources().toSorted()).toEqual(Object.keys(known).toSorted())
  })

  for (const [name, { methods, reads, writes }] of Object.entries(known)) {
    it.effect(`has its methods told apart into reading and writing (${name})`, () =>
      Effect.gen(function* () {
        expect((yield* methods).toSorted()).toEqual([...Object.keys(reads), ...Object.keys(writes)].toSorted())
      }).pipe(Actor.as(Actor.system("bank")), Effect.provide(Layer.fresh(useCases)))
    )
    for (const [method, { goesOn, run }] of Object.entries(writes)) {
      it.effect(`records what it does in the transaction that does it (${name}.${method})`, () =>
        Effect.andThen(
          begin,
          run((call, by) => together(goesOn, call.pipe(Actor.as(by))))
        ).pipe(Actor.as(Actor.system("bank")), Effect.provide(Layer.fresh(useCases)))
      )
    }
  }
})
