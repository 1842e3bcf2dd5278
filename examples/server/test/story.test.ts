import * as NodeServices from "@effect/platform-node/NodeServices"
import { sqlite } from "@saldo/sqlite/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, describe, expect, it } from "vitest"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { Payments } from "saldo/banking/Payments"
import * as Actor from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import * as LocalDate from "saldo/time/LocalDate"
import * as bank from "../src/bank.ts"
import { mails } from "../src/demo/arrivals.ts"
import { StoryClock } from "../src/demo/StoryClock.ts"
import { tellStory } from "../src/demo/story.ts"
import { tenant } from "../src/offer.ts"
import { makeFolder } from "./server.ts"

const { path, remove } = makeFolder()
afterAll(remove)

/** Tells the story up to noon of a day to a bank of its own, and gives what came of it. */
const told = (name: string, day: string) =>
  Effect.gen(function* () {
    yield* Effect.provide(tellStory, mails)
    const [ledger, accounts, payments] = [yield* Ledger, yield* DepositAccounts, yield* Payments]
    const books = yield* ledger.trialBalance()
    const { items } = yield* accounts.list({}, { limit: 100 })
    const orders = yield* payments.list({}, { limit: 500 })
    return {
      balanced: books.balanced,
      lines: books.lines.map(({ account, credit, debit }) => `${account.code} ${String(debit)} ${String(credit)}`),
      accounts: items.map(({ id, openedOn }) => `${id} ${openedOn}`),
      orders: orders.items.map(({ amount, executeOn, state }) => `${executeOn} ${state} ${String(amount)}`),
      findings: (yield* ledger.verify).findings,
      trail: yield* AuditTrail.use((trail) => trail.verify(tenant))
    }
  }).pipe(
    Actor.as(Actor.system(tenant)),
    Effect.provide(
      Layer.fresh(bank.layer(sqlite({ filename: path(name), synchronous: "normal" }), path(`${name}.keys`)))
    ),
    Effect.provideService(
      Clock.Clock,
      new StoryClock(LocalDate.toEpochDay(LocalDate.of(day)) * 86_400_000 + 43_200_000).clock
    ),
    Effect.provide(NodeServices.layer),
    Effect.runPromise
  )

const settings = { timeout: 120_000 }

describe("the story", () => {
  it("is the same for the same day, and can be told on the last of a leap month, too", settings, async () => {
    const first = await told("first.sqlite", "2026-03-10")
    const again = await told("again.sqlite", "2026-03-10")
    expect({ ...again, trail: null }).toEqual({ ...first, trail: null })
    const leap = await told("leap.sqlite", "2028-02-29")
    expect(leap.accounts).not.toEqual(first.accounts)
    for (const { balanced, findings, orders, trail } of [first, again, leap]) {
      expect({ balanced, findings, trail: trail._tag }).toEqual({ balanced: true, findings: [], trail: "Intact" })
      const states = orders.map((order) => order.split(" ")[1])
      for (const state of ["created", "approved", "settled", "failed", "returned"]) expect(states).toContain(state)
    }
  })
})
