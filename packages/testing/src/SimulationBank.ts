/**
 * The bank that a simulation runs: accounts, transfers with a fee, holds, payments over a rail and interest, on a ledger.
 * It keeps nothing in memory that it needs, so it can go down anywhere.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AccrualState } from "saldo/banking/AccrualState"
import { accrue, start } from "saldo/banking/interestAccrual"
import type { InterestTerms } from "saldo/banking/InterestTerms"
import type { Actor } from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import type { HoldId } from "saldo/ledger/Hold"
import type { CommitFailure, Ledger } from "saldo/ledger/Ledger"
import type { AccountId } from "saldo/ledger/LedgerAccount"
import type { Operation, Posting } from "saldo/ledger/LedgerCommand"
import * as Money from "saldo/money/Money"
import type { LocalDate } from "saldo/time/LocalDate"

/** What a rail says of a payment. */
export interface RailEvent {
  readonly holdId: HoldId
  readonly word: "settled" | "failed" | "returned"
  /** How often this was said before. */
  readonly repeated: number
}

/** Where payments leave the bank. A payment that is sent twice is two payments; an answer may be lost. */
export interface Rail {
  readonly send: (holdId: HoldId) => Effect.Effect<void>
  readonly knows: (holdId: HoldId) => Effect.Effect<boolean>
}

/** The accounts of the bank, each customer's with the one for interest that is not paid yet. */
export interface BankAccounts {
  readonly cash: AccountId
  readonly settlement: AccountId
  readonly fees: AccountId
  readonly interest: AccountId
  readonly customers: ReadonlyArray<{ readonly account: AccountId; readonly accrued: AccountId }>
}

/** What the bank is made of. */
export interface BankParts {
  readonly ledger: Ledger["Service"]
  readonly atomic: Atomic["Service"]
  readonly rail: Rail
  readonly accounts: BankAccounts
  readonly transferFee: bigint
  readonly terms: InterestTerms
}

type Done = Effect.Effect<void, CommitFailure, Actor>

/** An order by its key: however often it is given, it is carried out once. */
interface Order {
  readonly key: string
  readonly amount: bigint
}

/** A bank that can be simulated. It is made anew whenever it has gone down, and given the order again that was under way. */
export interface Bank {
  readonly deposit: (order: Order & { readonly account: AccountId }) => Done
  readonly withdraw: (order: Order & { readonly account: AccountId }) => Done
  readonly transfer: (order: Order & { readonly from: AccountId; readonly to: AccountId }) => Done
  readonly reserve: (
    order: Order & {
      readonly holdId: HoldId
      readonly from: AccountId
      readonly to: AccountId
      readonly expiresAfterMs: number
    }
  ) => Done
  readonly capture: (order: Order & { readonly holdId: HoldId }) => Done
  readonly release: (order: { readonly key: string; readonly holdId: HoldId }) => Done
  readonly pay: (order: Order & { readonly holdId: HoldId; readonly account: AccountId }) => Done
  readonly hear: (event: RailEvent) => Done
  readonly endOfDay: (date: LocalDate) => Effect.Effect<void, unknown, Actor>
}

const sek = (amount: bigint) => Money.fromMinor(amount, "SEK")

/** Money from one account to another. */
export const moving = (from: AccountId, to: AccountId, amount: bigint): Operation => ({
  _tag: "Post",
  postings: [
    { accountId: from, side: "debit", amount: sek(amount) },
    { accountId: to, side: "credit", amount: sek(amount) }
  ]
})

const StateText = Schema.fromJsonString(AccrualState)
const stateNames = ["interest.a", "interest.b", "interest.c"] as const
// Metadata has room for 500 characters by each name.
const partLength = 450

