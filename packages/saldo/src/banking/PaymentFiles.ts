import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, type NotPermitted, Subject } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Command from "../core/Command.ts"
import * as Id from "../core/Id.ts"
import { Idempotency, type NotExecuted } from "../core/Idempotency.ts"
import { sha256 } from "../core/sha256.ts"
import { Ledger } from "../ledger/Ledger.ts"
import * as Money from "../money/Money.ts"
import * as LocalDate from "../time/LocalDate.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import { batchOf, type RequestedOrder } from "./creditTransferBatch.ts"
import { creditTransfersProblem, type PaymentCharacters } from "./creditTransferChecks.ts"
import { CreditTransfersInvalid } from "./CreditTransfers.ts"
import { makeOnce } from "../audit/internal/commandOnce.ts"
import { makePaymentWrites } from "./internal/paymentWrites.ts"
import { makeSealedOrders } from "./internal/sealedPayments.ts"
import { LastingData } from "./LastingData.ts"
import { writePain001 } from "./pain001.ts"
import { PaymentAccounts } from "./PaymentAccounts.ts"
import { executionDay } from "./paymentDays.ts"
import {
  LeftOut,
  type PaymentDebtor,
  PaymentDebtorUnknown,
  type PaymentFile,
  PaymentFileChanged,
  PaymentFileEmpty,
  PaymentFileNotFound
} from "./PaymentFile.ts"
import * as Moves from "./paymentMoves.ts"
import type { PaymentOrder } from "./PaymentOrder.ts"
import { PaymentOrderStore } from "./PaymentOrderStore.ts"
import { PayerNotFound, PayerUnavailable } from "./PaymentRefusal.ts"
import { Payments } from "./Payments.ts"

/** Which orders to hand over. */
export const PaymentFileWish = Schema.Struct({
  accountId: Id.schema("dep"),
  /** The last day of execution. */
  through: LocalDateSchema
})

/** Which orders to hand over. */
export type PaymentFileWish = typeof PaymentFileWish.Type

/** How files are written. */
export interface PaymentFileOptions {
  /** From which account in another bank the payments of an account leave; asked outside any transaction. */
  readonly debtorOf: (tenant: string, accountId: Id.Id<"dep">) => Effect.Effect<Option.Option<PaymentDebtor>>
  /** Which characters the bank takes; those of SEPA when left out. */
  readonly characters?: PaymentCharacters
  /** The most payments in one file; 1,000 when left out. What is left goes into the next. */
  readonly maximum?: number
}

const exportRefusal = Schema.Union([PayerNotFound, PayerUnavailable, PaymentFileEmpty, CreditTransfersInvalid])

/** Why no file was written. */
export type ExportRefusal = typeof exportRefusal.Type

const Export = Command.make({
  operation: "banking.export-payment-file",
  input: PaymentFileWish,
  // The file can be written again, and is not kept here, for it holds names and account numbers.
  success: Schema.Struct({ messageId: Schema.String, leftOut: Schema.Array(LeftOut) }),
  refusal: exportRefusal
})

/** A file just handed over, and the approved orders that no file can hold: somebody must cancel them and order anew. */
export interface ExportedFile extends PaymentFile {
  readonly leftOut: ReadonlyArray<LeftOut>
}

/**
 * Use case: payments that leave in files, in pain.001, for a bank that takes those.
 *
 * What is exported is sent: an order leaves in one file, once, and what becomes of it comes from the bank, through
 * `Payments.hear`. The worker of `Payments` asks no rail about it, and with `handover: "file"` in the policy hands nothing to
 * one. A file can be had again at any time, byte for byte. Files are recorded in the trail, and so is who had them again.
 *
 * @effect-expect-leaking Actor
 */
export class PaymentFiles extends Context.Service<
  PaymentFiles,
  {
    /**
     * Hands over the approved orders of an account that are to be executed up to a day, each for its own day, or the next
     * business day when that has passed. Those about which there is a dispute stay. Needs `bank:pay`.
     */
    readonly export: (
      wish: PaymentFileWish & { readonly key: Command.CommandKey }
    ) => Effect.Effect<
      ExportedFile,
      ExportRefusal | PaymentDebtorUnknown | PaymentFileChanged | NotExecuted | NotPermitted,
      Actor
    >
    /** A file as it was handed over. Needs `bank:pay`. */
    readonly find: (
      messageId: string
    ) => Effect.Effect<
      PaymentFile,
      PaymentFileNotFound | PaymentDebtorUnknown | PaymentFileChanged | NotPermitted,
      Actor
    >
  }
