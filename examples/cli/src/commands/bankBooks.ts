/**
 * What the commands of `saldo bank` have in common: the bank of a tenant, who acts, ids and keys in the command line.
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import { roles } from "saldo/banking/BankAccess"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { CustomerId } from "saldo/banking/Customer"
import { DepositAccountId } from "saldo/banking/DepositAccount"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { PaymentOrderId } from "saldo/banking/PaymentOrder"
import { permissive } from "saldo/banking/PaymentPolicy"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { RailUnavailable } from "saldo/banking/RailEvent"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import * as keys from "../bank/keys.ts"
import { offered } from "../bank/products.ts"
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

/**
 * Two persons for each payment. Payments leave in files that the bank's own bank reads, and what became of them comes back
 * in its statements; there is no rail to be asked.
 */
const policy = { ...permissive, approval: "always", handover: "file" } as const

const noRail = new RailUnavailable({ rail: "files", reason: "payments leave in files" })

const rail = Layer.succeed(
  PaymentRail,
  PaymentRail.of({
    name: "files",
    inTransit: Duration.days(1),
    send: () => Effect.fail(noRail),
    query: () => Effect.fail(noRail),
    events: () => Effect.fail(noRail)
  })
)

const bank = (stores: typeof layerReading | typeof layerWriting, making: boolean) =>
  Layer.unwrap(Effect.map(offered, (products) => BankUseCases.layer({ products, payments: policy }))).pipe(
    Layer.provideMerge(Layer.mergeAll(rail, KycVerifier.layerReference, keys.layer(making))),
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

/** An argument that names a payment order. */
export const paymentArgument = Argument.String("payment").pipe(
  Argument.withDescription("The order's id, pay_…"),
  Argument.filterMap((text) => PaymentOrderId.makeOption(text), expectedId("pay"))
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
