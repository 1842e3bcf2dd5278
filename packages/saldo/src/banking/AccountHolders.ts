import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { LocalDate } from "../time/LocalDate.ts"
import type { StoredCustomer } from "./Customer.ts"
import { CustomerStore } from "./CustomerStore.ts"
import { inBusiness } from "./customerStates.ts"
import type { DepositAccount } from "./DepositAccount.ts"
import { makeFiles } from "./internal/customerFiles.ts"
import { todayIs } from "./internal/customerLife.ts"
import { PersonalData } from "./PersonalData.ts"
import { birthdayOf, parseSwedishPersonalNumber } from "./registrationNumber.ts"

/** What deposit accounts need to know about a customer. */
export interface AccountHolder {
  /** Whether accounts may be opened and used for the customer. */
  readonly active: boolean
  /** The birthday of a person, for fees that the young do not pay. */
  readonly bornOn?: LocalDate
  /** Marks of the host, such as `student`, for fees that some do not pay. */
  readonly tags: ReadonlyArray<string>
}

/** Marks of a customer, such as `student`. Asked in transactions, so it should answer from memory. */
export type HolderTags = (
  tenant: string,
  customerId: DepositAccount["customerId"]
) => Effect.Effect<ReadonlyArray<string>>

type Find = (tenant: string, customerId: DepositAccount["customerId"]) => Effect.Effect<Option.Option<AccountHolder>>

/** The customers of a tenant as deposit accounts see them: no name, no address, nothing that an account does not need. */
export class AccountHolders extends Context.Service<
  AccountHolders,
  {
    readonly find: Find
    /** The same, first in a locking transaction: the customer then stays as it is until the transaction ends. */
    readonly lock: Find
  }
>()("saldo/banking/AccountHolders") {
  /**
   * The customers of `Customers`, active while they may do business; persons with a birthday when their number has one, and
   * with the tags that the host has for them.
   */
  static readonly layerWith = ({
    tags = () => Effect.succeed([])
  }: {
    readonly tags?: HolderTags
  }): Layer.Layer<AccountHolders, never, CustomerStore | PersonalData> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(tags))
    )

  /** The customers of `Customers`, without tags. */
  static readonly layer: Layer.Layer<AccountHolders, never, CustomerStore | PersonalData> = this.layerWith({})

  /** Customers that the host keeps by itself, and keeps from leaving while they have accounts. */
  static readonly layerOf = (find: Find): Layer.Layer<AccountHolders> =>
    Layer.succeed(this, this.of({ find, lock: find }))
}

const make = Effect.fnUntraced(function* (tagsOf: HolderTags) {
  const store = yield* CustomerStore
  const files = makeFiles(yield* PersonalData)

  const holderOf = Effect.fnUntraced(function* (customer: StoredCustomer) {
    const active = Result.isSuccess(inBusiness(customer, yield* DateTime.now))
    const tags = yield* tagsOf(customer.tenant, customer.id)
    const { file } = yield* files.readCustomer(customer)
    const { number, scheme } = file?.registration ?? { scheme: null, number: Redacted.make("") }
    if (scheme !== "SwedishPersonalNumber") return { active, tags }
    const personal = yield* Effect.orDie(
      Effect.fromResult(parseSwedishPersonalNumber(Redacted.value(number), yield* todayIs))
    )
    return { active, bornOn: birthdayOf(personal), tags }
  })

  const holder = (found: Option.Option<StoredCustomer>) =>
    Option.isNone(found) ? Effect.succeedNone : Effect.asSome(holderOf(found.value))

  return AccountHolders.of({
    find: (tenant, id) => Effect.flatMap(store.find(tenant, id), holder),
    lock: (tenant, id) => Effect.flatMap(store.lock(tenant, id), holder)
  })
})
