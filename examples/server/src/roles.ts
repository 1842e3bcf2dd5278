import { Permission } from "saldo/core/Actor"
import { type RolePolicy, standardRoles } from "saldo/identity/Roles"

const market = Permission.make("lending:read")

/** What the roles of the bank may do: as is usual, and everybody may look at the market. */
export const roles: RolePolicy = {
  ...standardRoles,
  customer: [...standardRoles.customer, market],
  teller: [...standardRoles.teller, market]
}
