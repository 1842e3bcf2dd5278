/**
 * The orders that the checks of `PaymentOrderStore` work on.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { StoredPaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { StrayEvent } from "saldo/banking/RailEvent"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { checksOf } from "../Check.ts"

/** What one run of one check works on. */
export interface Subject {
  readonly store: PaymentOrderStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
  /** A rail of this run of this check. */
  readonly rail: string
}

/** Makes one check of the suite. */
export const check = checksOf<Subject, PaymentOrderStore | Atomic>(
  Effect.gen(function* () {
    const store = yield* PaymentOrderStore
    const atomic = yield* Atomic
    const name = yield* Id.make("run")
    return { store, atomic, tenant: `bank ${name}`, rail: `rail-${name}` }
  })
)

/** More than any check keeps, on a database that other checks and runs have written to. */
export const everything = 100_000
/** The instant at which everything in these checks begins. */
export const noon = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
/** So many hours after noon. */
export const later = (hours: number) => DateTime.add(noon, { hours })
/** A calendar date. */
export const day = (text: string) => LocalDate.of(text)
/** The day of noon. */
export const march = day("2026-03-10")

/** An order that is kept nowhere yet. */
export const orderOf = Effect.fnUntraced(function* (
  { tenant }: Pick<Subject, "tenant">,
  given: Partial<StoredPaymentOrder> = {}
) {
  const id = yield* Id.make("pay")
  const order: StoredPaymentOrder = {
    id,
    tenant,
    customerId: yield* Id.make("cust"),
    ledgerAccountId: yield* Id.make("acct"),
    accountId: yield* Id.make("dep"),
    amount: Money.of("250.00", "SEK"),
    executeOn: march,
    endToEndId: `e2e ${id}`,
    uetr: "00000000-0000-4000-8000-000000000000",
    state: "approved",
    status: null,
    reason: null,
    dispute: null,
    approvalId: null,
    holdId: null,
    returned: null,
    plan: null,
    createdBy: "anna",
    createdAt: noon,
    attempts: 0,
    sentAt: null,
    askAt: null,
    changedAt: noon,
    version: 1,
    sealed: "v1.Qm8gRWs",
    ...given
  }
  return order
})

/** An order that is kept. */
export const added = (subject: Pick<Subject, "store" | "tenant">, given: Partial<StoredPaymentOrder> = {}) =>
  Effect.tap(orderOf(subject, given), subject.store.insert)

/** An order as text. */
export const encode = Schema.encodeSync(Schema.fromJsonString(Schema.toCodecJson(StoredPaymentOrder)))

/** Every part of an order as text: `toEqual` does not look into what is redacted. */
export const textOf = (found: Option.Option<StoredPaymentOrder>): string | null =>
  Option.getOrNull(Option.map(found, encode))

/** A change in which every part that may change has a value that is easily lost. */
export const moved = Effect.fnUntraced(function* (order: StoredPaymentOrder) {
  const after: StoredPaymentOrder = {
    ...order,
    state: "returned",
    status: "ACSC",
    reason: "AC04 – “stängt” 'konto' \\ \u{1F4B8}\n\u0000",
    dispute: "Sagt två gånger",
    approvalId: yield* Id.make("appr"),
    holdId: yield* Id.make("hold"),
    returned: { returnId: "återbetalning ☂", amount: Money.fromMinor(1n, order.amount.currency), reason: "AC04" },
    attempts: 2 ** 31 - 1,
    sentAt: DateTime.makeUnsafe(1),
    askAt: DateTime.makeUnsafe(253_402_300_799_999),
    changedAt: later(1),
    version: order.version + 1
  }
  return after
})

/** An event about nothing that is known. */
export const strayOf = ({ rail }: Subject, eventId: string, given: Partial<StrayEvent> = {}): StrayEvent => ({
  rail,
  eventId,
  endToEndId: `of ${eventId}`,
  receivedAt: noon,
  ...given
})
