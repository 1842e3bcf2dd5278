import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Approvals } from "saldo/banking/Approvals"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import { Atomic } from "saldo/core/Atomic"
import { Api } from "../api/Api.ts"
import { keyed } from "./commands.ts"
import { guarded, tagged } from "./guarded.ts"
import { linked, parted } from "./paging.ts"

/** Answers about payments, payment plans and the consent to them. */
export const layer = HttpApiBuilder.group(
  Api,
  "payments",
  Effect.fnUntraced(function* (handlers) {
    const payments = yield* Payments
    const plans = yield* PaymentPlans
    const approvals = yield* Approvals
    const atomic = yield* Atomic
    const order = (id: Parameters<typeof payments.find>[0]) => ({ atomic, find: payments.find(id) })
    const plan = (id: Parameters<typeof plans.find>[0]) => ({ atomic, find: plans.find(id) })
    return handlers.handleAll({
      create: ({ headers, payload }) => tagged(keyed(headers, (key) => payments.create({ ...payload, key }))),
      list: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(payments.list(filter, page))
      },
      find: ({ params }) => tagged(payments.find(params.id)),
      decide: ({ headers, params: { id }, payload: { approve, comment = null } }) =>
        guarded(
          order(id),
          headers,
          keyed(headers, (key) => payments.decide({ id, approve, comment, key }))
        ),
      cancel: ({ headers, params: { id } }) =>
        guarded(
          order(id),
          headers,
          keyed(headers, (key) => payments.cancel({ id, key }))
        ),
      approvals: ({ query: { subject = "payment", ...page } }) => linked(approvals.waiting(subject, page)),
      createPlan: ({ headers, payload }) => tagged(keyed(headers, (key) => plans.create({ ...payload, key }))),
      listPlans: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(plans.list(filter, page))
      },
      findPlan: ({ params }) => tagged(plans.find(params.id)),
      decidePlan: ({ headers, params: { id }, payload: { approve, comment = null } }) =>
        guarded(
          plan(id),
          headers,
          keyed(headers, (key) => plans.decide({ id, approve, comment, key }))
        ),
      changePlan: ({ headers, params: { id }, payload }) =>
        guarded(
          plan(id),
          headers,
          keyed(headers, (key) => plans.change({ id, ...payload, key }))
        ),
      cancelPlan: ({ headers, params: { id } }) =>
        guarded(
          plan(id),
          headers,
          keyed(headers, (key) => plans.cancel({ id, key }))
        ),
      plannedPayments: ({ params, query }) => linked(plans.payments(params.id, query)),
      upcoming: ({ params, query }) => plans.upcoming(params.id, query)
    })
  })
)
