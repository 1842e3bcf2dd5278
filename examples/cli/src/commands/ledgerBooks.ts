/**
 * What the commands of `saldo ledger` have in common: the books of a tenant, accounts by their codes, amounts, days.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode } from "saldo/ledger/LedgerAccount"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { CliFailure } from "../CliFailure.ts"
import { layerReading, layerWriting } from "../database.ts"
import { Books } from "../desk/Books.ts"
import { either, ofKey } from "../desk/server.ts"
import * as serverBooks from "../desk/serverBooks.ts"
import { presenting } from "../Output.ts"

/** `--tenant`: whose books. */
export const tenantFlag = Flag.String("tenant").pipe(
  Flag.withDescription("Whose books; a database keeps any number of them apart"),
  Flag.filter(
    (text) => text.trim() !== "",
    () => "Name whose books are meant"
  ),
  Flag.withDefault("main")
)

/** A flag that takes a day. */
export const dayFlag = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("YYYY-MM-DD"),
    Flag.withDescription(description),
    Flag.filterMap(
      (text) => {
        const day = LocalDate.parse(text)
        return typeof day === "string" ? Option.some(day) : Option.none()
      },
      (text) => `Expected a day such as 2026-03-31, not ${text}`
    )
  )

const books = (stores: typeof layerReading | typeof layerWriting) =>
  Books.layerLedger.pipe(
    Layer.provideMerge(Ledger.layerWith({})),
    Layer.provide(AuditTrail.layer),
    Layer.provide(stores)
  )

/** Runs a command on books that must be there, in the database or behind a server: a post into a misspelt file must not make it. */
export const atBooks = <A, E, R>(tenant: string, work: Effect.Effect<A, E, R>) =>
  work.pipe(
    Actor.as(Actor.system(tenant)),
    Effect.provide(either(ofKey(tenant, serverBooks.layer), books(layerReading))),
    presenting
  )

/** The same; books in the database are made when they are not there. */
export const atNewBooks = <A, E, R>(tenant: string, work: Effect.Effect<A, E, R>) =>
  work.pipe(
    Actor.as(Actor.system(tenant)),
    Effect.provide(either(ofKey(tenant, serverBooks.layer), books(layerWriting))),
    presenting
  )

/** Runs a command on books that must be there, and of which a server offers too little. */
export const onBooks = <A, E, R>(tenant: string, work: Effect.Effect<A, E, R>) =>
  work.pipe(Actor.as(Actor.system(tenant)), Effect.provide(books(layerReading)), presenting)

/** The account of a code. */
export const accountOf = Effect.fnUntraced(function* (code: string) {
  const ledger = yield* Books
  const known = AccountCode.makeOption(code)
  if (Option.isNone(known)) {
    return yield* new CliFailure({
      happened: `${code} is no account code.`,
      remedy: "A code is 1 to 100 letters, digits and . _ : / -, beginning with a letter or digit.",
      exitCode: 2
    })
  }
  return yield* ledger.accountByCode(known.value)
})

/** An amount as a person writes it, with a point, in a currency. */
export const amountOf = (text: string, currency: string): Effect.Effect<Money.Money, CliFailure> => {
  const money = Money.fromDecimal(text, currency)
  return money instanceof Error
    ? Effect.fail(
        new CliFailure({
          happened: `${text} is no amount in ${currency}: ${money.message}.`,
          remedy: "Write it with a point, as 1234.50.",
          exitCode: 2
        })
      )
    : Effect.succeed(money)
}
