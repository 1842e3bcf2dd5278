/**
 * Why the bank refuses what was asked of a deposit account. What the ledger refuses has the ledger's own words.
 */
import * as Schema from "effect/Schema"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { CalendarPeriod } from "./CalendarPeriod.ts"
import { DepositAccountId, DepositAccountState } from "./DepositAccount.ts"
import { ProductId } from "./DepositProduct.ts"

/** The tenant has no such account, or it is out of the actor's reach. */
export class DepositAccountNotFound extends Schema.TaggedError<DepositAccountNotFound>()(
  "DepositAccountNotFound",
  { accountId: Schema.String },
  { httpApiStatus: 404 }
) {
  override get message(): string {
    return `There is no deposit account ${this.accountId}`
  }
}

/** The account is blocked or closed. */
export class DepositAccountNotOpen extends Schema.TaggedError<DepositAccountNotOpen>()(
  "DepositAccountNotOpen",
  { accountId: DepositAccountId, state: DepositAccountState },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The deposit account ${this.accountId} must be open, and it is ${this.state}`
  }
}

/** No version of the product is offered on the day. */
export class ProductNotOffered extends Schema.TaggedError<ProductNotOffered>()(
  "ProductNotOffered",
  { productId: ProductId, on: LocalDateSchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `No account is opened on the product ${this.productId} on ${this.on}`
  }
}

/** The customer is not there, out of the actor's reach, or not active. */
export class AccountHolderUnsuitable extends Schema.TaggedError<AccountHolderUnsuitable>()(
  "AccountHolderUnsuitable",
  { customerId: Schema.String, reason: Schema.Literals(["missing", "inactive"]) },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return this.reason === "missing"
      ? `There is no customer ${this.customerId}`
      : `The customer ${this.customerId} must be active to have accounts opened and used`
  }
}

/** The amount is not above zero, or in another currency than the account. */
export class DepositAmountInvalid extends Schema.TaggedError<DepositAmountInvalid>()(
  "DepositAmountInvalid",
  { amount: MoneySchema, currency: Schema.String },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The amount must be above zero and in ${this.currency}, not ${this.amount.toString()}`
  }
}

/** The first money on an account is less than its product asks for. */
export class OpeningDepositTooSmall extends Schema.TaggedError<OpeningDepositTooSmall>()(
  "OpeningDepositTooSmall",
  { accountId: DepositAccountId, minimum: MoneySchema, given: MoneySchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The first deposit must be ${this.minimum.toString()} or more, not ${this.given.toString()}`
  }
}

/** All withdrawals that the product has in a period were made. */
export class WithdrawalsUsedUp extends Schema.TaggedError<WithdrawalsUsedUp>()(
  "WithdrawalsUsedUp",
  { accountId: DepositAccountId, count: Schema.Int, per: CalendarPeriod },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The account has ${this.count} withdrawals each ${this.per}, and all were made`
  }
}

/** The withdrawal was not announced, not for so much, or not long enough before. */
export class WithdrawalNotAnnounced extends Schema.TaggedError<WithdrawalNotAnnounced>()(
  "WithdrawalNotAnnounced",
  { accountId: DepositAccountId, noticeDays: Schema.Int, announced: MoneySchema, requested: MoneySchema },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Withdrawals are announced ${this.noticeDays} days before; ${this.announced.toString()} may be taken now, and ${this.requested.toString()} was asked for`
  }
}

/** A transfer, or the rest of a closed account, must go to another account in the same currency. */
export class DestinationUnsuitable extends Schema.TaggedError<DestinationUnsuitable>()(
  "DestinationUnsuitable",
  { accountId: DepositAccountId, reason: Schema.Literals(["missing", "same-account", "other-currency"]) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return {
      missing: `The deposit account ${this.accountId} has money: name the account that it is to be moved to`,
      "same-account": `The deposit account ${this.accountId} cannot pay itself: name another account`,
      "other-currency": `The account that the deposit account ${this.accountId} is to pay must be in its currency`
    }[this.reason]
  }
}

/** An account that owes the bank money cannot be closed. */
export class OverdraftNotRepaid extends Schema.TaggedError<OverdraftNotRepaid>()(
  "OverdraftNotRepaid",
  { accountId: DepositAccountId, owed: MoneySchema },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `The deposit account ${this.accountId} owes ${this.owed.toString()}, interest and fees included; repay it first`
  }
}

/** A day that has not come cannot end. */
export class DayNotOver extends Schema.TaggedError<DayNotOver>()(
  "DayNotOver",
  { through: LocalDateSchema, today: LocalDateSchema },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The end of day may be run through today, ${this.today}, and not through ${this.through}`
  }
}
