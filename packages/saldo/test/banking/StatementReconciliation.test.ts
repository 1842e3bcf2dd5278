import { describe, expect, it } from "@effect/vitest"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { explainMatch } from "saldo/banking/matchExplanation"
import { Payments } from "saldo/banking/Payments"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as, system } from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import * as Money from "saldo/money/Money"
import * as SqlStores from "saldo/sql/SqlStores"
import { goTo, key, officer, sek, tenant } from "./depositBank.ts"
import { creditor, opened, payingBank } from "./paymentBank.ts"
import {
  booked,
  clerk,
  iban,
  importing,
  memoryStores,
  registered,
  settlingBank,
  type SettlementStores
} from "./settlementBank.ts"
import { open, shown, trial } from "./settlementTrial.ts"

const journey = (name: string, stores: Layer.Layer<SettlementStores>) => {
  it.effect(`imports a statement, matches it, and explains the rest (${name})`, () =>
    Effect.gen(function* () {
      yield* goTo("2026-03-11")
      const reconciliation = yield* StatementReconciliation
      const { id } = yield* registered
      yield* booked("1250.00", { reference: "123067", on: "2026-03-10" })
      yield* booked("-300.00", { endToEndId: "E2E-9", on: "2026-03-09" })
      yield* booked("77.00", { counterparty: "Nobody" })
      const { matches, statements } = yield* importing({
        id: "S-1",
        opening: "0.00",
        lines: [
          { amount: "1250.00", reference: "00123067" },
          { amount: "-300.00", endToEndId: "E2E-9" },
          { amount: "-12.50", message: "Fee" },
          { amount: "5.00", status: "PDNG" }
        ]
      })
      expect(statements.map(({ isNew, statement }) => [isNew, statement.number, statement.closing.toString()])).toEqual(
        [[true, 1, "937.50 SEK"]]
      )
      expect(matches.map(explainMatch)).toEqual([
        "1 line = 1 entry: the reference and the amount are the same, and no other has them",
        "1 line = 1 entry: the end-to-end id and the amount are the same, and no other has them; not the same: date"
      ])
      const figures = Effect.map(reconciliation.report(id).pipe(as(clerk)), (report) =>
        [report.statement, report.book, report.difference, report.unexplained, report.later].map(Money.toDecimal)
      )
      expect(yield* figures).toEqual(["937.50", "1027.00", "-89.50", "0.00", "0.00"])
      expect(yield* shown(id)).toEqual(["Entry 77.00", "Line -12.50"])
      const fee = (yield* open(id)).find((each) => each._tag === "Line")
      if (fee === undefined) throw new TypeError("the fee is a line")
      expect(Redacted.value(fee.message ?? Redacted.make(""))).toBe("Fee")
      const off = { key: key("off"), accountId: id, lineId: fee.id, reason: "the bank's fee" }
      const match = yield* reconciliation.writeOff(off).pipe(as(officer))
      expect(yield* reconciliation.writeOff(off).pipe(as(officer))).toEqual(match)
      expect(explainMatch(match)).toBe("1 line = 1 entry: the entry was made to write the line off")
      expect(yield* figures).toEqual(["937.50", "1014.50", "-77.00", "0.00", "0.00"])
      yield* reconciliation.undo({ key: key("undo"), matchId: match.id, reason: "not ours" }).pipe(as(officer))
      expect(yield* figures).toEqual(["937.50", "1027.00", "-89.50", "0.00", "0.00"])
      expect(yield* shown(id)).toEqual(["Entry 77.00", "Line -12.50"])
      yield* booked("1.00")
      expect(yield* figures).toEqual(["937.50", "1027.00", "-89.50", "0.00", "1.00"])
    }).pipe(Effect.provide(settlingBank(stores)))
  )
}

