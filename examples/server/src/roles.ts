import { Permission } from "saldo/core/Actor"
import { type RolePolicy, standardRoles } from "saldo/identity/Roles"

const market = Permission.make("lending:read")

/** What the roles of the bank may do: as is usual, and everybody may look at the market. */
export const roles: RolePolicy = {
  customer: [...standardRoles.customer, market],
  teller: [...standardRoles.teller, market],
  officer: [...standardRoles.officer, market],
  auditor: [...standardRoles.auditor, market],
  admin: [...standardRoles.admin, Permission.make("system:metrics")]
}
