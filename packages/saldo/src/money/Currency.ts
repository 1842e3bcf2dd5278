/**
 * Currencies: every active code of ISO 4217, and those that a host registers.
 *
 * The table reproduces ISO 4217 List One ("Current currency & funds") up to Amendment 180, effective 1 January 2026
 * (Bulgaria's lev left the list). Minor units are those of ISO, which differ from what `Intl` displays for currencies
 * whose small coins are out of use (`Intl` prints IDR and IRR without decimals; ISO keeps 2). Codes for which ISO states
 * "N.A." (metals, SDR, bond units, XTS, XXX) are counted in whole units, as no smaller unit is agreed on: a host that
 * trades fractions of an ounce registers a code of its own.
 */
import { CurrencyRejected, UnknownCurrency } from "./MoneyError.ts"

// One string for each exponent from 0 to 4, in the order of the numeric codes: how far the number is from the one
// before, in base 36, and the code. This takes half of what a plain table adds to a bundle; a test holds it against
// the list.
const table = [
  "30bif18clpMkmf2Gdjf1QgnfSisk14jpyIkrw3Uvuv1Gpyg1Arwf1Mvnd2Ougx3WuyiAxaf2xof1xpf2xba1xbb1xbc1xbd1xau1xdr1xag1xpt1xts1xpd1xuaTxsu5xxx",
  "",
  "8all4dzdKars4aud8bsd6bdt1amd1bbd8bmd4btn4bob4bwpCbzd6sbd6bnd8mmkCkhr8cad8cve4kyd8lkrCcnyEcopIcrc4cupBczk5dkk6dop8svc8etb2ern6fkp4fjdSgmdMgipSgtq8gyd4htg8hnl4hkd4huf8inr4idr4irrCilsCjmd8xad2kzt6kes4kpw9kgs1lak4lbp4lsl4lrdGmop8mwk4myr4mvrImur4mxnCmnt2mdl6madCnad8npr8xcg1awgLnzd4nio8ngnCnok8pkr4pab8pgk6pen4phpQqar9rubBshpSsar8scrCsgd4sos4zarIsspKszl4sek4chf4syp4thbCtop4ttd4aedNmkdBegp8gbp8tzs6usdIuyu2uzsMwst4yerFtwdNzwg1sle1ved2ves1mru1stn3byn1tmt2ghs2sdg3rsd2mzn1azn2ron1che1chw1try2xcdGzmw1srd1mga1cou1afn1tjs1aoa3cdf1bam1eur1mxv1uah1gel3bov1pln1brlBusn",
  "1Cbhd8WiqdWjodEkwdKlyd26omr7Otnd",
  "PRuyw1Rclf"
]

type Words<Text extends string, Found = never> = Text extends `${infer Word} ${infer Rest}`
  ? Words<Rest, Found | Word>
  : Found | Text

/** An active ISO 4217 code, such as `"SEK"`. */
export type IsoCurrencyCode =
  Words<"AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG">

/** Any currency code: of ISO 4217 or registered by the host. */
export type CurrencyCode = string

/** A currency: what its code is and how many decimals its minor unit has. */
export interface Currency {
  /** Upper-case letters and digits, three letters in ISO 4217. */
  readonly code: CurrencyCode
  /** The three digits of ISO 4217, or null for a registered currency without any. */
  readonly numeric: string | null
  /** Decimals of the minor unit: 2 where 1 unit is 100 minor units. 0 to 4 in ISO 4217, at most 12 when registered. */
  readonly exponent: number
  /** The English name. */
  readonly name: string
}

let names: Intl.DisplayNames | undefined

const known = new Map<string, Currency>()

for (const [exponent, group] of table.entries()) {
  let number = 0
  for (const [, gap = "", letters = ""] of group.matchAll(/([\dA-Z]+)([a-z]+)/gu)) {
    const code = letters.toUpperCase()
    number += Number.parseInt(gap, 36)
    known.set(code, {
      code,
      numeric: String(number).padStart(3, "0"),
      exponent,
      // The runtime has the names, but takes milliseconds to load them: only when they are asked for.
      get name() {
        names ??= new Intl.DisplayNames("en", { type: "currency" })
        return names.of(code) ?? code
      }
    })
  }
}

/** The currency of a code. Codes are case-sensitive: `sek` is unknown. */
export const find = (code: string): Currency | UnknownCurrency => known.get(code) ?? new UnknownCurrency(code)

/** The decimals of a currency's minor unit. */
export const exponentOf = (code: string): number | UnknownCurrency =>
  known.get(code)?.exponent ?? new UnknownCurrency(code)

/** Whether a code is known, of ISO 4217 or registered. */
export const isKnown = (code: string): boolean => known.has(code)

/** All known currencies in alphabetical order of their codes. */
export const all = (): ReadonlyArray<Currency> => [...known.values()].sort((a, b) => (a.code < b.code ? -1 : 1))

/**
 * Makes a currency of the host known to the whole process: loyalty points, tokens, historic codes.
 *
 * Registering the same currency again changes nothing; a known code with another number, exponent or name is refused,
 * because amounts already made would change their value.
 */
export const register = (currency: Currency): Currency | CurrencyRejected => {
  const { code, numeric, exponent, name } = currency
  const copy = { code, numeric, exponent, name }
  const present = known.get(code) ?? copy
  const wellFormed = /^[A-Z][A-Z\d]{2,11} (\d{3}|null) (\d|1[0-2]) .*\S/su
  if (!wellFormed.test(`${code} ${numeric} ${exponent} ${name}`)) {
    return new CurrencyRejected(code, "expected 3 to 12 capitals or digits, a number, an exponent to 12, a name")
  }
  if (JSON.stringify(present) !== JSON.stringify(copy)) {
    return new CurrencyRejected(code, "already known as another")
  }
  known.set(code, present)
  return present
}