>()("saldo/banking/PaymentFiles") {
  /** Files for the orders in scope. */
  static readonly layerWith = (options: PaymentFileOptions): Layer.Layer<PaymentFiles, never, PaymentFileNeeds> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(options))
    )
}

/** What payment files are built on. */
export type PaymentFileNeeds =
  | Atomic
  | AuditTrail
  | BankBooks
  | BankCalendar
  | Idempotency
  | LastingData
  | Ledger
  | PaymentAccounts
  | PaymentOrderStore
  | Payments

const firstTransfer = "groups[0].transfers[0]."

/** The id of a file, by what is in it: an order is in one file at most. */
const messageIdOf = (tenant: string, orders: ReadonlyArray<PaymentOrder>): string =>
  sha256(JSON.stringify(["payment-file", tenant, ...orders.map(({ id }) => id)])).slice(0, 32)

/** What the trail keeps of a file. */
const shownOf = ([first, ...rest]: readonly [PaymentOrder, ...ReadonlyArray<PaymentOrder>]) => ({
  accountId: first.accountId,
  payments: rest.length + 1,
  // An account has one currency.
  sum: Money.fromMinor(
    rest.reduce((sum, { amount }) => sum + amount.amount, first.amount.amount),
    first.amount.currency
  ),
  digest: first.file?.digest ?? null
})

