/**
 * What a record of the trail changed, and who may hear of it: whoever may read the thing itself.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AuditRecord } from "saldo/audit/AuditRecord"
import * as BankAccess from "saldo/banking/BankAccess"
import { DepositAccountId } from "saldo/banking/DepositAccount"
import type { DepositAccounts } from "saldo/banking/DepositAccounts"
import { depositIdIn } from "saldo/banking/depositCode"
import { PaymentOrderId } from "saldo/banking/PaymentOrder"
import { PaymentPlanId } from "saldo/banking/PaymentPlan"
import type { PaymentPlans } from "saldo/banking/PaymentPlans"
import type { Payments } from "saldo/banking/Payments"
import { type Actor, as, type Identity, type Permission, system } from "saldo/core/Actor"
import { EntryId } from "saldo/ledger/JournalEntry"
import { type Ledger, readPermission as ledgerPermission } from "saldo/ledger/Ledger"
import type { AccountId } from "saldo/ledger/LedgerAccount"
import { webhooksPermission } from "saldo/notifications/WebhookPolicy"
import type { Change, ChangedKind } from "../api/EventsApi.ts"
import { readPermission as marketPermission } from "./MarketHandlers.ts"

/** A change, and the permissions and the customer that one must have, and reach, to read what changed. */
export interface Concern extends Change {
  readonly permissions: ReadonlyArray<Permission>
  /** Whose it is; null of what belongs to no customer. */
  readonly customerId: string | null
}

const { anyCustomerPermission, approvePermission, reaches, readPermission } = BankAccess

/** Of each kind, what the endpoints that read it ask for. */
const permissionsOf: Readonly<Record<ChangedKind, ReadonlyArray<Permission>>> = {
  account: [readPermission],
  approval: [approvePermission, anyCustomerPermission],
  beneficiary: [readPermission],
  collection: [marketPermission],
  customer: [readPermission],
  "ledger-account": [ledgerPermission],
  "ledger-entry": [ledgerPermission],
  payment: [readPermission],
  "payment-plan": [readPermission],
  webhook: [webhooksPermission]
}

/** Whether somebody may hear of something. */
export const mayHear = (actor: Identity, { customerId, permissions }: Concern): boolean =>
  permissions.every((each) => actor.may(each)) && (customerId === null || reaches(actor, customerId))

/** Whether there is anything at all that somebody may hear of. */
export const mayHearAny = (actor: Identity): boolean =>
  Object.values(permissionsOf).some((permissions) => permissions.every((each) => actor.may(each)))

/** The use cases that say whose something is. */
export interface Sources {
  readonly accounts: DepositAccounts["Service"]
  readonly ledger: Ledger["Service"]
  readonly payments: Payments["Service"]
  readonly plans: PaymentPlans["Service"]
}

const concern = (kind: ChangedKind, id: string, rest: Partial<Concern> = {}): Concern => ({
  kind,
  id,
  version: null,
  customerId: null,
  permissions: permissionsOf[kind],
  ...rest
})

const isAccount = Schema.is(DepositAccountId)
const isEntry = Schema.is(EntryId)
const isOrder = Schema.is(PaymentOrderId)
const isPlan = Schema.is(PaymentPlanId)

/** What is no longer there is of no concern. */
const found = <A, E>(tenant: string, read: Effect.Effect<A, E, Actor>) => Effect.option(read.pipe(as(system(tenant))))

/** The entries that a command of the ledger booked. */
const entriesOf = ({ changes }: AuditRecord): ReadonlyArray<EntryId> =>
  changes.flatMap(({ after, path }) =>
    /^\/entries\/\d+\/id$/u.test(path) && after._tag === "Plain" && isEntry(after.value) ? [after.value] : []
  )

/** So many accounts are remembered with their customers, which never change. */
const rememberedAtMost = 10_000

