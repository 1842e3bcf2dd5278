/**
 * Payments that come round: plans, what comes of them, and leaving some of them out.
 */
import type { PaymentsApi } from "@saldo/http/api/PaymentsApi"
import { request, type RequestParts } from "./request.ts"
import type { AnswerOf, BodyOf } from "./wire.ts"

type Payments<Name extends string> = AnswerOf<typeof PaymentsApi, Name>

/** A plan of payments. */
export type Plan = Payments<"findPlan">

/** What is ordered with a plan. */
export type PlanOrder = BodyOf<typeof PaymentsApi, "createPlan">

/** A payment that a plan will make. */
export type Occurrence = Payments<"upcoming">[number]

type Query = NonNullable<RequestParts["query"]>
type Versioned = Pick<Plan, "id" | "version">

const at = (id: string, ...below: ReadonlyArray<string>): string =>
  ["/api/v1/payment-plans", encodeURIComponent(id), ...below].join("/")

/** Lists plans, the latest first. */
export const list = (query: Query, signal?: AbortSignal) =>
  request<Payments<"listPlans">>("GET", "/api/v1/payment-plans", { query, signal })

/** Shows a plan. */
export const find = (id: string, signal?: AbortSignal) => request<Plan>("GET", at(id), { signal })

/** Orders the same payment again and again. */
export const create = (body: PlanOrder, key: string) => request<Plan>("POST", "/api/v1/payment-plans", { body, key })

/** Approves or declines a plan as the second person. */
export const decide = ({ id, version }: Versioned, body: BodyOf<typeof PaymentsApi, "decidePlan">, key: string) =>
  request<Plan>("POST", at(id, "decision"), { body, key, version })

/** Leaves out other payments than before. */
export const leaveOut = ({ id, version }: Versioned, body: BodyOf<typeof PaymentsApi, "changePlan">, key: string) =>
  request<Plan>("PUT", at(id, "omissions"), { body, key, version })

/** Ends a plan. */
export const cancel = ({ id, version }: Versioned, key: string) =>
  request<Plan>("POST", at(id, "cancellation"), { key, version })

/** What came of a plan's payments, the last one first. */
export const payments = (id: string, query: Query, signal?: AbortSignal) =>
  request<Payments<"plannedPayments">>("GET", at(id, "payments"), { query, signal })

/** Which of a plan's payments fall due in some days. */
export const upcoming = (id: string, days: { readonly start: string; readonly end: string }, signal?: AbortSignal) =>
  request<Payments<"upcoming">>("GET", at(id, "upcoming"), { query: days, signal })
