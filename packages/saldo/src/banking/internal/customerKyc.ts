/**
 * Knowing the customers: documents, decisions, and the end of approvals.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Actor, asSystem } from "../../core/Actor.ts"
import { approvePermission, managePermission, transactPermission } from "../BankAccess.ts"
import type { CustomerId, StoredCustomer } from "../Customer.ts"
import { CustomerChanged, CustomerErased, CustomerNotFound, type CustomerRefusal } from "../CustomerRefusal.ts"
import type { Decision, OnCustomer } from "../Customers.ts"
import * as States from "../customerStates.ts"
import { type KycDocument, KycFinding } from "../Kyc.ts"
import type { KycUnavailable, KycVerifier } from "../KycVerifier.ts"
import { requireFor } from "./bankScope.ts"
import { actionOf, type Acts, type Ground } from "./customerActs.ts"
import { DecideCustomer, SubmitDocuments, VerifyCustomer } from "./customerCommands.ts"

type Failure = CustomerRefusal | CustomerChanged | KycUnavailable

/** What the verifier found, and of which version of the customer. */
interface Asked {
  readonly finding: KycFinding
  readonly version: number
}

const isFinding = Schema.is(KycFinding)

const makeVerify = (
  { audit, files, idempotency, store }: Ground,
  { locked, replace }: Acts,
  verifier: KycVerifier["Service"]
) => {
  const ask = Effect.fnUntraced(function* (tenant: string, customerId: CustomerId, key: string) {
    const found = yield* store.find(tenant, customerId)
    if (Option.isNone(found)) return yield* new CustomerNotFound({ customerId })
    const open = yield* Effect.fromResult(States.stillOpen(found.value))
    const file = yield* files.openCustomer(open)
    if (file === null) return yield* new CustomerErased({ customerId })
    const { documents } = open.kyc
    const reference = JSON.stringify([tenant, customerId, key])
    const finding = yield* verifier.verify({ tenant, customerId, kind: open.kind, file, documents, reference })
    if (isFinding(finding)) return { finding, version: open.version }
    return yield* Effect.die(new RangeError("The verifier gave a finding that is none by its contract"))
  })

  return Effect.fn("Customers.verify")(function* ({ customerId, key }: OnCustomer) {
    const { tenant } = yield* requireFor(managePermission, customerId, () => new CustomerNotFound({ customerId }))
    const action = actionOf(VerifyCustomer)
    const { value } = yield* idempotency
      .runLeased(
        VerifyCustomer,
        { tenant, key, input: { customerId } },
        {
          prepare: (): Effect.Effect<Asked, Failure> => ask(tenant, customerId, key),
          commit: Effect.fnUntraced(function* ({ finding, version }): Effect.fn.Return<StoredCustomer, Failure, Actor> {
            const before = yield* locked(tenant, customerId)
            if (before.version !== version) return yield* new CustomerChanged({ customerId })
            const now = yield* DateTime.now
            const decision = { ...finding, decidedAt: now, decidedBy: null }
            return yield* replace(action, before, yield* Effect.fromResult(States.decided(before, decision, now)))
          })
        }
      )
      .pipe(
        // What was found is decided on behind the transaction that asked, and so is a refusal recorded.
        Effect.tapError(({ _tag: reason }) =>
          audit.record({ action, subject: { type: "customer", id: customerId }, outcome: "refused", reason })
        )
      )
    return yield* files.readCustomer(value)
  })
}

const makeExpire = ({ atomic, store }: Ground, { locked, replace }: Acts) => {
  const restrict = ({ id, tenant }: StoredCustomer) =>
    atomic
      .runLocking(
        Effect.gen(function* () {
          const before = yield* locked(tenant, id)
          const after = States.expired(before, yield* DateTime.now)
          if (after === before) return 0
          yield* replace("banking.expire-approval", before, after)
          return 1
        })
      )
      .pipe(Effect.orDie, asSystem(tenant))

  /** One customer must not keep the others waiting. */
  const restrictIfPossible = (customer: StoredCustomer) =>
    Effect.catchCause(restrict(customer), (cause) =>
      Effect.as(Effect.logError("A customer whose approval has ended cannot be restricted", cause), 0).pipe(
        Effect.annotateLogs({ tenant: customer.tenant, customerId: customer.id })
      )
    )

  return Effect.fn("Customers.expireApprovals")(function* (limit = 100) {
    const ended = yield* store.approvalsEnded(yield* DateTime.now, limit)
    const counts = yield* Effect.forEach(ended, restrictIfPossible)
    return counts.reduce((sum, count) => sum + count, 0)
  })
}

/** The acts by which customers become known, and cease to be. */
export const makeKyc = (ground: Ground, acts: Acts, verifier: KycVerifier["Service"]) => ({
  submitDocuments: Effect.fn("Customers.submitDocuments")(
    ({ customerId, documents, key }: OnCustomer & { readonly documents: ReadonlyArray<KycDocument> }) =>
      acts.act({
        command: SubmitDocuments,
        permission: transactPermission,
        key,
        input: { customerId, documents },
        decide: (customer) => Effect.fromResult(States.withDocuments(customer, documents))
      })
  ),
  decide: Effect.fn("Customers.decide")(({ customerId, expiresAt, key, reasons, verdict }: Decision) =>
    acts.act({
      command: DecideCustomer,
      permission: approvePermission,
      key,
      input: { customerId, verdict, reasons, expiresAt },
      decide: (customer, now, actor) =>
        Effect.fromResult(
          States.decided(
            customer,
            {
              checks: customer.kyc.decision?.checks ?? [],
              verdict,
              reasons,
              expiresAt: verdict === "approved" ? expiresAt : null,
              decidedAt: now,
              decidedBy: actor.id
            },
            now
          )
        )
    })
  ),
  verify: makeVerify(ground, acts, verifier),
  expireApprovals: makeExpire(ground, acts)
})