describe("StatementReconciliation", () => {
  journey("memory", memoryStores)
  journey("sqlite", SqlStores.layer.pipe(Layer.provide(TestSqlite.layerFile), Layer.orDie))

  trial(
    "matches the single payments of a line one by one",
    Effect.gen(function* () {
      const { id } = yield* registered
      yield* booked("-10.00", { endToEndId: "A" })
      yield* booked("-20.00", { endToEndId: "B" })
      yield* booked("-20.00", { endToEndId: "C" })
      const parts = [
        { amount: "-10.00", endToEndId: "A" },
        { amount: "-20.00", endToEndId: "B" }
      ]
      const { matches } = yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "-30.00", parts }] })
      expect(matches.map(explainMatch)).toEqual([
        "1 line = 2 entries: each single payment of the line is an entry, by its end-to-end id and amount; not the same: date"
      ])
      expect(yield* shown(id)).toEqual(["Entry -20.00"])
      // Not all of these amounts are known.
      const some = [{ amount: "-20.00", endToEndId: "C" }, { endToEndId: "D" }]
      yield* importing({ id: "S-2", opening: "-30.00", lines: [{ amount: "-20.00", parts: some }] })
      expect((yield* open(id)).flatMap((each) => (each._tag === "Line" ? [each.parts] : []))).toEqual([[]])
    })
  )

  trial(
    "matches an entry with the one that takes it back, unless the other bank has told of it",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      const mistake = yield* booked("80.00")
      const real = yield* booked("90.00", { reference: "1" })
      yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "90.00", reference: "1" }] })
      yield* Effect.forEach([mistake, real], (entry) =>
        Ledger.use((ledger) => ledger.reverse({ key: key(`back ${entry.id}`), entryId: entry.id })).pipe(
          as(system(tenant))
        )
      )
      const matches = yield* reconciliation.reconcile(id).pipe(as(clerk))
      expect(matches.map(({ entries, lines, rule }) => [rule, lines, entries[0]])).toEqual([
        ["reversal", [], mistake.id]
      ])
      expect(yield* shown(id)).toEqual(["Entry -90.00"])
    })
  )

  it.effect("knows the entries of payments by their end-to-end ids, also when they come back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2026, 4, 4, 9))
      const simulator = RailSimulator.make({ seed: "reconciled" })
      const program = Effect.gen(function* () {
        const payments = yield* Payments
        const { id } = yield* registered
        const { account, anna } = yield* opened("anna", "1000.00")
        const order = yield* payments
          .create({ key: key("rent"), accountId: account.id, amount: sek("250.00"), creditor })
          .pipe(as(anna))
        const { endToEndId } = order
        yield* payments.work()
        yield* TestClock.adjust("2 hours")
        yield* payments.work()
        const { matches } = yield* importing({
          id: "S-1",
          opening: "0.00",
          lines: [{ amount: "-250.00", endToEndId, counterparty: "BO EK", on: "2026-05-04" }]
        })
        expect(matches.map(({ agreed, rule, score }) => [rule, agreed, score])).toEqual([
          ["endToEndId", ["amount", "endToEndId", "counterparty", "date"], 100]
        ])
        const message = { _tag: "Reference", reference: "RF18539007547034" } as const
        yield* payments
          .create({ key: key("invoice"), accountId: account.id, amount: sek("40.00"), creditor, message })
          .pipe(as(anna))
        yield* payments.work()
        yield* TestClock.adjust("2 hours")
        yield* payments.work()
        const paid = { amount: "-40.00", reference: "rf18 5390 0754 7034", on: "2026-05-04" }
        const second = yield* importing({ id: "S-2", opening: "-250.00", lines: [paid], on: "2026-05-04" })
        expect(second.matches.map(({ agreed, rule }) => [rule, agreed])).toEqual([
          ["reference", ["amount", "reference", "date"]]
        ])
        const back = {
          id: "1",
          endToEndId,
          _tag: "Returned",
          returnId: "R",
          amount: sek("249.00"),
          reason: "AC04"
        } as const
        yield* payments.hear("simulator", back).pipe(as(officer))
        const returned = { amount: "250.00", endToEndId, on: "2026-05-05" }
        const later = yield* importing({ id: "S-3", opening: "-290.00", lines: [returned], on: "2026-05-05" })
        expect(later.matches).toEqual([])
        const reconciliation = yield* StatementReconciliation
        const [review, ...others] = yield* reconciliation.reviews(id).pipe(as(clerk))
        expect(others).toEqual([])
        expect(review).toMatchObject({ reason: "amountDiffers", rule: "endToEndId", difference: sek("1.00") })
        if (review === undefined) return
        const accept = { key: key("accept"), accountId: id, reviewId: review.id }
        const refused = yield* Effect.flip(reconciliation.accept(accept).pipe(as(clerk)))
        expect(refused).toMatchObject({ _tag: "MatchUnbalanced", difference: sek("1.00") })
        const income = yield* booked("1.00")
        yield* reconciliation.reconcile(id).pipe(as(clerk))
        const all = { key: key("all"), accountId: id, lines: review.lines, entries: [...review.entries, income.id] }
        const made = yield* reconciliation.match({ ...all, comment: "the other bank kept nothing" }).pipe(as(clerk))
        expect(explainMatch(made)).toBe("1 line = 2 entries: a person says so; not the same: date")
        expect(yield* reconciliation.reviews(id).pipe(as(clerk))).toEqual([])
        expect((yield* reconciliation.report(id).pipe(as(clerk))).difference).toEqual(sek("0.00"))
      })
      const stores = SqlStores.layer.pipe(Layer.provide(TestSqlite.layer), Layer.orDie)
      const whole = StatementReconciliation.layer.pipe(
        Layer.provideMerge(payingBank(stores, simulator)),
        Layer.provide(stores)
      )
      yield* program.pipe(Effect.provide(whole))
    })
  )

  trial(
    "keeps what has several readings for a person, who chooses",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      const [one, two] = [yield* booked("20.00", { reference: "7" }), yield* booked("20.00", { reference: "7" })]
      yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "20.00", reference: "7" }, { amount: "3.00" }] })
      const [review] = yield* reconciliation.reviews(id).pipe(as(clerk))
      expect(review).toMatchObject({ reason: "severalCandidates", rule: "reference", entries: [one.id, two.id] })
      if (review === undefined) return
      const { id: reviewId, lines } = review
      // Nothing new, nothing changed.
      yield* reconciliation.reconcile(id).pipe(as(clerk))
      expect(yield* reconciliation.reviews(id).pipe(as(clerk))).toEqual([review])
      const stranger = (yield* open(id)).find(({ amount }) => amount.amount === 300n)
      if (stranger?._tag !== "Line") throw new TypeError("the other line is open")
      const wish = { accountId: id, reviewId, entries: [two.id] }
      const wrong = reconciliation.accept({ ...wish, key: key("wrong"), lines: [stranger.id] }).pipe(as(clerk))
      expect(yield* Effect.flip(wrong)).toMatchObject({ _tag: "ReviewChoiceInvalid", itemId: stranger.id })
      const right = { ...wish, key: key("right") }
      const made = yield* reconciliation.accept(right).pipe(as(clerk))
      expect(made).toMatchObject({ rule: "reference", byPerson: true, lines, entries: [two.id] })
      expect(explainMatch(made)).toMatch(
        /^1 line = 1 entry: the reference .*, accepted by a person; not the same: date$/u
      )
      expect(yield* reconciliation.accept(right).pipe(as(clerk))).toEqual(made)
      const otherwise = Effect.flip(reconciliation.accept({ ...right, entries: [one.id] }).pipe(as(clerk)))
      expect(yield* otherwise).toMatchObject({ _tag: "IdempotencyMismatch", path: "/entries/0" })
      const late = reconciliation.accept({ ...wish, key: key("late") }).pipe(as(clerk))
      expect(yield* Effect.flip(late)).toMatchObject({ _tag: "ReviewNotFound" })
      expect(yield* shown(id)).toEqual(["Entry 20.00", "Line 3.00"])
    })
  )

  trial(
    "never matches again by a rule what a person has undone",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      yield* booked("20.00", { reference: "7" })
      const { matches } = yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "20.00", reference: "7" }] })
      const [match] = matches
      if (match === undefined) throw new TypeError("the rule matches")
      const undoing = { key: key("undo"), matchId: match.id, reason: "another invoice" }
      const undone = yield* reconciliation.undo(undoing).pipe(as(clerk))
      expect(undone.undone).toMatchObject({ by: "clerk", reason: "another invoice" })
      expect(yield* reconciliation.undo(undoing).pipe(as(clerk))).toEqual(undone)
      expect(yield* reconciliation.reconcile(id).pipe(as(clerk))).toEqual([])
      expect(yield* reconciliation.reviews(id).pipe(as(clerk))).toEqual([])
      const again = reconciliation.undo({ ...undoing, key: key("again") }).pipe(as(clerk))
      expect(yield* Effect.flip(again)).toMatchObject({ _tag: "MatchUndone" })
      const missing = { key: key("missing"), matchId: yield* Id.make("rmat"), reason: "why" }
      expect(yield* Effect.flip(reconciliation.undo(missing).pipe(as(clerk)))).toMatchObject({ _tag: "MatchNotFound" })
      const { entries, lines } = match
      yield* reconciliation.match({ key: key("match"), accountId: id, lines, entries }).pipe(as(clerk))
      expect(yield* shown(id)).toEqual([])
    })
  )

  trial(
    "undoes a write-off whose entry somebody has reversed in the ledger",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "-20.00" }] })
      const [line] = yield* open(id)
      if (line?._tag !== "Line") throw new TypeError("the line is open")
      const off = { key: key("off"), accountId: id, lineId: line.id, reason: "why" }
      const match = yield* reconciliation.writeOff(off).pipe(as(officer))
      const [entryId] = match.entries
      if (entryId === undefined) throw new TypeError("a write-off has an entry")
      yield* Ledger.use((ledger) => ledger.reverse({ key: key("back"), entryId })).pipe(as(system(tenant)))
      const undoing = reconciliation.undo({ key: key("undo"), matchId: match.id, reason: "why" })
      expect(yield* Effect.flip(undoing.pipe(as(clerk)))).toMatchObject({ permission: "bank:manage" })
      yield* undoing.pipe(as(officer))
      expect(yield* shown(id)).toEqual(["Line -20.00"])
    })
  )

  trial(
    "writes off on the day of the line, but not before that day has come",
    Effect.gen(function* () {
      const { id } = yield* registered
      const reconciliation = yield* StatementReconciliation
      const days = ["2026-03-02", "2026-03-12", "2026-03-13"]
      yield* importing({ id: "S-1", opening: "0.00", lines: days.map((on) => ({ amount: "-1.00", on })) })
      const lines = (yield* open(id)).flatMap((each) => (each._tag === "Line" ? [each.id] : []))
      const matches = yield* Effect.forEach(lines, (lineId) =>
        reconciliation.writeOff({ key: key(lineId), accountId: id, lineId, reason: "why" }).pipe(as(officer))
      )
      const entries = yield* reconciliation
        .itemsOf(
          id,
          matches.flatMap((match) => match.entries)
        )
        .pipe(as(clerk))
      expect(entries.map(({ facts }) => facts.on)).toEqual(["2026-03-02", "2026-03-12", "2026-03-12"])
    })
  )

  trial(
    "refuses to write off what the ledger does not book",
    Effect.gen(function* () {
      const { id, ledgerAccountId } = yield* registered
      const reconciliation = yield* StatementReconciliation
      yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "-20.00" }, { amount: "0.00" }] })
      yield* Ledger.use((ledger) => ledger.changeAccount(ledgerAccountId, { frozen: true })).pipe(as(system(tenant)))
      const [line, zero] = (yield* open(id)).toSorted((a, b) => Number(a.amount.amount - b.amount.amount))
      if (line?._tag !== "Line" || zero?._tag !== "Line") throw new TypeError("both lines are open")
      const off = (name: string, lineId: typeof line.id) =>
        reconciliation.writeOff({ key: key(name), accountId: id, lineId, reason: "why" }).pipe(as(officer), Effect.flip)
      expect(yield* off("frozen", line.id)).toMatchObject({ _tag: "AccountUnavailable" })
      expect(yield* off("nothing", zero.id)).toMatchObject({ _tag: "NothingToWriteOff" })
      expect(yield* shown(id)).toEqual(["Line -20.00", "Line 0.00"])
    })
  )

  trial(
    "registers one account for a currency, by its number however it is written",
    Effect.gen(function* () {
      const account = yield* registered
      const reconciliation = yield* StatementReconciliation
      const register = (name: string, currency: string, number: string) =>
        reconciliation.register({ key: key(name), currency, number: Redacted.make(number) }).pipe(as(officer))
      expect(yield* register("again", "SEK", iban.toLowerCase().replaceAll(" ", "-"))).toEqual(account)
      expect(yield* Effect.flip(register("other", "SEK", "123"))).toMatchObject({
        _tag: "SettlementAccountTaken",
        accountId: account.id
      })
      expect(yield* Effect.flip(register("none", "EUR", " - "))).toMatchObject({ field: "number" })
      expect(yield* Effect.flip(register("unknown", "XQX", "123"))).toMatchObject({ field: "currency" })
      const euro = yield* register("euro", "EUR", iban)
      const all = yield* reconciliation.accounts.pipe(as(clerk))
      expect(all.map(({ currency, id }) => [currency, id])).toEqual([
        ["EUR", euro.id],
        ["SEK", account.id]
      ])
      yield* importing({ id: "S-1", opening: "0.00", lines: [{ amount: "10.00" }], currency: "EUR" })
      expect([yield* shown(euro.id), yield* shown(account.id)]).toEqual([["Line 10.00"], []])
    })
  )
})
