import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { Actor, asSystem, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Command from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency, type NotExecuted } from "../core/Idempotency.ts"
import type * as Page from "../core/Page.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { AccountUnavailable, InsufficientFunds } from "../ledger/LedgerRefusal.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { type Approval, ApprovalByRequester, ApprovalEnded, ApprovalNotFound } from "./Approval.ts"
import { Approvals } from "./Approvals.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { CustomerId } from "./Customer.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { isolated } from "./internal/isolated.ts"
import { makeOrdering } from "./internal/paymentOrders.ts"
import { makeTraffic } from "./internal/paymentTraffic.ts"
import { makePaymentWrites } from "./internal/paymentWrites.ts"
import { makeSealedOrders } from "./internal/sealedPayments.ts"
import { LastingData } from "./LastingData.ts"
import { PaymentAccounts } from "./PaymentAccounts.ts"
import { PaymentLimitExceeded } from "./PaymentLimit.ts"
import * as Moves from "./paymentMoves.ts"
import { type PaymentDraft, type PaymentOrder, PaymentOrderId, PaymentTerms } from "./PaymentOrder.ts"
import { type PaymentOrderFilter, PaymentOrderStore } from "./PaymentOrderStore.ts"
import { type PaymentPolicy, permissive, reservesNow } from "./PaymentPolicy.ts"
import { PaymentRail } from "./PaymentRail.ts"
import {
  PayerNotFound,
  PayerUnavailable,
  PaymentOrderNotFound,
  PaymentOrderUnfit,
  PaymentTermsInvalid
} from "./PaymentRefusal.ts"
import type { RailEvent, StrayEvent } from "./RailEvent.ts"
import { Text } from "../core/Text.ts"
import { workerTurn } from "../core/WorkerTurn.ts"

/** A payment to be ordered; executed today when no day is given. */
export const PaymentWish = Schema.Struct({
  ...PaymentTerms.fields,
  executeOn: Schema.optionalKey(LocalDateSchema)
})

/** A payment to be ordered. */
export type PaymentWish = typeof PaymentWish.Type

const createRefusal = Schema.Union([
  PayerNotFound,
  PayerUnavailable,
  PaymentTermsInvalid,
  PaymentLimitExceeded,
  InsufficientFunds,
  AccountUnavailable
])

/** Why a payment was not ordered. */
export type CreateRefusal = typeof createRefusal.Type

const decideRefusal = Schema.Union([
  PaymentOrderNotFound,
  PaymentOrderUnfit,
  PayerUnavailable,
  ApprovalByRequester,
  ApprovalEnded,
  ApprovalNotFound,
  InsufficientFunds,
  AccountUnavailable
])

/** Why a decision about a payment did not count. */
export type DecideRefusal = typeof decideRefusal.Type

const comment = Schema.NullOr(Text.check(Schema.isMinLength(1), Schema.isMaxLength(500)))

const Create = Command.make({
  operation: "banking.create-payment",
  // Whom it pays, and what is said to it, as a keyed digest.
  input: Schema.Struct({ ...PaymentWish.mapFields(Struct.omit(["creditor", "message"])).fields, payee: Schema.String }),
  // Only the id: what is remembered of a command is no place for account numbers.
  success: PaymentOrderId,
  refusal: createRefusal
})

const Decide = Command.make({
  operation: "banking.decide-payment",
  input: Schema.Struct({ id: PaymentOrderId, approve: Schema.Boolean, comment }),
  success: PaymentOrderId,
  refusal: decideRefusal
})

const Cancel = Command.make({
  operation: "banking.cancel-payment",
  input: Schema.Struct({ id: PaymentOrderId }),
  success: PaymentOrderId,
  refusal: Schema.Union([PaymentOrderNotFound, PaymentOrderUnfit])
})

type Keyed<Input> = Input & { readonly key: Command.CommandKey }
type Acting<E> = Effect.Effect<PaymentOrder, E | NotExecuted | NotPermitted, Actor>

