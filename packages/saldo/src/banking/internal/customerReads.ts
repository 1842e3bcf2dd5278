/**
 * Reading customers.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Actor } from "../../core/Actor.ts"
import type { PageRequest } from "../../core/Page.ts"
import { anyCustomerPermission, readPermission } from "../BankAccess.ts"
import type { CustomerFilter, CustomerId, CustomerKind } from "../Customer.ts"
import { CustomerNotFound } from "../CustomerRefusal.ts"
import type { WrittenRegistration } from "../Customers.ts"
import * as States from "../customerStates.ts"
import { requireFor } from "./bankScope.ts"
import type { Acts, Ground } from "./customerActs.ts"
import { todayIs } from "./customerLife.ts"
import { registrationOf } from "./writtenRegistration.ts"

/** Whoever reads beyond one customer may read them all. */
const everybody = Actor.require(readPermission).pipe(
  Effect.andThen(Actor.require(anyCustomerPermission)),
  Effect.andThen(Effect.map(Actor, (actor) => actor.tenant))
)

/** The reads, and the lock for other use cases. */
export const makeReads = ({ files, store }: Ground, { locked }: Acts) => ({
  find: Effect.fn("Customers.find")(function* (customerId: CustomerId) {
    const notFound = () => new CustomerNotFound({ customerId })
    const { tenant } = yield* requireFor(readPermission, customerId, notFound)
    const found = yield* store.find(tenant, customerId)
    return Option.isSome(found) ? yield* files.readCustomer(found.value) : yield* notFound()
  }),
  findByRegistration: Effect.fn("Customers.findByRegistration")(function* (
    kind: CustomerKind,
    written: WrittenRegistration
  ) {
    const tenant = yield* everybody
    const registration = yield* Effect.fromResult(registrationOf(written, yield* todayIs))
    const index = yield* files.registrationIndex(tenant, kind, registration)
    const found = yield* store.findByRegistration(tenant, index)
    return Option.isSome(found) ? yield* files.readCustomer(found.value) : null
  }),
  list: Effect.fn("Customers.list")(function* (filter: CustomerFilter = {}, page: PageRequest = {}) {
    const tenant = yield* everybody
    const { items, next } = yield* store.list(tenant, filter, page)
    return { items: yield* Effect.forEach(items, files.readCustomer), next }
  }),
  inBusiness: Effect.fn("Customers.inBusiness")(function* (tenant: string, id: CustomerId) {
    const customer = yield* locked(tenant, id)
    return yield* Effect.fromResult(States.inBusiness(customer, yield* DateTime.now))
  })
})
