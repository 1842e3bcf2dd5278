import { describe, expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as, Identity, Permission, system } from "saldo/core/Actor"
import { key, officer, tenant } from "./depositBank.ts"
import { booked, camt053, clerk, iban, importing, registered, type Written } from "./settlementBank.ts"
import { byText, open, trial } from "./settlementTrial.ts"

const first: Written = { id: "S-1", opening: "0.00", lines: [{ amount: "10.00" }], on: "2026-03-10" }
const second: Written = { id: "S-2", opening: "10.00", lines: [{ amount: "-4.00" }], on: "2026-03-11" }

describe("who reconciles", () => {
  const somebodyWith = (...permissions: ReadonlyArray<string>) =>
    new Identity({
      kind: "user",
      tenant,
      id: "somebody",
      roles: [],
      permissions: permissions.map((permission) => Permission.make(permission))
    })

  trial(
    "needs the permission for each act and for what it reads",
    Effect.gen(function* () {
      const { id } = yield* registered
      yield* importing(first)
      const reconciliation = yield* StatementReconciliation
      const reader = somebodyWith("bank:read", "bank:any-customer")
      const refused = <A, E extends { readonly _tag: string }, R>(act: Effect.Effect<A, E, R>) =>
        Effect.map(Effect.flip(act), (error) => ("permission" in error ? error.permission : error._tag))
      expect(yield* refused(reconciliation.import(camt053(second)).pipe(as(reader)))).toBe("bank:reconcile")
      expect(yield* refused(reconciliation.reconcile(id).pipe(as(reader)))).toBe("bank:reconcile")
      expect(yield* refused(reconciliation.items(id).pipe(as(somebodyWith("bank:read"))))).toBe("bank:any-customer")
      expect(yield* refused(reconciliation.report(id).pipe(as(somebodyWith("bank:any-customer"))))).toBe("bank:read")
      expect((yield* reconciliation.items(id).pipe(as(reader))).items).toHaveLength(1)
      const [line] = yield* open(id)
      if (line?._tag !== "Line") throw new TypeError("the line is open")
      const off = { key: key("off"), accountId: id, lineId: line.id, reason: "why" }
      expect(yield* refused(reconciliation.writeOff(off).pipe(as(clerk)))).toBe("bank:manage")
      const number = Redacted.make(iban)
      expect(yield* refused(reconciliation.register({ key: key("a"), currency: "EUR", number }).pipe(as(clerk)))).toBe(
        "bank:manage"
      )
    })
  )

  trial(
    "has each match of a rule in the trail, with what it rests on",
    Effect.gen(function* () {
      yield* registered
      yield* booked("10.00", { reference: "1", on: "2026-03-10" })
      yield* booked("20.00", { reference: "2", on: "2026-03-10" })
      const lines = [
        { amount: "10.00", reference: "1" },
        { amount: "20.00", reference: "2" }
      ]
      const { matches } = yield* importing({ ...first, lines })
      const filter = { action: "banking.match-statement" }
      const trail = yield* AuditTrail.use((audit) => audit.query({ filter })).pipe(as(system(tenant)))
      const recorded = trail.items.map(({ actor, subject }) => `${actor.id} ${subject.type} ${subject.id}`)
      expect(recorded.toSorted(byText)).toEqual(
        matches.map(({ id }) => `clerk settlement-match ${id}`).toSorted(byText)
      )
      const said = trail.items.map(({ changes }) =>
        changes.flatMap(({ after, path }) => (path === "/rule" && after._tag === "Plain" ? [after.value] : []))
      )
      expect(said).toEqual([["reference"], ["reference"]])
    })
  )

  trial(
    "leaves no name and no number in the trail, in errors or in logs",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      const line = { amount: "10.00", counterparty: "Quirina Quist", message: "Secretly" }
      yield* importing({ ...first, lines: [line, { ...line, amount: "-4.00" }] })
      const lines = yield* open(id)
      const [a, b] = lines
      if (a?._tag !== "Line" || b?._tag !== "Line") throw new TypeError("both lines are open")
      const wrong = reconciliation.match({ key: key("wrong"), accountId: id, lines: [a.id, b.id], entries: [] })
      const refused = yield* Effect.flip(wrong.pipe(as(officer)))
      const off = { key: key("off"), accountId: id, lineId: b.id, reason: "told by Quirina" }
      yield* reconciliation.writeOff(off).pipe(as(officer))
      yield* reconciliation
        .setAside({ key: key("aside"), accountId: id, items: [a.id], reason: "told by Quirina" })
        .pipe(as(officer))
      const conflict = yield* Effect.flip(importing({ ...first, lines: [line] }))
      const trail = yield* AuditTrail.use((audit) => audit.query({ limit: 500 })).pipe(as(system(tenant)))
      const actions = trail.items.map(({ action, outcome }) => `${action} ${outcome}`)
      expect(actions).toEqual(
        expect.arrayContaining([
          "banking.register-settlement-account succeeded",
          "banking.import-statement succeeded",
          "banking.import-statement refused",
          "banking.match-by-hand refused",
          "banking.write-off succeeded",
          "banking.set-aside succeeded"
        ])
      )
      const personal = trail.items.flatMap(({ changes }) => changes.filter(({ redaction }) => redaction === "personal"))
      expect(personal.map(({ path }) => path).toSorted(byText)).toEqual(["/comment", "/reason"])
      const rest = trail.items.map((record) => ({
        ...record,
        changes: record.changes.filter(({ redaction }) => redaction !== "personal")
      }))
      const text = [
        JSON.stringify(rest),
        refused.toString() + conflict.toString(),
        JSON.stringify([refused, conflict]),
        JSON.stringify(lines)
      ]
      for (const secret of ["Quirina", "Secretly", iban.replaceAll(" ", ""), iban, "NO9386011117947"]) {
        for (const each of text) expect(each).not.toContain(secret)
      }
      expect(text[0]).toContain("••••7466")
    })
  )
})
