/**
 * Who may do what in a bank.
 */
import { roles } from "../../banking/BankAccess.ts"

/** The roles that a bank usually has, as lists of permissions for `ActorOptions`. */
export const bankRoles: Readonly<
  Record<"customer" | "teller" | "officer" | "auditor" | "admin", ReadonlyArray<string>>
> = roles