const make = Effect.fnUntraced(function* ({ characters = "sepa", debtorOf, maximum = 1000 }: PaymentFileOptions) {
  const accounts = yield* PaymentAccounts
  const audit = yield* AuditTrail
  const calendar = yield* BankCalendar
  const store = yield* PaymentOrderStore
  const sealed = makeSealedOrders(store, yield* LastingData)
  const { policy } = yield* Payments
  const atomic = yield* Atomic
  const once = makeOnce({ atomic, audit, idempotency: yield* Idempotency })
  const writes = makePaymentWrites({ audit, books: yield* BankBooks, ledger: yield* Ledger, orders: sealed })

  const debtorFor = Effect.fnUntraced(function* (tenant: string, accountId: PaymentOrder["accountId"]) {
    const found = yield* debtorOf(tenant, accountId)
    return Option.isSome(found) ? found.value : yield* new PaymentDebtorUnknown({ accountId })
  })

  const payerOf = Effect.fnUntraced(function* (accountId: PaymentOrder["accountId"], look: typeof accounts.find) {
    const actor = yield* Actor
    const found = yield* look(actor.tenant, accountId)
    return Option.isSome(found) && BankAccess.reaches(actor, found.value.customerId)
      ? found.value
      : yield* new PayerNotFound({ accountId })
  })

  /** The orders that are ready, taken for a change in the order of their ids, each with its day of execution. */
  const take = Effect.fnUntraced(function* (tenant: string, { accountId, through }: PaymentFileWish) {
    const today = yield* calendar.today
    const candidates = yield* store.approved(tenant, accountId, through, maximum)
    const taken: Array<RequestedOrder> = []
    for (const { id } of candidates) {
      const order = yield* writes.locked(tenant, id)
      // Somebody was faster, or a person must look into it first.
      if (order === undefined || order.state !== "approved" || order.dispute !== null) continue
      const day = executionDay(policy.businessDays, LocalDate.max(order.executeOn, today))
      if (Result.isFailure(day)) return yield* Effect.die(new RangeError(day.failure))
      taken.push({ order, requestedOn: day.success })
    }
    return taken
  })

  /** What is wrong with an order by itself, for no order may keep the others from being paid. */
  const unfit = Effect.fnUntraced(function* (debtor: PaymentDebtor, each: RequestedOrder) {
    const problem = creditTransfersProblem(batchOf(debtor, "0", yield* DateTime.now, [each]), characters)
    if (problem === undefined) return undefined
    // The debtor's name or the sender's: no file can be written at all.
    if (!problem.field.startsWith(firstTransfer)) return yield* problem
    const field = problem.field.slice(firstTransfer.length)
    return { orderId: each.order.id, field, problem: problem.problem }
  })

  /** The order with its money set aside, if it can be in a file, or why it cannot. */
  const ready = Effect.fnUntraced(function* (debtor: PaymentDebtor, each: RequestedOrder) {
    const problem = yield* unfit(debtor, each)
    if (problem !== undefined) return Result.fail(problem)
    const reserved = yield* Effect.result(atomic.run(writes.reserve(each.order)))
    const orderId = each.order.id
    return Result.isSuccess(reserved)
      ? Result.succeed({ ...each, order: reserved.success })
      : Result.fail({ orderId, field: "amount", problem: "expected an account with as much money" })
  })

  const handOver = Effect.fnUntraced(function* (wish: PaymentFileWish, debtor: PaymentDebtor) {
    const { accountId, through } = wish
    const { tenant } = yield* Actor
    const payer = yield* payerOf(accountId, accounts.lock)
    if (!payer.usable) return yield* new PayerUnavailable({ accountId })
    yield* store.lockPayer(tenant, accountId)
    const checked = yield* Effect.forEach(yield* take(tenant, wish), (each) => ready(debtor, each))
    const leftOut = checked.flatMap((each) => (Result.isFailure(each) ? [each.failure] : []))
    const fit = checked.flatMap((each) => (Result.isSuccess(each) ? [each.success] : []))
    const orders = fit.map(({ order }) => order)
    const messageId = messageIdOf(tenant, orders)
    const at = yield* DateTime.now
    if (fit.length === 0) return yield* new PaymentFileEmpty({ accountId, through, leftOut })
    const digest = sha256(yield* Effect.fromResult(writePain001(batchOf(debtor, messageId, at, fit), characters)))
    const sent = yield* Effect.forEach(fit, ({ order, requestedOn }) =>
      Effect.fromResult(Moves.sendInFile(order, { messageId, requestedOn, digest }, at)).pipe(
        // It is locked, and approved.
        Effect.orDie,
        Effect.flatMap((moved) => writes.write("banking.send-payment", order, moved))
      )
    )
    yield* audit.record({
      action: "banking.export-payment-file",
      subject: { type: "payment-file", id: messageId },
      onBehalfOf: new Subject({ tenant, id: payer.customerId }),
      changes: sent[0] === undefined ? [] : changes(null, shownOf([sent[0], ...sent.slice(1)]))
    })
    return { messageId, leftOut }
  })

  /** The file of orders that have left in it, as it was written then. */
  const written = Effect.fnUntraced(function* (
    orders: readonly [PaymentOrder, ...ReadonlyArray<PaymentOrder>],
    debtor: PaymentDebtor
  ) {
    const [{ accountId, file, sentAt: createdAt }] = orders
    if (file === undefined || createdAt === null) return yield* Effect.die(new RangeError("The orders left in no file"))
    const { digest, messageId } = file
    const requested = orders.map((order) => ({ order, requestedOn: order.file?.requestedOn ?? order.executeOn }))
    const text = writePain001(batchOf(debtor, messageId, createdAt, requested), characters)
    if (Result.isFailure(text) || sha256(text.success) !== digest) return yield* new PaymentFileChanged({ messageId })
    const result: PaymentFile = {
      messageId,
      accountId,
      createdAt,
      orderIds: orders.map(({ id }) => id),
      sum: shownOf(orders).sum,
      text: Redacted.make(text.success, { label: "payment file" })
    }
    return result
  })

  const ordersOf = Effect.fnUntraced(function* (messageId: string) {
    const actor = yield* Actor
    const [first, ...rest] = yield* sealed.inFile(actor.tenant, messageId)
    return first !== undefined && BankAccess.reaches(actor, first.customerId)
      ? ([first, ...rest] as const)
      : yield* new PaymentFileNotFound({ messageId })
  })

  return PaymentFiles.of({
    export: Effect.fn("PaymentFiles.export")(function* ({ key, ...wish }) {
      yield* Actor.require(BankAccess.payPermission)
      const { accountId } = wish
      // A replay must not show what is out of reach.
      yield* payerOf(accountId, accounts.find)
      const { tenant } = yield* Actor
      const debtor = yield* debtorFor(tenant, accountId)
      const about = { action: "banking.export-payment-file", subject: { type: "account", id: accountId } } as const
      const act = handOver(wish, debtor)
      const { leftOut, messageId } = yield* once(Export, { key, input: wish, act, ...about })
      const orders = yield* Effect.catchTag(ordersOf(messageId), "PaymentFileNotFound", (gone) => Effect.die(gone))
      return { ...(yield* written(orders, debtor)), leftOut }
    }),
    find: Effect.fn("PaymentFiles.find")(function* (messageId) {
      yield* Actor.require(BankAccess.payPermission)
      const { tenant } = yield* Actor
      const orders = yield* ordersOf(messageId)
      const [{ accountId, customerId }] = orders
      const file = yield* written(orders, yield* debtorFor(tenant, accountId))
      yield* audit.record({
        action: "banking.read-payment-file",
        subject: { type: "payment-file", id: messageId },
        onBehalfOf: new Subject({ tenant, id: customerId })
      })
      return file
    })
  })
})