const makeHolders = ({ accounts, ledger }: Sources) => {
  const known = new Map<string, Option.Option<Concern>>()

  const ofAccount = (tenant: string, id: DepositAccountId) =>
    Effect.map(found(tenant, accounts.find(id)), (account) =>
      Option.map(account, ({ customerId, ledgerAccountId }) => ({
        ledgerAccountId,
        concern: concern("account", id, { customerId })
      }))
    )

  const look = Effect.fnUntraced(function* (tenant: string, accountId: AccountId) {
    const account = yield* found(tenant, ledger.account(accountId))
    const id = Option.isSome(account) ? depositIdIn(account.value.code) : undefined
    if (!isAccount(id)) return Option.none<Concern>()
    const holder = yield* ofAccount(tenant, id)
    return Option.filter(holder, ({ ledgerAccountId }) => ledgerAccountId === accountId).pipe(
      Option.map((each) => each.concern)
    )
  })

  const ofLedgerAccount = Effect.fnUntraced(function* (tenant: string, accountId: AccountId) {
    const key = JSON.stringify([tenant, accountId])
    const there = known.get(key)
    if (there !== undefined) return there
    const looked = yield* look(tenant, accountId)
    if (known.size >= rememberedAtMost) known.clear()
    known.set(key, looked)
    return looked
  })

  return { ofAccount, ofLedgerAccount }
}

const distinct = (concerns: ReadonlyArray<Concern>): ReadonlyArray<Concern> => [
  ...new Map(concerns.map((each) => [`${each.kind} ${each.id}`, each])).values()
]

/** Says of records what they changed. A refused act changed nothing, and what concerns safety stays in the trail. */
export const makeConcerns = (sources: Sources) => {
  const { ledger, payments, plans } = sources
  const holders = makeHolders(sources)

  /** An entry changes every deposit account among its lines, whoever it belongs to. */
  const booked = Effect.fnUntraced(function* (record: AuditRecord) {
    const concerns: Array<Concern> = []
    for (const id of entriesOf(record)) {
      concerns.push(concern("ledger-entry", id))
      const entry = yield* found(record.tenant, ledger.entry(id))
      for (const accountId of new Set(Option.isSome(entry) ? entry.value.lines.map((line) => line.accountId) : [])) {
        const holder = yield* holders.ofLedgerAccount(record.tenant, accountId)
        if (Option.isSome(holder)) concerns.push(holder.value)
      }
    }
    return distinct(concerns)
  })

  const ordered = <E>(
    kind: ChangedKind,
    tenant: string,
    id: string,
    read: Effect.Effect<{ readonly customerId: string; readonly version: number }, E, Actor>
  ) =>
    Effect.map(found(tenant, read), (order) =>
      Option.toArray(order).map(({ customerId, version }) => concern(kind, id, { customerId, version }))
    )

  const of: (record: AuditRecord) => Effect.Effect<ReadonlyArray<Concern>> = (record) => {
    const { kind, onBehalfOf, outcome, subject, tenant } = record
    const { id } = subject
    if (kind !== "action" || outcome !== "succeeded") return Effect.succeed([])
    switch (subject.type) {
      case "deposit-account":
        return isAccount(id)
          ? Effect.map(holders.ofAccount(tenant, id), (each) => Option.toArray(each).map(({ concern: one }) => one))
          : Effect.succeed([])
      case "customer":
        return Effect.succeed([concern("customer", id, { customerId: id })])
      case "beneficiary":
        return Effect.succeed(
          onBehalfOf?.tenant === tenant ? [concern("beneficiary", id, { customerId: onBehalfOf.id })] : []
        )
      case "payment":
        return isOrder(id) ? ordered("payment", tenant, id, payments.find(id)) : Effect.succeed([])
      case "payment-plan":
        return isPlan(id) ? ordered("payment-plan", tenant, id, plans.find(id)) : Effect.succeed([])
      case "ledger-command":
        return booked(record)
      case "approval":
      case "collection":
      case "ledger-account":
      case "webhook":
        return Effect.succeed([concern(subject.type, id)])
      default:
        return Effect.succeed([])
    }
  }
  return of
}
