/**
 * Currencies: every active code of ISO 4217, and those that a host registers.
 *
 * The table reproduces ISO 4217:2015 List One ("Current currency & funds") up to Amendment 180, effective 1 January
 * 2026 (Bulgaria's lev left the list). Minor units are those of ISO, which differ from what `Intl` displays for
 * currencies whose small coins are out of use (`Intl` prints IDR or HUF without decimals; ISO keeps 2).
 */
import { CurrencyRejected, UnknownCurrency } from "./MoneyError.ts"

// One string literal: the union type of codes is derived from it, and it compresses to a few hundred bytes.
const codes =
  "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG"

const numerics =
  "784971008051973032036533944977052050048108060096068984986044064072933084124976947756948990152156170970188192132203262208214012818232230978242238826981936292270324320328344340332348360376356368364352388400392404417116174408410414136398418422144430426434504498969807104496446929480462454484979458943516566558578524554512590604598608586985600634946941643646682090690938752702654925706968728930222760748764972934788776949780901834980800840997940858927860926928704548882396950961959955956957958951532960952964953962994963965999886710967924"

// Every code that is not named here has two decimals. Codes for which ISO states "N.A." (metals, SDR, bond units,
// XTS, XXX) are counted in whole units, as there is no smaller unit that all parties would agree on.
const exponents: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF XPT XSU XTS XUA XXX",
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW"
}

type Words<Text extends string, Found = never> = Text extends `${infer Word} ${infer Rest}`
  ? Words<Rest, Found | Word>
  : Found | Text

/** An active ISO 4217 code, such as `"SEK"`. */
export type IsoCurrencyCode = Words<typeof codes>

/** Any currency code: of ISO 4217 or registered by the host. */
export type CurrencyCode = string

/** A currency: what its code is and how many decimals its minor unit has. */
export interface Currency {
  /** Upper-case letters and digits, three for ISO 4217. */
  readonly code: CurrencyCode
  /** The three digits of ISO 4217, or null for a registered currency without any. */
  readonly numeric: string | null
  /** Decimals of the minor unit: 2 where 1 unit is 100 minor units. 0 to 4 in ISO 4217, at most 12 when registered. */
  readonly exponent: number
  /** The English name. */
  readonly name: string
}

// Names come from the runtime's own data, and only when asked for: DisplayNames takes milliseconds to start.
class IsoCurrency implements Currency {
  readonly code: IsoCurrencyCode
  readonly numeric: string
  readonly exponent: number
  constructor(code: IsoCurrencyCode, numeric: string, exponent: number) {
    this.code = code
    this.numeric = numeric
    this.exponent = exponent
  }
  get name(): string {
    displayNames ??= new Intl.DisplayNames("en", { type: "currency" })
    return displayNames.of(this.code) ?? this.code
  }
}

let displayNames: Intl.DisplayNames | undefined

const known = new Map<string, Currency>()

const isoCodes = codes.split(" ") as ReadonlyArray<IsoCurrencyCode>
for (const [index, code] of isoCodes.entries()) {
  const exponent = Object.entries(exponents).find(([, listed]) => listed.includes(code))?.[0] ?? 2
  known.set(code, new IsoCurrency(code, numerics.slice(index * 3, index * 3 + 3), Number(exponent)))
}

/** The currency of a code. Codes are case-sensitive: `sek` is unknown. */
export const find = (code: string): Currency | UnknownCurrency => known.get(code) ?? new UnknownCurrency(code)

/** The decimals of a currency's minor unit. */
export const exponentOf = (code: string): number | UnknownCurrency =>
  known.get(code)?.exponent ?? new UnknownCurrency(code)

/** Whether a code is known, of ISO 4217 or registered. */
export const isKnown = (code: string): boolean => known.has(code)

/** All known currencies in alphabetical order of their codes, registered ones last. */
export const all = (): ReadonlyArray<Currency> => [...known.values()]

/**
 * Makes a currency of the host known to the whole process: loyalty points, tokens, historic codes.
 *
 * Registering the same currency again changes nothing; a known code with another number, exponent or name is refused,
 * because amounts already made would change their value.
 */
export const register = (currency: Currency): Currency | CurrencyRejected => {
  const { code, numeric, exponent, name } = currency
  const reject = (problem: string) => new CurrencyRejected(code, problem)
  if (!/^[A-Z][A-Z0-9]{2,11}$/u.test(code)) return reject("a code is 3 to 12 upper-case letters and digits")
  if (numeric !== null && !/^[0-9]{3}$/u.test(numeric)) return reject("a numeric code is three digits, or null")
  if (!Number.isInteger(exponent) || exponent < 0 || exponent > 12) return reject("an exponent is 0 to 12")
  if (name.trim() === "") return reject("a name is not blank")
  const present = known.get(code)
  if (present === undefined) {
    const copy = { code, numeric, exponent, name }
    known.set(code, copy)
    return copy
  }
  if (present.numeric !== numeric || present.exponent !== exponent || present.name !== name) {
    return reject(`it is already known as ${present.name} with ${present.exponent} decimals`)
  }
  return present
}
