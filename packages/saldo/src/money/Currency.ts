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
// before, and the code. This takes half of what a plain table adds to a bundle; a test holds it against the list.
const table = [
  "108bif44clp22kmf88djf62gnf28isk40jpy18krw138vuv52pyg46rwf58vnd96ugx140uyi10xaf2xof1xpf2xba1xbb1xbc1xbd1xau1xdr1xag1xpt1xts1xpd1xua29xsu5xxx",
  "",
  "8all4dzd20ars4aud8bsd6bdt1amd1bbd8bmd4btn4bob4bwp12bzd6sbd6bnd8mmk12khr8cad8cve4kyd8lkr12cny14cop18crc4cup11czk5dkk6dop8svc8etb2ern6fkp4fjd28gmd22gip28gtq8gyd4htg8hnl4hkd4huf8inr4idr4irr12ils12jmd8xad2kzt6kes4kpw9kgs1lak4lbp4lsl4lrd16mop8mwk4myr4mvr18mur4mxn12mnt2mdl6mad12nad8npr8xcg1awg21nzd4nio8ngn12nok8pkr4pab8pgk6pen4php26qar9rub11shp28sar8scr12sgd4sos4zar18ssp20szl4sek4chf4syp4thb12top4ttd4aed23mkd11egp8gbp8tzs6usd18uyu2uzs22wst4yer15twd23zwg1sle1ved2ves1mru1stn3byn1tmt2ghs2sdg3rsd2mzn1azn2ron1che1chw1try2xcd16zmw1srd1mga1cou1afn1tjs1aoa3cdf1bam1eur1mxv1uah1gel3bov1pln1brl11usn",
  "48bhd320iqd32jod14kwd20lyd78omr276tnd",
  "927uyw63clf"
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
  for (const [, gap, letters = ""] of group.matchAll(/(\d+)(\D+)/gu)) {
    const code = letters.toUpperCase()
    number += Number(gap)
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
  const wellFormed = /^[A-Z][A-Z0-9]{2,11} (\d{3}|null) (\d|1[0-2]) .*\S/su
  if (!wellFormed.test(`${code} ${numeric} ${exponent} ${name}`)) {
    return new CurrencyRejected(code, "expected 3 to 12 capitals or digits, a number, an exponent to 12 and a name")
  }
  if (JSON.stringify(present) !== JSON.stringify(copy)) {
    return new CurrencyRejected(code, `already known as ${present.name}`)
  }
  known.set(code, present)
  return present
}
