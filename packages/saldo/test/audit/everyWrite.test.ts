import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Actor from "saldo/core/Actor"
import { begin } from "../banking/customerBank.ts"
import { bank } from "./bankWrites.ts"
import { auditRetention, bookkeeping, loanCollection } from "./bookWrites.ts"
import { type Call, trail, useCases, type UseCase } from "./writes.ts"

/** Every use case, by its name. A new one, and a new method of one, has no place here until it is given one. */
const known: Readonly<Record<string, UseCase>> = {
  ...bank,
  AuditRetention: auditRetention,
  Ledger: bookkeeping,
  LoanCollection: loanCollection
}

/** Services that others are made of and that leave the record to whoever calls them. */
const parts = new Set(["AuditTrail", "PersonalData", "WrappingKeys"])

/** The use cases in the sources: services with a layer that are no port. */
const useCasesInSources = (): ReadonlyArray<string> => {
  const source = fileURLToPath(new URL("../../src/", import.meta.url))
  return ["audit", "banking", "ledger", "lending"].flatMap((folder) =>
    readdirSync(`${source}${folder}`).flatMap((file) => {
      const text = file.endsWith(".ts") ? readFileSync(`${source}${folder}/${file}`, "utf8") : ""
      const [, name = ""] = /export class (\w+) extends Context\.Service/u.exec(text) ?? []
      const isPort = /static readonly layerMemory\b/u.test(text) || /(Rail|Source|Verifier)$/u.test(name)
      return name === "" || isPort || parts.has(name) ? [] : [name]
    })
  )
}

/**
 * Every row of every table, but the trail's own, keys that a command claims before it asks somebody outside, and how far a
 * rail has been read.
 */
const dump = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name LIKE 'saldo_%'
      AND name NOT IN ('saldo_audit_records', 'saldo_banking_rail_places')
    ORDER BY name`
  const rows = yield* Effect.forEach(tables, ({ name }) =>
    Effect.map(
      sql.unsafe(`SELECT * FROM ${name} ${name === "saldo_core_commands" ? "WHERE state = 'settled'" : ""}`),
      (found) => [name, found] as const
    )
  )
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))
})

const records = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ readonly id: string }>`SELECT record_id AS id FROM saldo_audit_records`,
    (found) => new Set(found.map(({ id }) => id))
  )
)

/** A write that cannot be recorded leaves nothing; one that can leaves itself and its record. */
const together = (goesOn: boolean) =>
  Effect.fnUntraced(function* (call: Call) {
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
        expect((yield* methods).toSorted()).toEqual([...reads, ...Object.keys(writes)].toSorted())
      }).pipe(Actor.as(Actor.system("bank")), Effect.provide(Layer.fresh(useCases)))
    )
    for (const [method, { goesOn, run }] of Object.entries(writes)) {
      it.effect(`records what it does in the transaction that does it (${name}.${method})`, () =>
        Effect.andThen(begin, run(together(goesOn))).pipe(
          Actor.as(Actor.system("bank")),
          Effect.provide(Layer.fresh(useCases))
        )
      )
    }
  }
})
