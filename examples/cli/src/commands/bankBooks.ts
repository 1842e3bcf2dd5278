/**
 * What the commands of `saldo bank` have in common: the bank of a tenant, who acts, pages, and keys of commands.
 */
import * as Config from "effect/Config"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { roles } from "saldo/banking/BankAccess"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { permissive } from "saldo/banking/PaymentPolicy"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { RailUnavailable } from "saldo/banking/RailEvent"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import * as debtor from "../bank/debtor.ts"
import * as keys from "../bank/keys.ts"
import { offered } from "../bank/products.ts"
import { layerReading, layerWriting } from "../database.ts"
import * as localBank from "../desk/localBank.ts"
import { either, ofKey } from "../desk/server.ts"
import * as serverBank from "../desk/serverBank.ts"
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

/** The name under which events about payments are kept. */
export const railName = "files"

const noRail = new RailUnavailable({ rail: railName, reason: "payments leave in files" })

const rail = Layer.succeed(
  PaymentRail,
  PaymentRail.of({
    name: railName,
    inTransit: Duration.days(1),
    send: () => Effect.fail(noRail),
    query: () => Effect.fail(noRail),
    events: (after) => Effect.succeed({ events: [], next: after ?? "" })
  })
)

const bank = (stores: typeof layerReading | typeof layerWriting, making: boolean) =>
  Layer.merge(debtor.layer, localBank.layer).pipe(
    Layer.provideMerge(
      Layer.unwrap(Effect.map(offered, (products) => BankUseCases.layer({ products, payments: policy })))
    ),
    Layer.provideMerge(Layer.mergeAll(rail, KycVerifier.layerReference, keys.layer(making))),
    Layer.provideMerge(stores)
  )

/** Whose bank it is and who acts in it, a server knows from the key. */
const ofServer = ({ tenant }: Acting) => ofKey(tenant, serverBank.layer)

/** Whoever may open the database may do what somebody of the bank may; the trail says who it was. */
const acting = ({ as, tenant }: Acting) =>
  Actor.as(new Actor.Identity({ kind: "user", tenant, id: as, roles: ["officer"], permissions: roles.officer }))

/** Runs a command at a bank that must be there, in the database or behind a server. */
export const atBank = <A, E, R>(who: Acting, work: Effect.Effect<A, E, R>) =>
  work.pipe(acting(who), Effect.provide(either(ofServer(who), bank(layerReading, false))), presenting)

/** The same; a bank in the database is made when it is not there. */
export const atNewBank = <A, E, R>(who: Acting, work: Effect.Effect<A, E, R>) =>
  work.pipe(acting(who), Effect.provide(either(ofServer(who), bank(layerWriting, true))), presenting)

/** Runs a command in a bank that must be there, and of which a server offers too little. */
export const onBank = <A, E, R>(who: Acting, work: Effect.Effect<A, E, R>) =>
  work.pipe(acting(who), Effect.provide(bank(layerReading, false)), presenting)

/** The same; the bank is made when it is not there. */
export const onNewBank = <A, E, R>(who: Acting, work: Effect.Effect<A, E, R>) =>
  work.pipe(acting(who), Effect.provide(bank(layerWriting, true)), presenting)

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
