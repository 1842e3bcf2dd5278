/**
 * How accounts are opened and changed, and why that may be refused.
 */
import * as Schema from "effect/Schema"
import {
  AccountCode,
  AccountId,
  AccountSettings,
  AccountType,
  Bounds,
  LedgerAccount,
  Metadata
} from "./LedgerAccount.ts"
import { Text } from "../core/Text.ts"

/** An account to be opened. What is left out: a new id, no parent, no bounds, no metadata, the role `ordinary`. */
export const AccountOpening = Schema.Struct({
  /** Opening the same id with the same type, currency, role and code again gives the account that is there. */
  id: Schema.optionalKey(AccountId),
  code: AccountCode,
  type: AccountType,
  currency: Text,
  role: Schema.optionalKey(LedgerAccount.fields.role),
  name: AccountSettings.fields.name,
  parent: Schema.optionalKey(Schema.NullOr(AccountId)),
  bounds: Schema.optionalKey(Bounds),
  metadata: Schema.optionalKey(Metadata)
})

/** An account to be opened. */
export type AccountOpening = typeof AccountOpening.Type

/** What is to become different about an account; what is left out stays. */
export const AccountChange = AccountSettings.mapFields((fields) => ({
  name: Schema.optionalKey(fields.name),
  parent: Schema.optionalKey(fields.parent),
  bounds: Schema.optionalKey(fields.bounds),
  closed: Schema.optionalKey(fields.closed),
  frozen: Schema.optionalKey(fields.frozen),
  debitsBlocked: Schema.optionalKey(fields.debitsBlocked),
  creditsBlocked: Schema.optionalKey(fields.creditsBlocked),
  metadata: Schema.optionalKey(fields.metadata),
  /** Refuses the change when the account is at another version by now. */
  expectedVersion: Schema.optionalKey(Schema.Int)
}))

/** What is to become different about an account. */
export type AccountChange = typeof AccountChange.Type

/** Another account of the ledger has this id or this code. */
export class AccountTaken extends Schema.TaggedError<AccountTaken>()(
  "AccountTaken",
  { code: AccountCode, accountId: AccountId },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The ledger account ${this.accountId} with the code ${this.code} is there already`
  }
}

/** An account cannot roll up into this one. */
export class ParentUnsuitable extends Schema.TaggedError<ParentUnsuitable>()(
  "ParentUnsuitable",
  { parent: AccountId, reason: Schema.Literals(["missing", "other-type", "other-currency", "cycle"]) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    const why = {
      missing: "it is not there",
      "other-type": "it is of another type",
      "other-currency": "it has another currency",
      cycle: "it rolls up into the account itself"
    }[this.reason]
    return `The ledger account ${this.parent} cannot be the parent: ${why}`
  }
}

/** An account is closed when it is empty: no balance, and nothing pending. */
export class AccountNotEmpty extends Schema.TaggedError<AccountNotEmpty>()(
  "AccountNotEmpty",
  { accountId: AccountId, reason: Schema.Literals(["balance", "pending"]) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    const why =
      this.reason === "balance" ? "has a balance; move it first" : "has open holds; capture or void them first"
    return `The ledger account ${this.accountId} cannot be closed: it ${why}`
  }
}
