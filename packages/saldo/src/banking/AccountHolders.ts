import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { LocalDate } from "../time/LocalDate.ts"
import type { DepositAccount } from "./DepositAccount.ts"

/** What deposit accounts need to know about a customer. */
export interface AccountHolder {
  /** Whether accounts may be opened and used for the customer. */
  readonly active: boolean
  /** The birthday of a person, for fees that the young do not pay. */
  readonly bornOn?: LocalDate
  /** Marks of the host, such as `student`, for fees that some do not pay. */
  readonly tags: ReadonlyArray<string>
}

/** The customers of a tenant as deposit accounts see them: no name, no address, nothing that an account does not need. */
export class AccountHolders extends Context.Service<
  AccountHolders,
  {
    readonly find: (
      tenant: string,
      customerId: DepositAccount["customerId"]
    ) => Effect.Effect<Option.Option<AccountHolder>>
  }
>()("saldo/banking/AccountHolders") {
  /** Customers that the host keeps by itself. */
  static readonly layerOf = (find: AccountHolders["Service"]["find"]): Layer.Layer<AccountHolders> =>
    Layer.succeed(this, this.of({ find }))
}
