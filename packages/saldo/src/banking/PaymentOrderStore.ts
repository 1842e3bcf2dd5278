import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type { PaymentOrderFacts, PaymentOrderId, StoredPaymentOrder } from "./PaymentOrder.ts"
import type { PaymentOrderState } from "./PaymentStatus.ts"
import type { StrayEvent } from "./RailEvent.ts"

/** Which orders to give; all parts must hold. */
export interface PaymentOrderFilter {
  readonly customerId?: StoredPaymentOrder["customerId"]
  readonly accountId?: StoredPaymentOrder["accountId"]
  readonly state?: PaymentOrderState
  /** Those, or all but those, that a person must look into. */
  readonly disputed?: boolean
}

/** Where an order is found. */
export type OrderKey = Pick<StoredPaymentOrder, "id" | "tenant">

/**
 * Port: keeps payment orders, and what has been heard from rails. Whom an order pays comes here sealed.
 *
 * Contract:
 * - `insert` writes once: of concurrent callers with one id in a tenant, or with one end-to-end id in all of them, one is
 *   told true.
 * - `lockPayer` lets one transaction at a time decide about payments from an account, whether it has any orders or none;
 *   `lock` gives an order as nobody else can change it until the transaction ends. Call both inside `Atomic.runLocking`.
 * - `save` replaces the order whose version is one less, and says whether it did. What was ordered, by whom and under which
 *   references stays as it was inserted, and so does what is sealed of it.
 * - `list` goes by id, newest first.
 * - `counted` gives the orders of an account to be executed from a day on, without those that failed or were cancelled, by
 *   id.
 * - `approved` gives the approved orders of an account to be executed up to a day, and `inFile` those that left in a payment
 *   file, by id.
 * - `due` gives approved orders without `askAt` that are to be executed up to a day, by day, then by id; `unresolved` those of
 *   any state whose `askAt` has come by an instant, by instant, then by id. Both give those of all tenants, and
 *   `findByReference` finds in all.
 * - `hear` says whether an event of a rail is new. `stray` keeps one that is about nothing we know, as it came first, and
 *   `strays` gives them by the time at which they came, then by id. One that went astray has not been heard by it.
 * - `place` is how far a rail's events have been heard; `moveOn` changes it if it is still at `from`, and says whether.
 * - No other method sees another tenant's rows.
 */
