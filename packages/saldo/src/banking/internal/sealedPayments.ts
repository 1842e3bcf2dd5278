/**
 * Payment orders and plans as use cases know them: with whom they pay, and what is said to it, taken out of the seal under
 * which the stores keep that.
 *
 * It is the tenant's seal and not the customer's: an order is a voucher, and outlives the customer's key.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { canonicalJson } from "../../core/canonicalJson.ts"
import { jsonText } from "../../core/JsonText.ts"
import type { Page } from "../../core/Page.ts"
import type { LastingData } from "../LastingData.ts"
import { Payee, type PaymentOrder, type PaymentOrderFacts, type StoredPaymentOrder } from "../PaymentOrder.ts"
import type { PaymentOrderStore } from "../PaymentOrderStore.ts"
import type { PaymentPlan, PaymentPlanFacts, StoredPaymentPlan } from "../PaymentPlan.ts"
import type { PaymentPlanStore } from "../PaymentPlanStore.ts"

interface Sealed {
  /** The label of what is sealed, so that it opens in no other order or plan. */
  readonly id: string
  readonly tenant: string
  readonly sealed: string
}

const PayeeText = jsonText(Schema.toCodecJson(Payee))
const encode = Schema.encodeEffect(PayeeText)
const decode = Schema.decodeResult(PayeeText)

const encodeJson = Schema.encodeEffect(Schema.toCodecJson(Payee))

const subjectOf = (tenant: string) => ({ tenant, subjectId: "payees" })

/** A failure to read what was under seal names no value: a schema's own message would quote it. */
const unreadable = (id: string) =>
  new RangeError(`The payee of ${id} was sealed by a version of this software that wrote it in another form`)

const only = ({ creditor, message }: Payee): Payee => (message === undefined ? { creditor } : { creditor, message })

/** What stands for a payee in what is remembered of a command: an account's number could be guessed from a plain digest. */
const makeDigest =
  (lasting: LastingData["Service"]) =>
  (tenant: string, payee: Payee): Effect.Effect<string> =>
    Effect.flatMap(Effect.orDie(encodeJson(only(payee))), (json) =>
      lasting.digest(subjectOf(tenant), Result.getOrThrow(canonicalJson(json)))
    )

const makeSeal = (lasting: LastingData["Service"]) => {
  const sealed = Effect.fnUntraced(function* ({ id, tenant }: Pick<Sealed, "id" | "tenant">, payee: Payee) {
    const seal = yield* lasting.sealing(subjectOf(tenant))
    const text = yield* Effect.orDie(encode(only(payee)))
    return yield* seal(id, text)
  })

  /** Opens what a query of one tenant found, in one go; one that found nothing needs no key. */
  const openAll = Effect.fnUntraced(function* <Row extends Sealed, Open>(
    rows: ReadonlyArray<Row>,
    withPayee: (row: Row, payee: Payee) => Open
  ) {
    const [first] = rows
    if (first === undefined) return []
    const open = yield* lasting.opening(subjectOf(first.tenant))
    const opened: Array<Open> = []
    for (const row of rows) {
      const text = open(row.id, row.sealed)
      if (Result.isFailure(text)) return yield* Effect.die(text.failure)
      const payee = decode(text.success)
      if (Result.isFailure(payee)) return yield* Effect.die(unreadable(row.id))
      opened.push(withPayee(row, payee.success))
    }
    return opened
  })

  const opener = <Row extends Sealed, Open>(withPayee: (row: Row, payee: Payee) => Open) => ({
    all: <E>(query: Effect.Effect<ReadonlyArray<Row>, E>) => Effect.flatMap(query, (rows) => openAll(rows, withPayee)),
    one: <E>(query: Effect.Effect<Option.Option<Row>, E>) =>
      Effect.flatMap(query, (found) =>
        Effect.map(openAll(Option.toArray(found), withPayee), ([open]) => Option.fromNullishOr(open))
      ),
    page: <E>(query: Effect.Effect<Page<Row>, E>) =>
      Effect.flatMap(query, ({ items, next }) =>
        Effect.map(openAll(items, withPayee), (open): Page<Open> => ({ items: open, next }))
      )
  })

  return { sealed, opener }
}

const openOrder = ({ sealed: _sealed, ...facts }: StoredPaymentOrder, payee: Payee): PaymentOrder => ({
  ...facts,
  ...payee
})
const factsOfOrder = (order: PaymentOrder): PaymentOrderFacts => Struct.omit(order, ["creditor", "message"])

const openPlan = ({ sealed: _sealed, ...facts }: StoredPaymentPlan, payee: Payee): PaymentPlan => ({
  ...facts,
  ...payee
})
const factsOfPlan = (plan: PaymentPlan): PaymentPlanFacts => Struct.omit(plan, ["creditor", "message"])

/**
 * The store of orders, sealed and opened. Whoever asks for keys, or for what is not sealed, goes past it, and opens nothing.
 * What is saved keeps the seal that was put on it when it was inserted, as what was ordered never changes.
 */
export const makeSealedOrders = (store: PaymentOrderStore["Service"], lasting: LastingData["Service"]) => {
  const { opener, sealed } = makeSeal(lasting)
  const open = opener(openOrder)
  return {
    digest: makeDigest(lasting),
    insert: (order: PaymentOrder): Effect.Effect<boolean> =>
      Effect.flatMap(sealed(order, order), (text) => store.insert({ ...factsOfOrder(order), sealed: text })),
    save: (order: PaymentOrder): Effect.Effect<boolean> => store.save(factsOfOrder(order)),
    find: (...of: Parameters<typeof store.find>) => open.one(store.find(...of)),
    lock: (...of: Parameters<typeof store.lock>) => open.one(store.lock(...of)),
    list: (...of: Parameters<typeof store.list>) => open.page(store.list(...of)),
    counted: (...of: Parameters<typeof store.counted>) => open.all(store.counted(...of)),
    inFile: (...of: Parameters<typeof store.inFile>) => open.all(store.inFile(...of))
  }
}

/** What `makeSealedOrders` makes. */
export type SealedOrders = ReturnType<typeof makeSealedOrders>

/** The store of plans, sealed and opened; as with orders, what is saved keeps its seal. */
export const makeSealedPlans = (store: PaymentPlanStore["Service"], lasting: LastingData["Service"]) => {
  const { opener, sealed } = makeSeal(lasting)
  const open = opener(openPlan)
  return {
    digest: makeDigest(lasting),
    insert: (plan: PaymentPlan): Effect.Effect<boolean> =>
      Effect.flatMap(sealed(plan, plan), (text) => store.insert({ ...factsOfPlan(plan), sealed: text })),
    save: (plan: PaymentPlan): Effect.Effect<boolean> => store.save(factsOfPlan(plan)),
    find: (...of: Parameters<typeof store.find>) => open.one(store.find(...of)),
    lock: (...of: Parameters<typeof store.lock>) => open.one(store.lock(...of)),
    list: (...of: Parameters<typeof store.list>) => open.page(store.list(...of))
  }
}

/** What `makeSealedPlans` makes. */
export type SealedPlans = ReturnType<typeof makeSealedPlans>
