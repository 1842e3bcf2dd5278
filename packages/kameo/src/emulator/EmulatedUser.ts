/**
 * The one investor of the emulated Kameo, and the invented credentials of its demo.
 */
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/** What the site asks for after the password: a code from an app, nothing, or BankID (which is not emulated). */
export const SecondFactor = Schema.Literals(["totp", "none", "esign"])
/** See {@link SecondFactor}. */
export type SecondFactor = typeof SecondFactor.Type

/** A client account of the investor; cash in minor units (öre). */
export const EmulatedAccount = Schema.Struct({
  accountNo: Schema.String.check(Schema.isPattern(/^[1-9]\d{6}$/u)),
  currencyCode: Schema.String.check(Schema.isPattern(/^[A-Z]{3}$/u)),
  availableMinor: Schema.BigInt,
  reservedMinor: Schema.BigInt
})
/** See {@link EmulatedAccount}. */
export type EmulatedAccount = typeof EmulatedAccount.Type

/** Who may log in to the emulated site, and what the site knows about that person. */
export interface EmulatedUser {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly password: Redacted.Redacted
  /** Base32 secret of the authenticator app. */
  readonly totpSecret: Redacted.Redacted
  readonly factor: SecondFactor
  readonly accounts: ReadonlyArray<EmulatedAccount>
}

/** Parts of the user to change; absent parts stay as they are. */
export type EmulatedUserChange = Partial<EmulatedUser>

/** The invented investor that the emulator starts with. Its password and secret open nothing anywhere else. */
export const demoUser: EmulatedUser = {
  id: 70_017,
  name: "Eva Exempel",
  email: "eva.exempel@example.test",
  password: Redacted.make("Lokal-Demo-2026"),
  totpSecret: Redacted.make("KAMEODEMOSALDOTESTSECRETABCDEFGH"),
  factor: "totp",
  accounts: [
    { accountNo: "2000017", currencyCode: "SEK", availableMinor: 123_456_789n, reservedMinor: 0n },
    { accountNo: "2000033", currencyCode: "NOK", availableMinor: 0n, reservedMinor: 0n },
    { accountNo: "2451200", currencyCode: "DKK", availableMinor: 1550n, reservedMinor: 0n }
  ]
}
