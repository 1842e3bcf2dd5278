/**
 * Everything that passes between us and a rail. A record that an order is being sent is committed before the rail is called,
 * so that after a crash the order counts as sent with an unknown outcome, and the rail is asked before anything else.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { asSystem } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { LocalDate } from "../../time/LocalDate.ts"
import type { BankCalendar } from "../BankCalendar.ts"
import type { PaymentAccounts } from "../PaymentAccounts.ts"
import { isExecutionDay } from "../paymentDays.ts"
import type { PaymentOrder, PaymentOrderFacts, PaymentOrderId } from "../PaymentOrder.ts"
import type { OrderKey, PaymentOrderStore } from "../PaymentOrderStore.ts"
import type { PaymentPolicy } from "../PaymentPolicy.ts"
import type { PaymentRail } from "../PaymentRail.ts"
import * as Moves from "../paymentMoves.ts"
import type { RailEvent, RailReport } from "../RailEvent.ts"
import type { PaymentWrites } from "./paymentWrites.ts"

/** What traffic with a rail takes. */
export interface Traffic {
  readonly accounts: PaymentAccounts["Service"]
  readonly atomic: Atomic["Service"]
  readonly calendar: BankCalendar["Service"]
  readonly policy: PaymentPolicy
  readonly rail: PaymentRail["Service"]
  readonly store: PaymentOrderStore["Service"]
  readonly writes: PaymentWrites
}

const later = (at: DateTime.Utc, by: Duration.Input): DateTime.Utc =>
  DateTime.add(at, { milliseconds: Duration.toMillis(by) })

const instructionOf = ({ amount, creditor, endToEndId, message, uetr }: PaymentOrder) => ({
  endToEndId,
  uetr,
  amount,
  creditor,
  ...(message === undefined ? {} : { message })
})

/** Transaction forbidden, in the words of ISO 20022. */
const forbidden = "AG01"

const isOpen = ({ state }: PaymentOrderFacts): boolean => state === "sent" || state === "held"