export class PaymentOrderStore extends Context.Service<
  PaymentOrderStore,
  {
    readonly insert: (order: StoredPaymentOrder) => Effect.Effect<boolean>
    readonly find: (tenant: string, id: PaymentOrderId) => Effect.Effect<Option.Option<StoredPaymentOrder>>
    readonly findByReference: (endToEndId: string) => Effect.Effect<Option.Option<StoredPaymentOrder>>
    readonly lockPayer: (tenant: string, accountId: StoredPaymentOrder["accountId"]) => Effect.Effect<void>
    readonly lock: (tenant: string, id: PaymentOrderId) => Effect.Effect<Option.Option<StoredPaymentOrder>>
    readonly save: (order: PaymentOrderFacts) => Effect.Effect<boolean>
    readonly list: (
      tenant: string,
      filter: PaymentOrderFilter,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<StoredPaymentOrder>, Page.InvalidCursor | Page.CursorMismatch>
    readonly counted: (
      tenant: string,
      accountId: StoredPaymentOrder["accountId"],
      from: LocalDate
    ) => Effect.Effect<ReadonlyArray<StoredPaymentOrder>>
    readonly approved: (
      tenant: string,
      accountId: StoredPaymentOrder["accountId"],
      through: LocalDate,
      limit: number
    ) => Effect.Effect<ReadonlyArray<StoredPaymentOrder>>
    readonly inFile: (tenant: string, messageId: string) => Effect.Effect<ReadonlyArray<StoredPaymentOrder>>
    readonly due: (through: LocalDate, limit: number) => Effect.Effect<ReadonlyArray<OrderKey>>
    readonly unresolved: (at: DateTime.Utc, limit: number) => Effect.Effect<ReadonlyArray<OrderKey>>
    readonly hear: (rail: string, eventId: string, at: DateTime.Utc) => Effect.Effect<boolean>
    readonly stray: (event: StrayEvent) => Effect.Effect<void>
    readonly strays: (rail: string) => Effect.Effect<ReadonlyArray<StrayEvent>>
    readonly place: (rail: string) => Effect.Effect<string | null>
    readonly moveOn: (rail: string, from: string | null, to: string) => Effect.Effect<boolean>
  }
>()("saldo/banking/PaymentOrderStore") {
  /** Orders in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<PaymentOrderStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** What a cursor of the list stands for. */
export const listQuery = (tenant: string, filter: PaymentOrderFilter) => ({
  list: "payment-orders",
  tenant,
  customerId: filter.customerId ?? null,
  accountId: filter.accountId ?? null,
  state: filter.state ?? null,
  disputed: filter.disputed ?? null
})

const keyOf = (tenant: string, id: string): string => `${id} ${tenant}`

const keysOf = (orders: ReadonlyArray<StoredPaymentOrder>, limit: number): ReadonlyArray<OrderKey> =>
  orders.slice(0, limit).map(({ id, tenant }) => ({ id, tenant }))

const fits =
  (tenant: string, filter: PaymentOrderFilter) =>
  (order: StoredPaymentOrder): boolean =>
    order.tenant === tenant &&
    (filter.customerId ?? order.customerId) === order.customerId &&
    (filter.accountId ?? order.accountId) === order.accountId &&
    (filter.state ?? order.state) === order.state &&
    (filter.disputed === undefined || filter.disputed === (order.dispute !== null))

const compareBy =
  (value: (order: StoredPaymentOrder) => string | number) =>
  (left: StoredPaymentOrder, right: StoredPaymentOrder): number => {
    const [a, b] = [value(left), value(right)]
    return a < b ? -1 : a > b ? 1 : left.id < right.id ? -1 : 1
  }

const compareStrays = (left: StrayEvent, right: StrayEvent): number =>
  left.receivedAt.epochMilliseconds - right.receivedAt.epochMilliseconds || (left.eventId < right.eventId ? -1 : 1)

const byId = compareBy(({ id }) => id)

const isApproved =
  (tenant: string, accountId: StoredPaymentOrder["accountId"], through: LocalDate) =>
  (order: StoredPaymentOrder): boolean =>
    order.tenant === tenant && order.accountId === accountId && order.state === "approved" && order.executeOn <= through

const makeReads = (orders: MemoryTable.MemoryTable<string, StoredPaymentOrder>) => {
  const where = (holds: (order: StoredPaymentOrder) => boolean) =>
    orders.read((rows) => [...rows.values()].filter((order) => holds(order)))
  return {
    findByReference: (endToEndId: string) =>
      Effect.map(
        where((order) => order.endToEndId === endToEndId),
        ([order]) => Option.fromNullishOr(order)
      ),
    list: Effect.fnUntraced(function* (tenant: string, filter: PaymentOrderFilter, page: Page.PageRequest) {
      const query = listQuery(tenant, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const fitting = yield* where(fits(tenant, filter))
      const found = fitting
        .filter(({ id }) => typeof before !== "string" || id < before)
        .sort((left, right) => (left.id > right.id ? -1 : 1))
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    counted: (tenant: string, accountId: StoredPaymentOrder["accountId"], from: LocalDate) =>
      Effect.map(
        where(
          (order) =>
            order.tenant === tenant &&
            order.accountId === accountId &&
            order.executeOn >= from &&
            order.state !== "failed" &&
            order.state !== "cancelled"
        ),
        (found) => found.sort(byId)
      ),
    approved: (tenant: string, accountId: StoredPaymentOrder["accountId"], through: LocalDate, limit: number) =>
      Effect.map(where(isApproved(tenant, accountId, through)), (found) => found.sort(byId).slice(0, limit)),
    inFile: (tenant: string, messageId: string) =>
      Effect.map(
        where((order) => order.tenant === tenant && order.file?.messageId === messageId),
        (found) => found.sort(byId)
      ),
    due: (through: LocalDate, limit: number) =>
      Effect.map(
        where(({ askAt, executeOn, state }) => state === "approved" && askAt === null && executeOn <= through),
        (found) => keysOf(found.sort(compareBy(({ executeOn }) => executeOn)), limit)
      ),
    unresolved: (at: DateTime.Utc, limit: number) =>
      Effect.map(
        where(({ askAt }) => askAt !== null && askAt.epochMilliseconds <= at.epochMilliseconds),
        (found) => keysOf(found.sort(compareBy(({ askAt }) => askAt?.epochMilliseconds ?? 0)), limit)
      )
  }
}

const makeMemory: Effect.Effect<PaymentOrderStore["Service"]> = Effect.gen(function* () {
  const orders = yield* MemoryTable.make<string, StoredPaymentOrder>()
  const heard = yield* MemoryTable.make<string, DateTime.Utc>()
  const astray = yield* MemoryTable.make<string, StrayEvent>()
  const places = yield* MemoryTable.make<string, string>()

  return PaymentOrderStore.of({
    ...makeReads(orders),
    insert: (order) =>
      orders.modify((rows) => {
        const key = keyOf(order.tenant, order.id)
        const taken = [...rows.values()].some(({ endToEndId }) => endToEndId === order.endToEndId)
        if (taken || rows.has(key)) return false
        rows.set(key, order)
        return true
      }),
    find: (tenant, id) => orders.get(keyOf(tenant, id)),
    // One writer at a time holds every lock there is.
    lockPayer: () => Effect.void,
    lock: (tenant, id) => orders.get(keyOf(tenant, id)),
    save: (order) =>
      orders.modify((rows) => {
        const key = keyOf(order.tenant, order.id)
        const before = rows.get(key)
        if (before?.version !== order.version - 1) return false
        rows.set(key, { ...order, sealed: before.sealed })
        return true
      }),
    hear: (rail, eventId, at) => heard.insert(keyOf(rail, eventId), at),
    stray: (event) => Effect.asVoid(astray.insert(keyOf(event.rail, event.eventId), event)),
    strays: (rail) =>
      Effect.map(astray.values, (all) => all.filter((event) => event.rail === rail).sort(compareStrays)),
    place: (rail) => Effect.map(places.get(rail), Option.getOrNull),
    moveOn: (rail, from, to) =>
      places.modify((rows) => {
        if ((rows.get(rail) ?? null) !== from) return false
        rows.set(rail, to)
        return true
      })
  })
})
