/**
 * Ordering payments: what is checked before an order is there, and what customers and those who approve do to it.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { Actor } from "../../core/Actor.ts"
import { sha256 } from "../../core/sha256.ts"
import * as Id from "../../core/Id.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import type { Approvals } from "../Approvals.ts"
import { reaches } from "../BankAccess.ts"
import type { BankCalendar } from "../BankCalendar.ts"
import { startOf } from "../calendarPeriods.ts"
import { type ExternalAccount, numberOf } from "../ExternalAccount.ts"
import type { PaymentAccount, PaymentAccounts } from "../PaymentAccounts.ts"
import { executionDay } from "../paymentDays.ts"
import type { PaymentLimit } from "../PaymentLimit.ts"
import { type CountedPayment, evaluate } from "../paymentLimits.ts"
import type { PaymentDraft, PaymentOrder, PaymentTerms } from "../PaymentOrder.ts"
import type { PaymentOrderStore } from "../PaymentOrderStore.ts"
import { needsApproval, type PaymentPolicy, reservesNow } from "../PaymentPolicy.ts"
import { PayerNotFound, PayerUnavailable, PaymentTermsInvalid } from "../PaymentRefusal.ts"
import { referenceOf, uetrOf, type PaymentWrites } from "./paymentWrites.ts"
import type { SealedOrders } from "./sealedPayments.ts"

/** What ordering a payment takes. */
export interface Ordering {
  readonly accounts: PaymentAccounts["Service"]
  readonly approvals: Approvals["Service"]
  readonly calendar: BankCalendar["Service"]
  readonly orders: SealedOrders
  readonly policy: PaymentPolicy
  readonly store: PaymentOrderStore["Service"]
  readonly writes: PaymentWrites
}

const counterpartyOf = (account: ExternalAccount): string => sha256(`${account._tag} ${numberOf(account)}`)

const counted = ({ amount, executeOn }: Omit<PaymentTerms, "creditor">, counterparty: string): CountedPayment => ({
  on: executeOn,
  amount,
  counterparty,
  kind: "payment"
})

const countedByPayee = (terms: PaymentTerms): CountedPayment => counted(terms, counterpartyOf(terms.creditor.account))

/** The first day of the longest period that a limit counts together with a day. */
const countedFrom = (limits: ReadonlyArray<PaymentLimit>, on: LocalDate.LocalDate): LocalDate.LocalDate =>
  limits
    .map(({ window }) => (window === "payment" ? on : startOf(window, on)))
    .reduce((earliest, each) => LocalDate.min(earliest, each), on)

/** Functions that make orders. Each is part of the caller's transaction. */
export const makeOrdering = ({ accounts, approvals, calendar, orders, policy, store, writes }: Ordering) => {
  const reachable = (look: PaymentAccounts["Service"]["find"]) =>
    Effect.fnUntraced(function* (accountId: PaymentOrder["accountId"]) {
      const actor = yield* Actor
      const found = yield* look(actor.tenant, accountId)
      return Option.isSome(found) && reaches(actor, found.value.customerId)
        ? found.value
        : yield* new PayerNotFound({ accountId })
    })
  const payerOf = reachable(accounts.find)
  const lockedPayer = reachable(accounts.lock)

  const wrong = (field: string, problem: string) => new PaymentTermsInvalid({ field, problem })

  /** The terms with the day on which the payment is executed, or what is wrong with them. */
  const check = Effect.fnUntraced(function* (terms: PaymentTerms, payer: PaymentAccount) {
    const { amount, executeOn } = terms
    if (!payer.usable) return yield* new PayerUnavailable({ accountId: terms.accountId })
    if (amount.amount <= 0n) return yield* wrong("amount", "expected one above zero")
    if (amount.currency !== payer.currency) return yield* wrong("amount", `expected one in ${payer.currency}`)
    const today = yield* calendar.today
    if (executeOn < today) return yield* wrong("executeOn", `expected today, ${today}, or a later day`)
    const day = executionDay(policy.businessDays, executeOn)
    return Result.isSuccess(day) ? { ...terms, executeOn: day.success } : yield* wrong("executeOn", day.failure)
  })

  /** The payments before these that limits count; whom they pay is opened only where a limit counts by that. */
  const historyOf = Effect.fnUntraced(function* (
    limits: ReadonlyArray<PaymentLimit>,
    tenant: string,
    { accountId, executeOn }: PaymentTerms
  ) {
    if (limits.every(({ window }) => window === "payment")) return []
    const from = countedFrom(limits, executeOn)
    return limits.some(({ perCounterparty }) => perCounterparty)
      ? (yield* orders.counted(tenant, accountId, from)).map(countedByPayee)
      : (yield* store.counted(tenant, accountId, from)).map((order) => counted(order, "anybody"))
  })

  const keepLimits = Effect.fnUntraced(function* (tenant: string, terms: PaymentTerms) {
    const { currency } = terms.amount
    const limits = policy.limits.filter(
      ({ measure }) => measure.kind === "count" || measure.maximum.currency === currency
    )
    if (limits.length === 0) return
    const history = yield* historyOf(limits, tenant, terms)
    yield* Effect.fromResult(evaluate(limits, countedByPayee(terms), history)).pipe(
      // An account has one currency, and the amount has been checked.
      Effect.catchTag("PaymentNotComparable", (problem) => Effect.die(problem))
    )
  })

  /** Creates an order; nobody else decides about the same payer meanwhile. */
  const create = Effect.fnUntraced(function* ({ consented, createdBy, plan, terms: wished }: PaymentDraft) {
    const { tenant } = yield* Actor
    const payer = yield* lockedPayer(wished.accountId)
    yield* store.lockPayer(tenant, wished.accountId)
    const terms = yield* check(wished, payer)
    yield* keepLimits(tenant, terms)
    const reserving = reservesNow(policy, { executeOn: terms.executeOn, plan }, yield* calendar.today)
    const id = yield* Id.make("pay")
    const now = yield* DateTime.now
    const mustWait = !consented && needsApproval(policy, terms.amount)
    const approval = mustWait
      ? yield* approvals.request({
          subject: { type: "payment", id },
          within: policy.approvalWithin,
          requestedBy: createdBy
        })
      : null
    return yield* writes.create({
      id,
      tenant,
      customerId: payer.customerId,
      ledgerAccountId: payer.ledgerAccountId,
      ...terms,
      endToEndId: referenceOf(id),
      uetr: uetrOf(id),
      state: mustWait ? "created" : "approved",
      status: null,
      reason: null,
      dispute: null,
      approvalId: approval?.id ?? null,
      holdId: mustWait || !reserving ? null : yield* Id.make("hold"),
      returned: null,
      plan,
      createdBy,
      createdAt: now,
      attempts: 0,
      sentAt: null,
      askAt: null,
      changedAt: now,
      version: 1
    })
  })

  return { create, payerOf }
}