/** What one round of a worker did. */
export interface PaymentRound {
  /** Orders handed to the rail. */
  readonly sent: number
  /** Orders that the rail was asked about. */
  readonly asked: number
  /** Events of the rail that were taken in. */
  readonly heard: number
  /** Orders cancelled because nobody approved them in time. */
  readonly expired: number
}

/**
 * Use case: payments to other banks, from order to settlement and back.
 *
 * The money is set aside in the ledger when an order is approved, or created where nobody has to approve, or on the day of
 * execution where the policy says so; it leaves for `bank.settlement.<currency>` when the rail says that the payment is settled, is given back when it failed or was
 * cancelled, and comes back by an entry of its own when the other bank returns it, however late.
 *
 * An order is recorded as sent before the rail is called. From then on its outcome is what the rail says: while the rail
 * says nothing it is unknown and asked for, and an order is handed over again, under the same reference, only after the rail
 * has said that it does not know it and nothing can be on its way any more.
 *
 * `work` and `layerWorker` do all that no person asks for, in any number of processes.
 */
export class Payments extends Context.Service<
  Payments,
  {
    /** Orders a payment from an account within reach. Needs `bank:pay`. */
    readonly create: (wish: Keyed<PaymentWish>) => Acting<CreateRefusal>
    /** Approves or declines as the second person. Needs `bank:approve`. */
    readonly decide: (
      decision: Keyed<{ readonly id: PaymentOrderId; readonly approve: boolean; readonly comment: string | null }>
    ) => Acting<DecideRefusal>
    /** Takes an order back, until it is sent. Needs `bank:pay`. */
    readonly cancel: (
      cancellation: Keyed<{ readonly id: PaymentOrderId }>
    ) => Acting<PaymentOrderNotFound | PaymentOrderUnfit>
    /** Needs `bank:read`. */
    readonly find: (id: PaymentOrderId) => Effect.Effect<PaymentOrder, PaymentOrderNotFound | NotPermitted, Actor>
    /** Newest first; without `bank:any-customer` the owner's. Needs `bank:read`. */
    readonly list: (
      filter?: PaymentOrderFilter,
      page?: Page.PageRequest
    ) => Effect.Effect<Page.Page<PaymentOrder>, NotPermitted | Page.InvalidCursor | Page.CursorMismatch, Actor>
    /**
     * Takes in what a rail told in another way than by its events, such as a call from outside or a status file; once for
     * its id. Says whether it was about an order of the actor's tenant, and keeps it for a person otherwise. Needs
     * `bank:manage`.
     */
    readonly hear: (rail: string, event: RailEvent) => Effect.Effect<boolean, NotPermitted, Actor>
    /** What the rail told about payments that we know nothing of. Needs `bank:manage`. */
    readonly strays: Effect.Effect<ReadonlyArray<StrayEvent>, NotPermitted, Actor>
    /**
     * One round for all tenants: hears the rail, asks about what is unknown, ends approvals that nobody gave, sends what is
     * due; up to so many of each (100 when left out).
     */
    readonly work: (limit?: number) => Effect.Effect<PaymentRound>
    /** For other use cases, which have checked the permission: orders a payment as part of their locking transaction. */
    readonly place: (draft: PaymentDraft) => Effect.Effect<PaymentOrder, CreateRefusal, Actor>
    /** How payments are handled. */
    readonly policy: PaymentPolicy
  }
>()("saldo/banking/Payments") {
  /** Payments by a policy over the rail in scope. */
  static readonly layerWith = (policy: PaymentPolicy): Layer.Layer<Payments, never, PaymentNeeds> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(policy))
    )

  /** Payments without limits or approval. */
  static readonly layer: Layer.Layer<Payments, never, PaymentNeeds> = this.layerWith(permissive)

  /** Works once a second as long as the layer lives. */
  static readonly layerWorker: Layer.Layer<never, never, Payments> = Layer.effectDiscard(
    Effect.flatMap(this, (payments) =>
      payments.work().pipe(
        workerTurn("payments"),
        Effect.catchCause((cause) => Effect.logWarning("Payments were not worked on and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 second")),
        Effect.forkScoped
      )
    )
  )
}

