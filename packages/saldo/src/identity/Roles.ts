/**
 * Roles as data: what each of them may do, and as whom a user acts who has them.
 */
import { Identity, Permission, Subject } from "../core/Actor.ts"
import type { User } from "./User.ts"

/** To see and change oneself: profile, password, second factor, sessions. */
export const selfPermission = Permission.make("identity:self")

/** To see all users of the tenant, invite and lock them, and give them roles that grant no more than one has. */
export const managePermission = Permission.make("identity:manage")

/** What each role may do. A role that is not in it may do nothing. */
export type RolePolicy = Readonly<Record<string, ReadonlyArray<Permission>>>

const permissions = (...names: ReadonlyArray<string>): ReadonlyArray<Permission> =>
  names.map((name) => Permission.make(name))

/** The roles that a bank usually has. A host may have others: only permissions count. */
export const standardRoles = {
  customer: permissions("identity:self", "bank:read", "bank:transact", "bank:pay"),
  teller: permissions("identity:self", "bank:read", "bank:transact", "bank:any-customer"),
  officer: permissions(
    "identity:self",
    "bank:read",
    "bank:transact",
    "bank:pay",
    "bank:approve",
    "bank:open",
    "bank:manage",
    "bank:reconcile",
    "bank:any-customer",
    "ledger:read",
    "lending:read",
    "lending:collect"
  ),
  auditor: permissions("identity:self", "bank:read", "bank:any-customer", "ledger:read", "lending:read", "audit:read"),
  admin: permissions("identity:*", "bank:*", "ledger:*", "lending:*", "audit:*", "webhooks:*", "system:*")
} as const satisfies RolePolicy

/** The permissions of roles, each once. */
export const permissionsOf = (policy: RolePolicy, roles: ReadonlyArray<string>): ReadonlyArray<Permission> => [
  ...new Set(roles.flatMap((role) => (Object.hasOwn(policy, role) ? (policy[role] ?? []) : [])))
]

/** As whom a user acts: itself, for the party that it belongs to, with what its roles may do. */
export const identityOf = (
  policy: RolePolicy,
  { id, party, roles, tenant }: Pick<User, "id" | "party" | "roles" | "tenant">
): Identity =>
  new Identity({
    kind: "user",
    tenant,
    id,
    roles,
    permissions: permissionsOf(policy, roles),
    ...(party === null ? {} : { onBehalfOf: new Subject({ tenant, id: party }) })
  })
