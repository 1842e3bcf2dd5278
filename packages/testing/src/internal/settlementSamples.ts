/**
 * Accounts, lines, entries and matches for the checks of a `ReconciliationStore`.
 */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import { SettlementAccount, SettlementStatement } from "saldo/banking/SettlementAccount"
import {
  type BookEntryItem,
  type ItemFacts,
  SettlementItem,
  type StatementLineItem
} from "saldo/banking/SettlementItem"
import { SettlementMatch, SettlementReview } from "saldo/banking/SettlementMatch"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type * as Page from "saldo/core/Page"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { checksOf } from "../Check.ts"

/** The methods of the port. */
export type Store = ReconciliationStore["Service"]

/** A store under test. */
export interface Subject {
  readonly store: Store
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
}

/** Makes a check of a `ReconciliationStore`. */
export const check = checksOf<Subject, ReconciliationStore | Atomic>(
  Effect.gen(function* () {
    const store = yield* ReconciliationStore
    const atomic = yield* Atomic
    return { store, atomic, tenant: `bank ${yield* Id.make("tenant")}` }
  })
)

/** A day. */
export const march = LocalDate.of("2026-03-01")
/** An instant with milliseconds. */
export const noon = DateTime.makeUnsafe(1_772_366_400_123)
/** Kronor in öre. */
export const sek = (minor: bigint) => Money.fromMinor(minor, "SEK")

/** As text, in which what is redacted is seen, so that nothing hidden can get lost. */
const textOf = <A>(schema: Schema.Codec<A, unknown>) => {
  const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(schema)))
  return (value: A): string => encode(value)
}
/** An account as text. */
export const accountText = textOf(SettlementAccount)
/** A statement as text. */
export const statementText = textOf(SettlementStatement)
/** An item as text. */
export const itemText = textOf(SettlementItem)
/** A match as text. */
export const matchText = textOf(SettlementMatch)
/** A review as text. */
export const reviewText = textOf(SettlementReview)

/** An account that is not there yet. */
export const accountOf = Effect.fnUntraced(function* (tenant: string, more: Partial<SettlementAccount> = {}) {
  const account: SettlementAccount = {
    id: yield* Id.make("nostro"),
    tenant,
    currency: "SEK",
    ledgerAccountId: yield* Id.make("acct"),
    number: Redacted.make("SE4550000000058398257466", { label: "account number" }),
    registeredAt: noon,
    statements: 0,
    last: null,
    taken: null,
    ...more
  }
  return account
})

/** An account that is there. */
export const added = ({ store, tenant }: Subject, more: Partial<SettlementAccount> = {}) =>
  Effect.tap(accountOf(tenant, more), (account) => store.insertAccount(account))

/** A line of which every part is easily lost. */
export const lineOf = Effect.fnUntraced(function* (account: SettlementAccount, more: Partial<StatementLineItem> = {}) {
  const line: StatementLineItem = {
    _tag: "Line",
    id: yield* Id.make("line"),
    tenant: account.tenant,
    accountId: account.id,
    amount: sek(-9_007_199_254_740_993n),
    on: march,
    reference: "12 3067",
    endToEndId: "E2E/7 🏦",
    counterparty: Redacted.make("Björkens Bageri AB", { label: "name" }),
    statementId: yield* Id.make("stmt"),
    position: 3,
    valueOn: LocalDate.of("2026-03-02"),
    counterpartyAccount: Redacted.make("50501055", { label: "account number" }),
    message: Redacted.make("Faktura 118\nrest", { label: "message" }),
    servicerReference: "5490990000123",
    transactionCode: "PMNT/RCDT/DMCT",
    parts: [
      { endToEndId: "A", amount: sek(-9_007_199_254_740_992n) },
      { endToEndId: null, amount: sek(-1n) }
    ],
    ...more
  }
  return line
})

/** An entry of which every part is easily lost. */
export const entryOf = Effect.fnUntraced(function* (account: SettlementAccount, more: Partial<BookEntryItem> = {}) {
  const entry: BookEntryItem = {
    _tag: "Entry",
    id: yield* Id.make("entry"),
    tenant: account.tenant,
    accountId: account.id,
    amount: sek(1n),
    on: march,
    reference: null,
    endToEndId: null,
    counterparty: null,
    sequence: 12,
    code: "payment",
    reverses: yield* Id.make("entry"),
    paymentId: yield* Id.make("pay"),
    ...more
  }
  return entry
})

/** A match of which every part is easily lost. */
export const matchOf = Effect.fnUntraced(function* (
  account: SettlementAccount,
  lines: ReadonlyArray<StatementLineItem>,
  entries: ReadonlyArray<BookEntryItem>
) {
  const match: SettlementMatch = {
    id: yield* Id.make("rmat"),
    tenant: account.tenant,
    accountId: account.id,
    rule: "counterpartySum",
    lines: lines.map(({ id }) => id),
    entries: entries.map(({ id }) => id),
    agreed: ["amount", "counterparty"],
    differed: ["date"],
    score: 81,
    byPerson: true,
    comment: "Talked to Bo",
    madeBy: "officer",
    madeAt: noon,
    undone: null
  }
  return match
})

/** A match that was undone. */
export const undoneOf = (match: SettlementMatch): SettlementMatch => ({
  ...match,
  undone: { by: "second", at: noon, reason: "another invoice" }
})

/** Items as texts. */
export const texts = (items: ReadonlyArray<SettlementItem>) => items.map((item) => itemText(item))

/** An item as it stands at first. */
export const open = (facts: ItemFacts): SettlementItem => ({
  facts,
  state: "open",
  matchId: null,
  aside: null,
  automatic: true
})

/** How an item stands; null when it is not there. */
export const stands = Effect.fnUntraced(function* ({ store }: Subject, { accountId, id, tenant }: ItemFacts) {
  const [item, ...others] = yield* store.findItems(tenant, accountId, [id])
  expect(others).toEqual([])
  return item === undefined ? null : { state: item.state, matchId: item.matchId, automatic: item.automatic }
})

/** All items of a list, page by page. */
export const allPages = Effect.fnUntraced(function* <A, E>(
  list: (page: Page.PageRequest) => Effect.Effect<Page.Page<A>, E>
) {
  const items: Array<A> = []
  let page = yield* list({ limit: 2 })
  for (;;) {
    items.push(...page.items)
    if (page.next === null) return items
    page = yield* list({ limit: 2, cursor: page.next })
  }
})
