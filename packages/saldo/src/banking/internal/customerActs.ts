/**
 * How every act on a customer goes: by the actor's permission and reach, once for its key, on a locked customer, recorded
 * in the trail in the same transaction, also when refused.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import { changes, type RedactionClasses } from "../../audit/changes.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { type Actor, type Identity, type Permission, Subject } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { Command, CommandKey } from "../../core/Command.ts"
import type { Idempotency } from "../../core/Idempotency.ts"
import type { Customer, CustomerId, StoredCustomer } from "../Customer.ts"
import { CustomerNotFound, type CustomerRefusal } from "../CustomerRefusal.ts"
import type { CustomerStore } from "../CustomerStore.ts"
import { requireFor } from "./bankScope.ts"
import { makeOnce } from "../../audit/internal/commandOnce.ts"
import type { Files } from "./customerFiles.ts"

/** What the acts on customers stand on. */
export interface Ground {
  readonly store: CustomerStore["Service"]
  readonly audit: AuditTrail["Service"]
  readonly atomic: Atomic["Service"]
  readonly idempotency: Idempotency["Service"]
  readonly files: Files
}

/** Of what is sealed the trail says that it changed, and of the index not even that it is there. */
const classes: RedactionClasses = { "": "internal", "/state": "public", "/restrictions": "public", "/sealed": "secret" }

const traced = (customer: StoredCustomer) => {
  const { registrationIndex: _index, tenant: _tenant, ...rest } = customer
  return rest
}

/** What the trail says of a customer's change. */
export const entryOf = (
  action: AuditEntry["action"],
  before: StoredCustomer | null,
  after: StoredCustomer
): AuditEntry => ({
  action,
  subject: { type: "customer", id: after.id },
  onBehalfOf: new Subject({ tenant: after.tenant, id: after.id }),
  changes: changes(before === null ? null : traced(before), traced(after), classes)
})

/** An act on one customer: its command, who may do it, and what becomes of the customer. */
export interface CustomerAct<Input extends { readonly customerId: CustomerId }, E> {
  readonly command: Command<Input, StoredCustomer, CustomerRefusal>
  readonly permission: Permission
  readonly key: CommandKey
  readonly input: Input
  readonly decide: (customer: StoredCustomer, now: DateTime.Utc, actor: Identity) => Effect.Effect<StoredCustomer, E>
}

/** The action of the trail for a command, by the name of its operation. */
export const actionOf = ({ operation }: { readonly operation: string }): AuditEntry["action"] => {
  const [domain = "", ...verb] = operation.split(".")
  return `${domain}.${verb.join(".")}`
}

/** Makes the one way in which customers are changed. */
export const makeActs = ({ atomic, audit, files, idempotency, store }: Ground) => {
  const once = makeOnce({ atomic, audit, idempotency })

  /** Locks a customer of the tenant. */
  const locked = Effect.fnUntraced(function* (tenant: string, customerId: CustomerId) {
    const found = yield* store.lock(tenant, customerId)
    return Option.isSome(found) ? found.value : yield* new CustomerNotFound({ customerId })
  })

  /** Puts the next version of a locked customer in place; the same customer stays, and is not recorded. */
  const replace = Effect.fnUntraced(function* (
    action: AuditEntry["action"],
    before: StoredCustomer,
    wanted: StoredCustomer
  ) {
    const after = { ...wanted, version: before.version + 1 }
    if (!(yield* store.save(after))) {
      return yield* Effect.die(new RangeError(`The customer ${after.id} was changed by somebody while it was locked`))
    }
    yield* audit.record(entryOf(action, before, after))
    return after
  })

  const act = Effect.fnUntraced(function* <
    Input extends { readonly customerId: CustomerId },
    E extends CustomerRefusal
  >({ command, decide, input, key, permission }: CustomerAct<Input, E>) {
    const { customerId } = input
    const actor = yield* requireFor(permission, customerId, () => new CustomerNotFound({ customerId }))
    const action = actionOf(command)
    const acting = Effect.gen(function* () {
      const before = yield* locked(actor.tenant, customerId)
      return yield* replace(action, before, yield* decide(before, yield* DateTime.now, actor))
    })
    const subject = { type: "customer", id: customerId }
    return yield* files.readCustomer(yield* once(command, { key, input, action, subject, act: acting }))
  })

  return { act, locked, replace }
}

/** What `makeActs` makes. */
export type Acts = ReturnType<typeof makeActs>

/** A customer after an act. */
export type Acted<E> = Effect.Effect<Customer, E, Actor>