/** What is done with a rail. Nothing of it may run inside a transaction. */
export const makeTraffic = ({ accounts, atomic, calendar, policy, rail, store, writes }: Traffic) => {
  const { askEvery, businessDays, handover = "rail", retryFunds = "1 hour" } = policy

  /** Changes an order that is locked; `change` may leave it as it is. */
  const changing = (
    { id, tenant }: OrderKey,
    action: `banking.${string}`,
    change: (order: PaymentOrder, now: DateTime.Utc) => Moves.Moved | undefined
  ) =>
    atomic
      .runLocking(
        Effect.gen(function* () {
          const order = yield* writes.locked(tenant, id)
          if (order === undefined) return undefined
          const moved = change(order, yield* DateTime.now)
          return moved === undefined ? undefined : yield* writes.write(action, order, moved)
        })
      )
      .pipe(asSystem(tenant))

  const heard = (key: OrderKey, { reason, status }: RailReport) =>
    changing(key, "banking.report-payment", (order, now) =>
      Moves.report(order, status, reason, now, later(now, askEvery))
    )

  /** Hands over an order that is recorded as sent. Whatever goes wrong here, the outcome is asked for later. */
  const handOver = Effect.fnUntraced(function* (order: PaymentOrder) {
    const answer = yield* Effect.result(rail.send(instructionOf(order)))
    if (Result.isSuccess(answer)) yield* heard(order, answer.success)
    else yield* Effect.logWarning(`The outcome of the payment ${order.id} is not known yet`, answer.failure.message)
  })

  /** Whether anything is sent today: not on days on which payments are not executed, nor where they leave in files. */
  const isSending = Effect.fnUntraced(function* () {
    const open = isExecutionDay(businessDays, yield* calendar.today)
    if (Result.isFailure(open)) return yield* Effect.die(new RangeError(open.failure))
    return open.success && handover === "rail"
  })

  /** What is to be sent now. */
  const due = Effect.fnUntraced(function* (limit: number) {
    return (yield* isSending()) ? yield* store.due(yield* calendar.today, limit) : []
  })

  const mayPay = Effect.fnUntraced(function* (key: OrderKey) {
    const order = yield* store.find(key.tenant, key.id)
    if (Option.isNone(order)) return false
    return Option.exists(yield* accounts.find(key.tenant, order.value.accountId), ({ usable }) => usable)
  })

  /** Money is lacking on the day of execution: it is looked for again until the day is over. */
  const lack = Effect.fnUntraced(function* (order: PaymentOrder, reason: string, today: LocalDate) {
    const now = yield* DateTime.now
    const [action, moved] =
      order.executeOn < today
        ? (["banking.fail-payment", Moves.fail(order, reason, now)] as const)
        : (["banking.postpone-payment", Moves.waitForFunds(order, now, later(now, retryFunds))] as const)
    yield* writes.write(action, order, yield* Effect.orDie(Effect.fromResult(moved)))
    return undefined
  })

  /** Takes an order to be handed over, with its money set aside; undefined when it is not to be, or cannot be now. */
  const claim = ({ id, tenant }: OrderKey, isDue: (order: PaymentOrder) => boolean, today: LocalDate) =>
    atomic
      .runLocking(
        Effect.gen(function* () {
          const order = yield* writes.locked(tenant, id)
          if (order === undefined || !isDue(order)) return undefined
          const reserved = yield* Effect.result(atomic.run(writes.reserve(order)))
          if (Result.isFailure(reserved)) {
            return yield* lack(order, reserved.failure._tag === "InsufficientFunds" ? "AM04" : "AC06", today)
          }
          const now = yield* DateTime.now
          const moved = Moves.send(reserved.success, now, later(now, rail.inTransit))
          return yield* writes.write(
            "banking.send-payment",
            reserved.success,
            yield* Effect.orDie(Effect.fromResult(moved))
          )
        })
      )
      .pipe(asSystem(tenant))

  const dispatch = Effect.fn("Payments.dispatch")(function* (key: OrderKey) {
    const today = yield* calendar.today
    const isDue = (order: PaymentOrder) => order.state === "approved" && order.executeOn <= today
    // Its account was blocked, or its customer restricted, since it was approved.
    if (!(yield* mayPay(key))) {
      yield* changing(key, "banking.refuse-payment", (order, now) =>
        isDue(order) ? Result.getOrUndefined(Moves.cancel(order, forbidden, now)) : undefined
      )
      return false
    }
    if (rail.isLeftAlone !== undefined && (yield* rail.isLeftAlone)) return false
    const claimed = yield* claim(key, isDue, today)
    if (claimed === undefined) return false
    yield* handOver(claimed)
    return true
  })

  const postpone = (key: OrderKey) =>
    changing(key, "banking.ask-payment", (order, now) => ({
      order: Moves.askLater(order, now, later(now, askEvery)),
      money: []
    }))

  /** What the rail does not know after all the time it may have been on its way was never executed: it goes again. */
  const unknownThere = Effect.fnUntraced(function* (order: PaymentOrderFacts, askedAt: DateTime.Utc) {
    const mayArrive =
      order.sentAt === null || later(order.sentAt, rail.inTransit).epochMilliseconds > askedAt.epochMilliseconds
    if (mayArrive || order.status !== null) return yield* postpone(order)
    const claimed = yield* changing(order, "banking.resend-payment", (current, at) => {
      // Somebody has heard of it, or sent it again, since the rail was asked.
      if (current.version !== order.version) return undefined
      const again = Moves.resend(current, at, later(at, rail.inTransit))
      return again === undefined ? undefined : { order: again, money: [] }
    })
    if (claimed !== undefined) yield* handOver(claimed)
    return undefined
  })

  const ask = Effect.fnUntraced(function* (order: PaymentOrderFacts) {
    const askedAt = yield* DateTime.now
    const answer = yield* Effect.result(rail.query(order.endToEndId))
    if (Result.isFailure(answer)) {
      yield* Effect.logWarning(`The rail could not be asked about the payment ${order.id}`, answer.failure.message)
      yield* postpone(order)
    } else if (Option.isNone(answer.success)) yield* unknownThere(order, askedAt)
    else {
      const after = yield* heard(order, answer.success.value)
      if (after !== undefined && isOpen(after)) yield* postpone(order)
    }
  })

  /** Looks for the money of an order again, or leaves that to the next day on which payments are executed. */
  const tryAgain = Effect.fnUntraced(function* (key: OrderKey) {
    if (yield* isSending()) return yield* dispatch(key)
    yield* changing(key, "banking.postpone-payment", (order, now) =>
      Result.getOrUndefined(Moves.waitForFunds(order, now, null))
    )
    return false
  })

  /** Does what is to be done about an order now, and says what was. */
  const resolve = Effect.fn("Payments.resolve")(function* (key: OrderKey) {
    const found = yield* store.find(key.tenant, key.id)
    if (Option.isNone(found)) return "nothing"
    if (found.value.state === "approved") return (yield* tryAgain(key)) ? "sent" : "nothing"
    if (!isOpen(found.value)) return "nothing"
    yield* ask(found.value)
    return "asked"
  })

  /** Takes an event in, once; says whether it was about an order of ours. */
  const hear = Effect.fn("Payments.hear")(function* (railName: string, event: RailEvent, tenant?: string) {
    const found = yield* store.findByReference(event.endToEndId)
    const now = yield* DateTime.now
    if (Option.isNone(found) || (tenant !== undefined && found.value.tenant !== tenant)) {
      yield* store.stray({ rail: railName, eventId: event.id, endToEndId: event.endToEndId, receivedAt: now })
      return false
    }
    const key: { readonly id: PaymentOrderId; readonly tenant: string } = found.value
    yield* atomic.runLocking(
      Effect.gen(function* () {
        const order = yield* writes.locked(key.tenant, key.id)
        const isNew = yield* store.hear(railName, event.id, now)
        if (order === undefined || !isNew) return
        const { reason } = event._tag === "Reported" ? event.report : event
        const moved =
          event._tag === "Reported"
            ? Moves.report(order, event.report.status, reason, now, later(now, askEvery))
            : Moves.comeBack(order, { returnId: event.returnId, amount: event.amount, reason }, now)
        yield* writes.write(
          event._tag === "Reported" ? "banking.report-payment" : "banking.return-payment",
          order,
          moved
        )
      }).pipe(asSystem(key.tenant))
    )
    return true
  })

  /** Takes in what the rail has told since the last time; says how much. */
  const poll = Effect.fn("Payments.poll")(function* (limit: number) {
    const place = yield* store.place(rail.name)
    const told = yield* Effect.result(rail.events(place, limit))
    if (Result.isFailure(told)) {
      yield* Effect.logWarning("The rail's events could not be read", told.failure.message)
      return 0
    }
    const { events, next } = told.success
    // In order, and the place moves on only when all are in: after a crash they come again and change nothing.
    yield* Effect.forEach(events, (event) => hear(rail.name, event), { discard: true })
    if (next !== place) yield* store.moveOn(rail.name, place, next)
    return events.length
  })

  return { dispatch, due, hear, poll, resolve }
}
