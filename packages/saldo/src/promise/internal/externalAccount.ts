/**
 * Accounts in other banks, as a host gives and gets them.
 */
import type * as External from "../../banking/ExternalAccount.ts"
import type { Given, Plain } from "./plain.ts"
import type { Secret } from "./secret.ts"

/** An account in another bank as Saldo gives it: its number is a `Secret`, but for a bankgiro, which is public. */
export type ExternalAccount = Plain<External.ExternalAccount>

/** An account in another bank: what somebody wrote down, by its scheme, or one that Saldo gave. */
export type ExternalAccountGiven = Written<External.ExternalAccountInput> | Given<External.ExternalAccount>

type Written<Input> = Input extends unknown ? Omit<Plain<Input>, "text"> & { readonly text: string | Secret } : never