/** What payments are built on. */
export type PaymentNeeds =
  | Approvals
  | Atomic
  | AuditTrail
  | BankBooks
  | BankCalendar
  | Idempotency
  | LastingData
  | Ledger
  | PaymentAccounts
  | PaymentOrderStore
  | PaymentRail

const isCustomer = Schema.is(CustomerId)

const make = Effect.fnUntraced(function* (policy: PaymentPolicy) {
  const approvals = yield* Approvals
  const atomic = yield* Atomic
  const audit = yield* AuditTrail
  const books = yield* BankBooks
  const calendar = yield* BankCalendar
  const idempotency = yield* Idempotency
  const ledger = yield* Ledger
  const accounts = yield* PaymentAccounts
  const store = yield* PaymentOrderStore
  const orders = makeSealedOrders(store, yield* LastingData)
  const rail = yield* PaymentRail
  const once = makeOnce({ atomic, audit, idempotency })
  const writes = makePaymentWrites({ audit, books, ledger, orders })
  const ordering = makeOrdering({ accounts, approvals, calendar, orders, policy, store, writes })
  const traffic = makeTraffic({ accounts, atomic, calendar, policy, rail, store, writes })

  const within = Effect.fnUntraced(function* (id: PaymentOrderId, found: PaymentOrder | undefined) {
    const actor = yield* Actor
    return found !== undefined && BankAccess.reaches(actor, found.customerId)
      ? found
      : yield* new PaymentOrderNotFound({ orderId: id })
  })

  // Whose it is never changes, so whoever may not reach it is told so before a key is looked up.
  const find = Effect.fnUntraced(function* (id: PaymentOrderId) {
    const { tenant } = yield* Actor
    return yield* within(id, Option.getOrUndefined(yield* orders.find(tenant, id)))
  })

  const lock = Effect.fnUntraced(function* (id: PaymentOrderId) {
    const { tenant } = yield* Actor
    return yield* within(id, yield* writes.locked(tenant, id))
  })

  /** What an answered command is about. The order may have gone further since, as a replay shows. */
  const present = (id: PaymentOrderId) => Effect.catchTag(find(id), "PaymentOrderNotFound", (gone) => Effect.die(gone))

  const create = Effect.fn("Payments.create")(function* ({ key, ...wish }: Keyed<PaymentWish>) {
    yield* Actor.require(BankAccess.payPermission)
    const act = Effect.gen(function* () {
      const executeOn = wish.executeOn ?? (yield* calendar.today)
      const { id: createdBy } = yield* Actor
      return (yield* ordering.create({ terms: { ...wish, executeOn }, createdBy, consented: false, plan: null })).id
    })
    const about = { action: "banking.create-payment", subject: { type: "account", id: wish.accountId } } as const
    // A replay must not show what is out of reach.
    yield* ordering.payerOf(wish.accountId)
    const { tenant } = yield* Actor
    const input = { ...Struct.omit(wish, ["creditor", "message"]), payee: yield* orders.digest(tenant, wish) }
    return yield* present(yield* once(Create, { key, input, act, ...about }))
  })

  const decide = Effect.fn("Payments.decide")(function* ({
    key,
    ...input
  }: Parameters<Payments["Service"]["decide"]>[0]) {
    yield* Actor.require(BankAccess.approvePermission)
    yield* find(input.id)
    const act = Effect.gen(function* () {
      const order = yield* lock(input.id)
      if (order.approvalId === null || order.state !== "created") {
        return yield* new PaymentOrderUnfit({ orderId: order.id, state: order.state, expected: ["created"] })
      }
      const payer = yield* accounts.find(order.tenant, order.accountId)
      if (input.approve && !Option.exists(payer, ({ usable }) => usable)) {
        return yield* new PayerUnavailable({ accountId: order.accountId })
      }
      const state = input.approve ? "approved" : "declined"
      yield* approvals
        .decide(order.approvalId, { state, comment: input.comment })
        .pipe(Effect.catchTag("NotPermitted", (lost) => Effect.die(lost)))
      const now = yield* DateTime.now
      const holdId = reservesNow(policy, order, yield* calendar.today) ? yield* Id.make("hold") : null
      const moved = input.approve ? Moves.approve(order, holdId, now) : Moves.cancel(order, "declined", now)
      const action = input.approve ? "banking.approve-payment" : "banking.decline-payment"
      return (yield* writes.writeHolding(action, order, yield* Effect.fromResult(moved))).id
    })
    const about = { action: "banking.decide-payment", subject: { type: "payment", id: input.id } } as const
    return yield* present(yield* once(Decide, { key, input, act, ...about }))
  })

  const cancelWith = Effect.fnUntraced(function* (order: PaymentOrder, reason: string) {
    const moved = yield* Effect.fromResult(Moves.cancel(order, reason, yield* DateTime.now))
    return yield* writes.write("banking.cancel-payment", order, moved)
  })

  const cancel = Effect.fn("Payments.cancel")(function* ({ key, id }: Keyed<{ readonly id: PaymentOrderId }>) {
    yield* Actor.require(BankAccess.payPermission)
    yield* find(id)
    const act = Effect.gen(function* () {
      const order = yield* lock(id)
      const after = yield* cancelWith(order, "cancelled by the customer")
      if (order.state === "created" && order.approvalId !== null)
        yield* Effect.orDie(approvals.withdraw(order.approvalId))
      return after.id
    })
    const about = { action: "banking.cancel-payment", subject: { type: "payment", id } } as const
    return yield* present(yield* once(Cancel, { key, input: { id }, act, ...about }))
  })

  /** Ends an approval that nobody gave, and the order that waits for it. */
  const expire = ({ id: approvalId, subject, tenant }: Approval) =>
    atomic
      .runLocking(
        Effect.gen(function* () {
          const order = yield* writes.locked(tenant, PaymentOrderId.make(subject.id))
          const { state } = yield* Effect.orDie(approvals.expire(approvalId))
          if (state === "expired" && order?.state === "created")
            yield* Effect.orDie(cancelWith(order, "not approved in time"))
        })
      )
      .pipe(asSystem(tenant))

  const work = Effect.fn("Payments.work")(function* (limit = 100) {
    const heard = (yield* isolated("Hearing the rail", traffic.poll(limit))) ?? 0
    const unresolved = yield* store.unresolved(yield* DateTime.now, limit)
    const resolved = yield* Effect.forEach(unresolved, (key) =>
      isolated(`Asking about ${key.id}`, traffic.resolve(key))
    )
    const overdue = yield* approvals.overdue("payment", limit)
    yield* Effect.forEach(overdue, (approval) => isolated(`Ending ${approval.id}`, expire(approval)), { discard: true })
    const due = (yield* isolated("Looking for due payments", traffic.due(limit))) ?? []
    const sent = yield* Effect.forEach(due, (key) => isolated(`Sending ${key.id}`, traffic.dispatch(key)))
    return {
      heard,
      asked: resolved.filter((outcome) => outcome === "asked").length,
      expired: overdue.length,
      sent: [...resolved.map((outcome) => outcome === "sent"), ...sent].filter((claimed) => claimed === true).length
    }
  })

  return Payments.of({
    create,
    decide,
    cancel,
    find: (id) => Effect.andThen(Actor.require(BankAccess.readPermission), find(id)),
    list: Effect.fn("Payments.list")(function* (filter = {}, page = {}) {
      yield* Actor.require(BankAccess.readPermission)
      const actor = yield* Actor
      if (actor.may(BankAccess.anyCustomerPermission)) return yield* orders.list(actor.tenant, filter, page)
      const { owner } = actor
      if (owner.tenant !== actor.tenant || (filter.customerId ?? owner.id) !== owner.id || !isCustomer(owner.id)) {
        return { items: [], next: null }
      }
      return yield* orders.list(actor.tenant, { ...filter, customerId: owner.id }, page)
    }),
    hear: (railName, event) =>
      Effect.andThen(
        Actor.require(BankAccess.managePermission),
        Effect.flatMap(Actor, ({ tenant }) => traffic.hear(railName, event, tenant))
      ),
    strays: Effect.andThen(Actor.require(BankAccess.managePermission), store.strays(rail.name)),
    work,
    place: ordering.create,
    policy
  })
})
