/**
 * The acts from registration to erasure.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Id from "../../core/Id.ts"
import { Actor } from "../../core/Actor.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import { anyCustomerPermission, managePermission } from "../BankAccess.ts"
import type { CustomerDetails, StoredCustomer } from "../Customer.ts"
import type { CustomerObligations } from "../CustomerObligations.ts"
import { CustomerErased, ObligationsOpen, RegistrationTaken } from "../CustomerRefusal.ts"
import type { CustomerOpening, OnCustomer } from "../Customers.ts"
import * as States from "../customerStates.ts"
import { noKyc, type ReasonCode } from "../Kyc.ts"
import type { PersonalData } from "../PersonalData.ts"
import { makeOnce } from "../../audit/internal/commandOnce.ts"
import { actionOf, type Acts, entryOf, type Ground } from "./customerActs.ts"
import {
  ActivateCustomer,
  ChangeCustomer,
  CloseCustomer,
  EraseCustomer,
  LiftRestriction,
  RegisterCustomer,
  RestrictCustomer
} from "./customerCommands.ts"
import { fitting, registrationOf } from "./writtenRegistration.ts"

const permission = managePermission

/** The day in UTC, by which centuries are told apart and nobody is born tomorrow. */
export const todayIs = Effect.map(DateTime.now, (now) => LocalDate.of(DateTime.formatIsoDateUtc(now)))

const makeRegister = ({ atomic, audit, files, idempotency, store }: Ground, personal: PersonalData["Service"]) => {
  const once = makeOnce({ atomic, audit, idempotency })
  return Effect.fn("Customers.register")(function* ({ details, key, kind, registration: written }: CustomerOpening) {
    yield* Actor.require(permission)
    // It tells whether somebody else is a customer already.
    yield* Actor.require(anyCustomerPermission)
    const { tenant } = yield* Actor
    yield* Effect.fromResult(fitting(kind, written.scheme))
    const registration = yield* Effect.fromResult(registrationOf(written, yield* todayIs))
    const file = { registration, details }
    const content = yield* files.contentOfCustomer(tenant, kind, file)
    const id = yield* Id.make("cust")
    const action = actionOf(RegisterCustomer)
    const registering = Effect.gen(function* () {
      yield* personal.begin({ tenant, subjectId: id })
      const customer: StoredCustomer = {
        id,
        tenant,
        kind,
        state: "pending",
        restrictions: [],
        kyc: noKyc,
        erasedAt: null,
        createdAt: yield* DateTime.now,
        version: 1,
        sealed: yield* files.sealCustomer(tenant, id, file),
        registrationIndex: yield* files.registrationIndex(tenant, kind, registration)
      }
      const there = yield* store.insert(customer)
      if (Option.isSome(there)) return yield* new RegistrationTaken({ customerId: there.value.id })
      yield* audit.record(entryOf(action, null, customer))
      return customer
    })
    const subject = { type: "customer", id }
    return yield* files.readCustomer(
      yield* once(RegisterCustomer, { key, input: { content }, action, subject, act: registering })
    )
  })
}

const makeDetails = ({ files }: Ground, { act }: Acts) =>
  Effect.fn("Customers.change")(function* ({
    customerId,
    details,
    key
  }: OnCustomer & { readonly details: CustomerDetails }) {
    const { tenant } = yield* Actor
    return yield* act({
      command: ChangeCustomer,
      permission,
      key,
      input: { customerId, content: yield* files.contentOfDetails(tenant, details) },
      decide: Effect.fnUntraced(function* (customer) {
        const open = yield* Effect.fromResult(States.stillOpen(customer))
        const file = yield* files.openCustomer(open)
        // Somebody destroyed the key by other means than the act of erasure.
        if (file === null) return yield* new CustomerErased({ customerId })
        return { ...open, sealed: yield* files.sealCustomer(tenant, customerId, { ...file, details }) }
      })
    })
  })

/** The acts from registration to erasure, but for knowing the customer. */
export const makeLife = (
  ground: Ground,
  acts: Acts,
  personal: PersonalData["Service"],
  obligations: CustomerObligations["Service"]
) => {
  const { act } = acts
  const { store } = ground

  return {
    register: makeRegister(ground, personal),
    change: makeDetails(ground, acts),
    activate: Effect.fn("Customers.activate")(({ customerId, key }: OnCustomer) =>
      act({
        command: ActivateCustomer,
        permission,
        key,
        input: { customerId },
        decide: (customer, now) => Effect.fromResult(States.activate(customer, now))
      })
    ),
    restrict: Effect.fn("Customers.restrict")(
      ({ customerId, key, reason }: OnCustomer & { readonly reason: ReasonCode }) =>
        act({
          command: RestrictCustomer,
          permission,
          key,
          input: { customerId, reason },
          decide: (customer) => Effect.fromResult(States.restrict(customer, reason))
        })
    ),
    lift: Effect.fn("Customers.lift")(({ customerId, key, reason }: OnCustomer & { readonly reason: ReasonCode }) =>
      act({
        command: LiftRestriction,
        permission,
        key,
        input: { customerId, reason },
        decide: (customer, now) => Effect.fromResult(States.lift(customer, reason, now))
      })
    ),
    close: Effect.fn("Customers.close")(({ customerId, key }: OnCustomer) =>
      act({
        command: CloseCustomer,
        permission,
        key,
        input: { customerId },
        decide: Effect.fnUntraced(function* (customer) {
          const closed = yield* Effect.fromResult(States.close(customer))
          const all = yield* obligations.open(customer.tenant, customerId)
          const first = all.find(({ ids }) => ids.length > 0)
          if (first !== undefined) return yield* new ObligationsOpen({ customerId, ...first })
          return closed
        })
      })
    ),
    erase: Effect.fn("Customers.erase")(({ customerId, key }: OnCustomer) =>
      act({
        command: EraseCustomer,
        permission,
        key,
        input: { customerId },
        decide: Effect.fnUntraced(function* (customer, now) {
          const erased = yield* Effect.fromResult(States.erase(customer, now))
          yield* personal.destroy({ tenant: customer.tenant, subjectId: customerId })
          yield* store.forgetBeneficiaries(customer.tenant, customerId)
          return erased
        })
      })
    )
  }
}
