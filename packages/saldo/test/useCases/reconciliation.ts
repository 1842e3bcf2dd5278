/** The bank's accounts with other banks. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { BankBooks } from "saldo/banking/BankBooks"
import type { SettlementAccount } from "saldo/banking/SettlementAccount"
import type { SettlementItem } from "saldo/banking/SettlementItem"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { Ledger } from "saldo/ledger/Ledger"
import { sek } from "../banking/depositBank.ts"
import { camt053, iban, type Line } from "../banking/settlementBank.ts"
import { type Call, own, key, type UseCase } from "./everything.ts"

type Service = StatementReconciliation["Service"]

const using = <A, E, R>(call: (service: Service) => Effect.Effect<A, E, R>) => StatementReconciliation.use(call)

const register = using(({ register: call }) =>
  call({ key: key("register"), currency: "SEK", number: Redacted.make(iban) })
)

const documentOf = (...lines: ReadonlyArray<Line>): string => camt053({ id: "S-1", opening: "0.00", lines })

/** So much has come, as the ledger says it. */
const posted = (amount: string, reference: string) =>
  Effect.gen(function* () {
    const books = yield* BankBooks
    const settlement = yield* books.account("bank", "settlement", "SEK")
    const cash = yield* books.account("bank", "cash", "SEK")
    return yield* Ledger.use((ledger) =>
      ledger.post({
        key: key(`posted ${reference}`),
        postings: [
          { accountId: settlement.id, side: "debit", amount: sek(amount) },
          { accountId: cash.id, side: "credit", amount: sek(amount) }
        ],
        metadata: { reference }
      })
    )
  })

/** One line and one entry that no rule takes for the same, and two lines that may be a second entry. */
const imported = Effect.gen(function* () {
  const account = yield* register
  yield* posted("10.00", "1")
  yield* posted("20.00", "2")
  const lines = [
    { amount: "10.00", reference: "9" },
    { amount: "20.00", reference: "2" },
    { amount: "20.00", reference: "2" }
  ]
  yield* using((service) => service.import(documentOf(...lines)))
  const { items } = yield* using((service) => service.items(account.id, { state: "open" }))
  return { account, accountId: account.id, ...sidesOf(items) }
})

const sidesOf = (items: ReadonlyArray<SettlementItem>) => {
  const facts = items.map((item) => item.facts).filter(({ amount }) => amount.amount === 1000n)
  return {
    lines: facts.flatMap((item) => (item._tag === "Line" ? [item.id] : [])),
    entries: facts.flatMap((item) => (item._tag === "Entry" ? [item.id] : []))
  }
}

/** One of two lines that may be the same entry. */
const reviewed = Effect.flatMap(imported, ({ accountId }) =>
  Effect.map(
    using(({ reviews }) => reviews(accountId)),
    (all) => all.map(({ entries, id: reviewId, lines }) => ({ accountId, reviewId, lines: lines.slice(0, 1), entries }))
  )
).pipe(
  Effect.flatMap(([review]) =>
    review === undefined ? Effect.die(new RangeError("no review")) : Effect.succeed(review)
  )
)

const matched = Effect.flatMap(imported, ({ accountId, entries, lines }) =>
  using(({ match }) => match({ key: key("matched"), accountId, lines, entries }))
)

const aside = Effect.tap(imported, ({ accountId, lines }) =>
  using(({ setAside }) => setAside({ key: key("aside"), accountId, items: lines, reason: "the bank's mistake" }))
)

const onImported = (call: (service: Service, id: SettlementAccount["id"]) => Call) =>
  own(imported, ({ accountId }) => using((service) => call(service, accountId)))

export const statementReconciliation: UseCase = {
  methods: StatementReconciliation.useSync(Object.keys),
  reads: {
    accounts: own(register, () => using(({ accounts }) => accounts)),
    report: onImported(({ report }, id) => report(id)),
    statements: onImported(({ statements }, id) => statements(id)),
    items: onImported(({ items }, id) => items(id)),
    itemsOf: own(imported, ({ accountId, lines }) => using(({ itemsOf }) => itemsOf(accountId, lines))),
    reviews: onImported(({ reviews }, id) => reviews(id)),
    findMatch: own(matched, ({ id }) => using(({ findMatch }) => findMatch(id))),
    matches: own(matched, ({ accountId }) => using(({ matches }) => matches(accountId)))
  },
  writes: {
    register: own(Effect.void, () => register, { reach: "new" }),
    import: own(register, () => using((service) => service.import(documentOf({ amount: "5.00" })))),
    reconcile: own(Effect.tap(imported, posted("30.00", "3")), ({ accountId }) =>
      using(({ reconcile }) => reconcile(accountId))
    ),
    match: own(imported, ({ accountId, entries, lines }) =>
      using(({ match }) => match({ key: key("1"), accountId, lines, entries }))
    ),
    accept: own(reviewed, (review) => using(({ accept }) => accept({ key: key("1"), ...review }))),
    setAside: own(imported, ({ accountId, lines }) =>
      using(({ setAside }) => setAside({ key: key("1"), accountId, items: lines, reason: "the bank's mistake" }))
    ),
    takeBack: own(aside, ({ accountId, lines }) =>
      using(({ takeBack }) => takeBack({ key: key("1"), accountId, items: lines }))
    ),
    writeOff: own(imported, ({ accountId, lines: [lineId] }) =>
      lineId === undefined
        ? Effect.die(new RangeError("no line"))
        : using(({ writeOff }) => writeOff({ key: key("1"), accountId, lineId, reason: "the bank's mistake" }))
    ),
    undo: own(matched, ({ id }) => using(({ undo }) => undo({ key: key("1"), matchId: id, reason: "not the same" })))
  }
}
