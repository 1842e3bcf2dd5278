/**
 * What the commands of `saldo bank` have in common: the bank of a tenant, who acts, ids and keys in the command line.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { AccountHolders } from "saldo/banking/AccountHolders"
import { Approvals } from "saldo/banking/Approvals"
import { roles } from "saldo/banking/BankAccess"
import { BankBooks } from "saldo/banking/BankBooks"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { CustomerId } from "saldo/banking/Customer"
import { CustomerObligations } from "saldo/banking/CustomerObligations"
import { Customers } from "saldo/banking/Customers"
import { DepositAccountId } from "saldo/banking/DepositAccount"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { PersonalData } from "saldo/banking/PersonalData"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { Idempotency } from "saldo/core/Idempotency"
import { Ledger } from "saldo/ledger/Ledger"
import * as keys from "../bank/keys.ts"
import * as products from "../bank/products.ts"
import { layerReading, layerWriting } from "../database.ts"
import { presenting } from "../Output.ts"
import { tenantFlag } from "./ledgerBooks.ts"

/** `--tenant` and `--as`: whose bank, and who acts in it. */
export const bankFlags = {
  tenant: tenantFlag,
  as: Flag.String("as").pipe(
    Flag.withMetavar("name"),
    Flag.withDescription("Who does it, for the trail and for consent by a second person (SALDO_USER; default USER)"),
    Flag.filter(
      (text) => text.trim() !== "" && text.length <= 255,
      () => "Name who does it"
    ),
    Flag.withFallbackConfig(Config.orElse(Config.NonEmptyString("SALDO_USER"), () => Config.NonEmptyString("USER"))),
    Flag.withDefault("operator")
  )
}

/** Who acts in which bank. */
export interface Acting {
  readonly tenant: string
  readonly as: string
}

const bank = (stores: typeof layerReading | typeof layerWriting, making: boolean) =>
  Layer.mergeAll(
    DepositAccounts.layer,
    DepositTransactions.layer,
    DepositEndOfDay.layer,
    DepositStatements.layer,
    Approvals.layer
  ).pipe(
    Layer.provideMerge(Customers.layer),
    Layer.provideMerge(Layer.merge(BankBooks.layer, AccountHolders.layer)),
    Layer.provideMerge(Layer.mergeAll(Ledger.layerWith({}), PersonalData.layer, CustomerObligations.layer)),
    Layer.provideMerge(
      Layer.mergeAll(AuditTrail.layer, Idempotency.layer, BankCalendar.layer, KycVerifier.layerReference)
    ),
    Layer.provideMerge(Layer.merge(products.layer, keys.layer(making))),
    Layer.provideMerge(stores)
  )

/** Whoever may open the database may do what somebody of the bank may; the trail says who it was. */
const acting = ({ as, tenant }: Acting) =>
  Actor.as(new Actor.Identity({ kind: "user", tenant, id: as, roles: ["officer"], permissions: roles.officer }))

/** Runs a command in a bank that must be there. */
export const onBank = <A, E, R>(who: Acting, work: Effect.Effect<A, E, R>) =>
  work.pipe(acting(who), Effect.provide(bank(layerReading, false)), presenting)

/** Runs a command in a bank that is made when it is not there. */
export const onNewBank = <A, E, R>(who: Acting, work: Effect.Effect<A, E, R>) =>
  work.pipe(acting(who), Effect.provide(bank(layerWriting, true)), presenting)

const expectedId = (prefix: string) => () => `Give an id such as ${prefix}_06dpdrxn1wtz5fbr3j5tnm8gq4`

/** An argument that names a customer. */
export const customerArgument = Argument.String("customer").pipe(
  Argument.withDescription("The customer's id, cust_…"),
  Argument.filterMap((text) => CustomerId.makeOption(text), expectedId("cust"))
)

/** An argument that names a deposit account. */
export const accountArgument = Argument.String("account").pipe(
  Argument.withDescription("The account's id, dep_…"),
  Argument.filterMap((text) => DepositAccountId.makeOption(text), expectedId("dep"))
)

/** A flag that names a customer. */
export const customerFlag = (description: string) =>
  Flag.String("customer").pipe(
    Flag.withMetavar("id"),
    Flag.withDescription(description),
    Flag.filterMap((text) => CustomerId.makeOption(text), expectedId("cust"))
  )

/** A flag that names a deposit account. */
export const accountFlag = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("account"),
    Flag.withDescription(description),
    Flag.filterMap((text) => DepositAccountId.makeOption(text), expectedId("dep"))
  )

/** `--limit` and `--cursor`: which page. */
export const pageFlags = {
  limit: Flag.Int("limit").pipe(
    Flag.withDescription("How many, 1 to 500"),
    Flag.filter(
      (limit) => limit >= 1 && limit <= 500,
      () => "Give a number from 1 to 500"
    ),
    Flag.withDefault(50)
  ),
  cursor: Flag.String("cursor").pipe(Flag.withDescription("What the page before said"), Flag.optional)
}

/** `--key`: the name of a command, so that repeating it does nothing. */
export const keyFlag = Flag.String("key").pipe(
  Flag.withDescription("Names the command, so that sending it twice does it once; a new one when left out"),
  Flag.filterMap(
    (text) => CommandKey.makeOption(text),
    () => "Use 1 to 255 characters without control characters"
  ),
  Flag.optional
)

/** The given key, or a new one. */
export const keyOf = (given: Option.Option<CommandKey>): Effect.Effect<CommandKey> =>
  Option.match(given, { onNone: () => Effect.map(Id.make("cli"), (id) => CommandKey.make(id)), onSome: Effect.succeed })
