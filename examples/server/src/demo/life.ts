/**
 * What customers do with their money, told to the bank as any transport would tell it.
 */
import * as Effect from "effect/Effect"
import { BankBooks, type BankPurpose } from "saldo/banking/BankBooks"
import type { DepositAccount } from "saldo/banking/DepositAccount"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import type { ExternalAccount } from "saldo/banking/ExternalAccount"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode } from "saldo/ledger/LedgerAccount"
import * as Money from "saldo/money/Money"
import type { LocalDate } from "saldo/time/LocalDate"
import { tenant } from "../offer.ts"
import { accounts } from "../otherBanks.ts"
import type { Arrived } from "./arrivals.ts"

const system = Actor.system(tenant)

/** An amount in kronor. */
export const kronor = (amount: number): Money.Money<"SEK"> => Money.fromMinor(BigInt(amount) * 100n, "SEK")

/** An amount in öre. */
export const ore = (amount: number): Money.Money<"SEK"> => Money.fromMinor(BigInt(amount), "SEK")

let told = 0

/** A key that no other command of the story has. */
const nextKey = () => CommandKey.make(`story act ${(told += 1)}`)

const own = (purpose: BankPurpose) => Effect.flatMap(BankBooks, (books) => books.account(tenant, purpose, "SEK"))

/** Where card purchases are owed to the shops' bank until it asks for them. */
export const openCards = Effect.flatMap(Ledger, (ledger) =>
  ledger.openAccount({
    code: AccountCode.make("bank.cards.SEK"),
    type: "liability",
    name: "Card purchases owed (SEK)",
    currency: "SEK"
  })
).pipe(Actor.as(system), Effect.orDie)

/** Money that comes from another bank. */
export const receive = Effect.fnUntraced(
  function* (to: DepositAccount, amount: Money.Money, description: string) {
    const [ledger, settlement] = [yield* Ledger, yield* own("settlement")]
    yield* ledger.post({
      key: nextKey(),
      postings: [
        { accountId: settlement.id, side: "debit", amount },
        { accountId: to.ledgerAccountId, side: "credit", amount }
      ],
      code: "incoming",
      description
    })
  },
  Effect.orDie,
  Actor.as(system)
)

/** A purchase by card, which sets money aside, unless there is too little. */
export const buy = Effect.fnUntraced(
  function* (cards: Id.Id<"acct">, from: DepositAccount, amount: Money.Money, shop: string) {
    const ledger = yield* Ledger
    const holdId: HoldId = yield* Id.make("hold")
    const placed = ledger.placeHold({
      key: nextKey(),
      holdId,
      debit: from.ledgerAccountId,
      credit: cards,
      amount,
      expiresAfterMs: 10 * 86_400_000,
      code: "card",
      description: shop
    })
    return yield* placed.pipe(
      Effect.as<HoldId | null>(holdId),
      Effect.catchTag("InsufficientFunds", () => Effect.succeed(null))
    )
  },
  Effect.orDie,
  Actor.as(system)
)

/** The shop asks for what was set aside. */
export const capture = Effect.fnUntraced(
  function* (holdId: HoldId, shop: string) {
    const ledger = yield* Ledger
    yield* ledger.capture({ key: nextKey(), holdId, code: "card", description: shop })
  },
  Effect.orDie,
  Actor.as(system)
)

/** Money between two accounts of one customer, unless there is too little. */
export const transfer = (
  { identity }: Arrived,
  from: DepositAccount,
  to: DepositAccount,
  amount: Money.Money,
  description: string
) =>
  DepositTransactions.use((transactions) =>
    transactions.transfer({ key: nextKey(), from: from.id, to: to.id, amount, description })
  ).pipe(
    Effect.asVoid,
    Effect.catchTag("InsufficientFunds", () => Effect.void),
    Effect.orDie,
    Actor.as(identity)
  )

/** What is paid to whom. */
export interface Bill {
  readonly to: string
  readonly account: ExternalAccount
  readonly amount: Money.Money
  readonly text: string
  readonly on?: LocalDate
}

/** A payment to another bank, unless there is too little. */
export const pay = ({ daily, identity }: Arrived, { account, amount, on, text, to }: Bill) =>
  Payments.use((payments) =>
    payments.create({
      key: nextKey(),
      accountId: daily.id,
      amount,
      creditor: { name: to, account },
      message: { _tag: "Text", text },
      ...(on === undefined ? {} : { executeOn: on })
    })
  ).pipe(
    Effect.asVoid,
    Effect.catchTag("InsufficientFunds", () => Effect.void),
    Effect.orDie,
    Actor.as(identity)
  )

/** The rent, by a standing order for the 28th of each month. */
export const payRent = ({ daily, identity, person }: Arrived, startOn: LocalDate) =>
  PaymentPlans.use((plans) =>
    plans.create({
      key: nextKey(),
      accountId: daily.id,
      amount: kronor(person.rent),
      creditor: { name: "Hyresbostäder i Älvstad", account: accounts.landlord },
      message: { _tag: "Text", text: "Hyra" },
      schedule: {
        startOn,
        recurrence: { kind: "months", every: 1, day: 28 },
        ends: { kind: "never" },
        adjustment: "unadjusted",
        skipped: [],
        pauses: []
      }
    })
  ).pipe(Effect.asVoid, Effect.orDie, Actor.as(identity))