/** Accrues a day of a customer's interest, books it, and pays what is due; together with how far it has got. */
const accrueFor = Effect.fnUntraced(function* (
  { accounts, ledger, terms }: BankParts,
  { account, accrued }: BankAccounts["customers"][number],
  date: LocalDate
) {
  const { metadata } = yield* ledger.account(accrued)
  const text = stateNames.map((name) => metadata[name] ?? "").join("")
  const state = text === "" ? start(date) : yield* Schema.decodeEffect(StateText)(text)
  if (state.nextOn > date) return
  const { balance } = yield* ledger.balance(account, { valueOn: date })
  const own = sek(balance.amount - state.credit.posted)
  const { days, postings, ...after } = yield* Effect.fromResult(
    accrue({ terms, state, balances: [{ on: state.nextOn, balance: own }], through: date })
  )
  const operations = [
    ...postings.map(({ amount }) => moving(accrued, account, amount.amount)),
    ...days
      .filter(({ booked }) => booked.amount > 0n)
      .map(({ booked }) => moving(accounts.interest, accrued, booked.amount))
  ]
  if (operations.length > 0) yield* ledger.commit({ key: CommandKey.make(`interest ${account} ${date}`), operations })
  const next = yield* Schema.encodeEffect(StateText)(after.state)
  yield* ledger.changeAccount(accrued, {
    metadata: Object.fromEntries(
      stateNames.map((name, index) => [name, next.slice(index * partLength, (index + 1) * partLength)])
    )
  })
})

/** Ends what is overdue. The ledger's sweep leaves what it could not end to the next one, so it goes on until none is left. */
const sweep = Effect.fnUntraced(function* (ledger: Ledger["Service"]) {
  const now = yield* Clock.currentTimeMillis
  const overdue = Effect.map(ledger.holds({ state: "held" }, { limit: 500 }), ({ items }) =>
    items.some(({ expiresAt }) => expiresAt !== null && expiresAt.epochMilliseconds <= now)
  )
  while (yield* overdue) yield* ledger.expireHolds()
})

/** The reference bank. */
export const makeBank = (parts: BankParts): Bank => {
  const { accounts, atomic, ledger, rail, transferFee } = parts
  const commit = (key: string, ...operations: ReadonlyArray<Operation>): Done =>
    Effect.asVoid(ledger.commit({ key: CommandKey.make(key), operations }))

  const transfer: Bank["transfer"] = ({ amount, from, key, to }) => {
    const postings: ReadonlyArray<Posting> = [
      { accountId: from, side: "debit", amount: sek(amount + transferFee) },
      { accountId: to, side: "credit", amount: sek(amount) },
      { accountId: accounts.fees, side: "credit", amount: sek(transferFee) }
    ]
    return commit(key, { _tag: "Post", postings })
  }

  const pay: Bank["pay"] = Effect.fnUntraced(function* ({ account, amount, holdId, key }) {
    yield* commit(key, {
      _tag: "PlaceHold",
      holdId,
      debit: account,
      credit: accounts.settlement,
      amount: sek(amount)
    })
    // Whoever does not know whether it was sent asks, and never sends again blindly.
    if (!(yield* rail.knows(holdId))) yield* rail.send(holdId)
  })

  const hear: Bank["hear"] = Effect.fnUntraced(function* ({ holdId, word }) {
    const key = `${word} ${holdId}`
    if (word === "settled") return yield* commit(key, { _tag: "Capture", holdId })
    if (word === "failed") return yield* commit(key, { _tag: "VoidHold", holdId })
    const { amount, debit } = yield* ledger.hold(holdId)
    yield* commit(key, moving(accounts.settlement, debit, amount.amount))
  })

  return {
    deposit: ({ account, amount, key }) => commit(key, moving(accounts.cash, account, amount)),
    withdraw: ({ account, amount, key }) => commit(key, moving(account, accounts.cash, amount)),
    transfer,
    reserve: ({ amount, expiresAfterMs, from, holdId, key, to }) =>
      commit(key, { _tag: "PlaceHold", holdId, debit: from, credit: to, amount: sek(amount), expiresAfterMs }),
    capture: ({ amount, holdId, key }) => commit(key, { _tag: "Capture", holdId, amount: sek(amount) }),
    release: ({ holdId, key }) => commit(key, { _tag: "VoidHold", holdId }),
    pay,
    hear,
    endOfDay: (date) =>
      Effect.andThen(
        sweep(ledger),
        Effect.forEach(accounts.customers, (customer) => atomic.run(accrueFor(parts, customer, date)), {
          discard: true
        })
      )
  }
}
