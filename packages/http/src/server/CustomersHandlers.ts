import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Beneficiaries } from "saldo/banking/Beneficiaries"
import { Customers } from "saldo/banking/Customers"
import { Atomic } from "saldo/core/Atomic"
import { Api } from "../api/Api.ts"
import { keyed } from "./commands.ts"
import { guarded, tagged } from "./guarded.ts"
import { linked, parted } from "./paging.ts"

/** Answers about customers and whom they pay. */
export const layer = HttpApiBuilder.group(
  Api,
  "customers",
  Effect.fnUntraced(function* (handlers) {
    const customers = yield* Customers
    const beneficiaries = yield* Beneficiaries
    const atomic = yield* Atomic
    return handlers.handleAll({
      register: ({ headers, payload }) => tagged(keyed(headers, (key) => customers.register({ ...payload, key }))),
      list: ({ query }) => {
        const { filter, page } = parted(query)
        return linked(customers.list(filter, page))
      },
      search: ({ payload }) => customers.findByRegistration(payload.kind, payload.registration),
      find: ({ params }) => tagged(customers.find(params.customerId)),
      change: ({ headers, params, payload }) =>
        guarded(
          { atomic, find: customers.find(params.customerId) },
          headers,
          keyed(headers, (key) => customers.change({ ...params, details: payload, key }))
        ),
      submitDocuments: ({ headers, params, payload }) =>
        tagged(keyed(headers, (key) => customers.submitDocuments({ ...params, ...payload, key }))),
      verify: ({ headers, params }) => tagged(keyed(headers, (key) => customers.verify({ ...params, key }))),
      decide: ({ headers, params, payload }) =>
        tagged(keyed(headers, (key) => customers.decide({ ...params, ...payload, key }))),
      activate: ({ headers, params }) => tagged(keyed(headers, (key) => customers.activate({ ...params, key }))),
      restrict: ({ headers, params }) => tagged(keyed(headers, (key) => customers.restrict({ ...params, key }))),
      lift: ({ headers, params }) => tagged(keyed(headers, (key) => customers.lift({ ...params, key }))),
      close: ({ headers, params }) => tagged(keyed(headers, (key) => customers.close({ ...params, key }))),
      erase: ({ headers, params }) => tagged(keyed(headers, (key) => customers.erase({ ...params, key }))),
      addBeneficiary: ({ headers, params, payload }) =>
        keyed(headers, (key) => beneficiaries.add({ ...params, ...payload, key })),
      listBeneficiaries: ({ params, query }) => linked(beneficiaries.list(params.customerId, query)),
      findBeneficiary: ({ params }) => beneficiaries.find(params.beneficiaryId),
      removeBeneficiary: ({ headers, params }) => keyed(headers, (key) => beneficiaries.remove({ ...params, key }))
    })
  })
)
