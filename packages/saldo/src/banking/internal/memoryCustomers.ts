/**
 * Customers in memory: the contract of their store in its plainest form.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MemoryTable from "../../core/MemoryTable.ts"
import * as Page from "../../core/Page.ts"
import type { StoredBeneficiary } from "../Beneficiary.ts"
import type { CustomerFilter, StoredCustomer } from "../Customer.ts"
import type { CustomerStore } from "../CustomerStore.ts"
import { approvalEndsAt } from "../customerStates.ts"

const keyOf = (tenant: string, id: string): string => JSON.stringify([tenant, id])

const matches = (customer: StoredCustomer, { kind, state }: CustomerFilter): boolean =>
  (kind === undefined || customer.kind === kind) && (state === undefined || customer.state === state)

const byId = (left: { readonly id: string }, right: { readonly id: string }): number =>
  left.id < right.id ? -1 : left.id > right.id ? 1 : 0

/** One page of all rows that belong on a list, by id. */
const pageOf = Effect.fnUntraced(function* <A extends { readonly id: string }>(
  query: unknown,
  request: Page.PageRequest,
  found: ReadonlyArray<A>
) {
  const [start] = (yield* Page.startOf(query, request)) ?? []
  const rows = found.filter(({ id }) => typeof start !== "string" || id > start).sort(byId)
  return Page.pageOf(query, request, rows.slice(0, Page.limitOf(request) + 1), ({ id }) => [id])
})

type Rows<A> = Pick<MemoryTable.Rows<string, A>, "values">

const registered = (rows: Rows<StoredCustomer>, tenant: string, index: string | null): StoredCustomer | undefined =>
  index === null
    ? undefined
    : [...rows.values()].find((row) => row.tenant === tenant && row.registrationIndex === index)

type Service = CustomerStore["Service"]

const customersIn = (table: MemoryTable.MemoryTable<string, StoredCustomer>) => ({
  insert: ((customer) =>
    table.modify((rows) => {
      const there =
        rows.get(keyOf(customer.tenant, customer.id)) ?? registered(rows, customer.tenant, customer.registrationIndex)
      if (there === undefined) rows.set(keyOf(customer.tenant, customer.id), customer)
      return Option.fromUndefinedOr(there)
    })) satisfies Service["insert"],
  find: ((tenant, id) => table.get(keyOf(tenant, id))) satisfies Service["find"],
  // The writer of a transaction is alone, so everything is locked already.
  lock: ((tenant, id) => table.get(keyOf(tenant, id))) satisfies Service["lock"],
  findByRegistration: ((tenant, index) =>
    table.read((rows) =>
      Option.fromUndefinedOr(registered(rows, tenant, index))
    )) satisfies Service["findByRegistration"],
  save: ((customer) =>
    table.modify((rows) => {
      const key = keyOf(customer.tenant, customer.id)
      const other = registered(rows, customer.tenant, customer.registrationIndex)
      const taken = other !== undefined && other.id !== customer.id
      if (taken || rows.get(key)?.version !== customer.version - 1) return false
      rows.set(key, customer)
      return true
    })) satisfies Service["save"],
  list: ((tenant, filter, request) =>
    Effect.flatMap(
      table.read((rows) => [...rows.values()].filter((row) => row.tenant === tenant && matches(row, filter))),
      (found) => pageOf({ tenant, filter }, request, found)
    )) satisfies Service["list"],
  approvalsEnded: ((at, limit) =>
    table.read((rows) =>
      [...rows.values()]
        .flatMap((customer) => {
          const ends = approvalEndsAt(customer)
          return ends === null || ends > at.epochMilliseconds ? [] : [{ customer, ends }]
        })
        .sort((left, right) => left.ends - right.ends || byId(left.customer, right.customer))
        .slice(0, limit)
        .map(({ customer }) => customer)
    )) satisfies Service["approvalsEnded"]
})

const beneficiariesIn = (table: MemoryTable.MemoryTable<string, StoredBeneficiary>) => ({
  insertBeneficiary: ((beneficiary) =>
    table.modify((rows) => {
      const known = rows.get(keyOf(beneficiary.tenant, beneficiary.id))
      const same = [...rows.values()].find(
        (row) =>
          row.tenant === beneficiary.tenant &&
          row.customerId === beneficiary.customerId &&
          row.removedAt === null &&
          row.accountIndex !== null &&
          row.accountIndex === beneficiary.accountIndex
      )
      const there = known ?? same
      if (there === undefined) rows.set(keyOf(beneficiary.tenant, beneficiary.id), beneficiary)
      return Option.fromUndefinedOr(there)
    })) satisfies Service["insertBeneficiary"],
  findBeneficiary: ((tenant, id) => table.get(keyOf(tenant, id))) satisfies Service["findBeneficiary"],
  removeBeneficiary: ((tenant, id, removedAt) =>
    table.modify((rows) => {
      const row = rows.get(keyOf(tenant, id))
      if (row === undefined || row.removedAt !== null) return false
      rows.set(keyOf(tenant, id), { ...row, removedAt })
      return true
    })) satisfies Service["removeBeneficiary"],
  listBeneficiaries: ((tenant, customerId, request) =>
    Effect.flatMap(
      table.read((rows) =>
        [...rows.values()].filter(
          (row) => row.tenant === tenant && row.customerId === customerId && row.removedAt === null
        )
      ),
      (found) => pageOf({ tenant, customerId }, request, found)
    )) satisfies Service["listBeneficiaries"],
  forgetBeneficiaries: ((tenant, customerId) =>
    table.modify((rows) => {
      const own = [...rows.entries()].filter(([, row]) => row.tenant === tenant && row.customerId === customerId)
      for (const [key, row] of own) rows.set(key, { ...row, sealed: null, accountIndex: null })
      return own.length
    })) satisfies Service["forgetBeneficiaries"]
})

/** A store of customers in memory. */
export const makeMemoryCustomers: Effect.Effect<Service> = Effect.gen(function* () {
  return {
    ...customersIn(yield* MemoryTable.make<string, StoredCustomer>()),
    ...beneficiariesIn(yield* MemoryTable.make<string, StoredBeneficiary>())
  }
})
