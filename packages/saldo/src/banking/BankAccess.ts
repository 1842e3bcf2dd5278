/**
 * What may be done in the bank, by which roles, and to whose data.
 */
import { type Identity, Permission } from "../core/Actor.ts"

/** To see one's own data: customers, accounts, payments. */
export const readPermission = Permission.make("bank:read")

/** To deposit, withdraw and transfer, and to hand in documents about oneself. */
export const transactPermission = Permission.make("bank:transact")

/** To order payments and keep beneficiaries. */
export const payPermission = Permission.make("bank:pay")

/** To decide on what somebody else asked for: payments, and the verification of customers. */
export const approvePermission = Permission.make("bank:approve")

/** To open and close accounts. */
export const openPermission = Permission.make("bank:open")

/** To register, verify, restrict, close and erase customers, and to keep products. */
export const managePermission = Permission.make("bank:manage")

/** To import statements of the bank's own accounts, and to say which of their lines are which entries of the ledger. */
export const reconcilePermission = Permission.make("bank:reconcile")

/** To reach the data of every customer of the tenant, where the other permissions alone reach the owner's. */
export const anyCustomerPermission = Permission.make("bank:any-customer")

/** The roles that a bank usually has, and what each may do. A host may have others: only permissions count. */
export const roles = {
  customer: [readPermission, transactPermission, payPermission],
  teller: [readPermission, transactPermission, anyCustomerPermission],
  officer: [
    readPermission,
    transactPermission,
    payPermission,
    approvePermission,
    openPermission,
    managePermission,
    reconcilePermission,
    anyCustomerPermission
  ],
  auditor: [readPermission, anyCustomerPermission, Permission.make("audit:read")],
  admin: [Permission.make("bank:*")]
} as const satisfies Readonly<Record<string, ReadonlyArray<Permission>>>

/** A role that a bank usually has. */
export type BankRole = keyof typeof roles

/** The permissions of roles, each once; of a role that is none of the bank's, none. */
export const permissionsOf = (names: ReadonlyArray<string>): ReadonlyArray<Permission> => {
  const known = new Map<string, ReadonlyArray<Permission>>(Object.entries(roles))
  return [...new Set(names.flatMap((name) => known.get(name) ?? []))]
}

/**
 * Whether a customer's data is within the actor's reach: its own, that of the customer for whom it acts, or with
 * `bank:any-customer` every customer's of its tenant.
 */
export const reaches = (actor: Identity, customerId: string): boolean => {
  const { owner } = actor
  return (owner.tenant === actor.tenant && owner.id === customerId) || actor.may(anyCustomerPermission)
}
