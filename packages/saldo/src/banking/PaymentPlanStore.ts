import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type {
  PaymentPlanFacts,
  PaymentPlanId,
  PaymentPlanState,
  PlannedPayment,
  StoredPaymentPlan
} from "./PaymentPlan.ts"

/** Which plans to give; all parts must hold. */
export interface PaymentPlanFilter {
  readonly customerId?: StoredPaymentPlan["customerId"]
  readonly accountId?: StoredPaymentPlan["accountId"]
  readonly state?: PaymentPlanState
}

/** Where a plan is found. */
export type PlanKey = Pick<StoredPaymentPlan, "id" | "tenant">

/**
 * Port: keeps payment plans, and what came of each of their payments. Whom a plan pays comes here sealed.
 *
 * Contract:
 * - `insert` writes once: of concurrent callers with one id one is told true, and the others' plans are not kept.
 * - `lock` gives a plan as nobody else can change it until the transaction ends; call it inside `Atomic.runLocking`.
 * - `save` replaces the plan whose version is one less, and says whether it did. What is sealed of it stays as it was inserted.
 * - `list` goes by id, newest first.
 * - `due` gives active plans of all tenants at which something is to be done up to a day, by that day and then by id.
 * - `note` keeps what came of a payment of a plan, once for its number, and says whether it did. `payments` gives what was
 *   kept, the greatest number first.
 * - No other method than `due` sees another tenant's rows.
 */
export class PaymentPlanStore extends Context.Service<
  PaymentPlanStore,
  {
    readonly insert: (plan: StoredPaymentPlan) => Effect.Effect<boolean>
    readonly find: (tenant: string, id: PaymentPlanId) => Effect.Effect<Option.Option<StoredPaymentPlan>>
    readonly lock: (tenant: string, id: PaymentPlanId) => Effect.Effect<Option.Option<StoredPaymentPlan>>
    readonly save: (plan: PaymentPlanFacts) => Effect.Effect<boolean>
    readonly list: (
      tenant: string,
      filter: PaymentPlanFilter,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<StoredPaymentPlan>, Page.InvalidCursor | Page.CursorMismatch>
    readonly due: (through: LocalDate, limit: number) => Effect.Effect<ReadonlyArray<PlanKey>>
    readonly note: (payment: PlannedPayment) => Effect.Effect<boolean>
    readonly payments: (
      tenant: string,
      planId: PaymentPlanId,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<PlannedPayment>, Page.InvalidCursor | Page.CursorMismatch>
  }
>()("saldo/banking/PaymentPlanStore") {
  /** Plans in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<PaymentPlanStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** What a cursor of the list stands for. */
export const listQuery = (tenant: string, filter: PaymentPlanFilter) => ({
  list: "payment-plans",
  tenant,
  customerId: filter.customerId ?? null,
  accountId: filter.accountId ?? null,
  state: filter.state ?? null
})

/** What a cursor of a plan's payments stands for. */
export const paymentsQuery = (tenant: string, planId: PaymentPlanId) => ({ list: "planned-payments", tenant, planId })

// An id has no space, and a tenant may have any character.
const keyOf = (tenant: string, ...names: ReadonlyArray<string | number>): string => `${names.join(" ")} ${tenant}`

const fits =
  (tenant: string, filter: PaymentPlanFilter) =>
  (plan: StoredPaymentPlan): boolean =>
    plan.tenant === tenant &&
    (filter.customerId ?? plan.customerId) === plan.customerId &&
    (filter.accountId ?? plan.accountId) === plan.accountId &&
    (filter.state ?? plan.state) === plan.state

const byLookOn = (left: StoredPaymentPlan, right: StoredPaymentPlan): number => {
  const [a, b] = [`${left.lookOn} ${left.id}`, `${right.lookOn} ${right.id}`]
  return a < b ? -1 : 1
}

const makeMemory: Effect.Effect<PaymentPlanStore["Service"]> = Effect.gen(function* () {
  const plans = yield* MemoryTable.make<string, StoredPaymentPlan>()
  const made = yield* MemoryTable.make<string, PlannedPayment>()

  return PaymentPlanStore.of({
    insert: (plan) => plans.insert(keyOf(plan.tenant, plan.id), plan),
    find: (tenant, id) => plans.get(keyOf(tenant, id)),
    // One writer at a time holds every lock there is.
    lock: (tenant, id) => plans.get(keyOf(tenant, id)),
    save: (plan) =>
      plans.modify((rows) => {
        const key = keyOf(plan.tenant, plan.id)
        const before = rows.get(key)
        if (before?.version !== plan.version - 1) return false
        rows.set(key, { ...plan, sealed: before.sealed })
        return true
      }),
    list: Effect.fnUntraced(function* (tenant, filter, page) {
      const query = listQuery(tenant, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* plans.values)
        .filter(fits(tenant, filter))
        .filter(({ id }) => typeof before !== "string" || id < before)
        .sort((left, right) => (left.id > right.id ? -1 : 1))
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    due: (through, limit) =>
      Effect.map(plans.values, (all) =>
        all
          .filter(({ lookOn, state }) => state === "active" && lookOn !== null && lookOn <= through)
          .sort(byLookOn)
          .slice(0, limit)
          .map(({ id, tenant }) => ({ id, tenant }))
      ),
    note: (payment) => made.insert(keyOf(payment.tenant, payment.planId, payment.number), payment),
    payments: Effect.fnUntraced(function* (tenant, planId, page) {
      const query = paymentsQuery(tenant, planId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* made.values)
        .filter((payment) => payment.tenant === tenant && payment.planId === planId)
        .filter(({ number }) => typeof before !== "number" || number < before)
        .sort((left, right) => right.number - left.number)
      return Page.pageOf(query, page, found, ({ number }) => [number])
    })
  })
})
