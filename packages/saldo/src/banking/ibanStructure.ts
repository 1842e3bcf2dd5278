/**
 * Which countries have IBANs, and what the part behind the check digits looks like.
 *
 * After the IBAN Registry, which SWIFT publishes as the registration authority of ISO 13616
 * (https://www.swift.com/standards/data-standards/iban-international-bank-account-number), with the countries up to
 * release 99. `n` stands for digits, `a` for capital letters, `c` for either; French and Danish territories write the IBAN
 * of their mother country's form under her code or their own, as the registry lists them.
 */
const table =
  "AD8n12c AE19n AL8n16c AT16n AZ4a20c BA16n BE12n BG4a6n8c BH4a14c BI23n BR23n1a1c BY4c4n16c CH5n12c CR18n CY8n16c " +
  "CZ20n DE18n DJ23n DK14n DO4c20n EE16n EG25n ES20n FI14n FK2a12n FO14n FR10n11c2n GB4a14n GE2a16n GI4a15c GL14n " +
  "GR7n16c GT4c20c HN4a20n HR17n HU24n IE4a14n IL19n IQ4a15n IS22n IT1a10n12c JO4a4n18c KW4a22c KZ3n13c LB4n20c " +
  "LC4a24c LI5n12c LT16n LU3n13c LV4a13c LY21n MC10n11c2n MD2c18c ME18n MK3n10c2n MN16n MR23n MT4a5n18c MU4a19n3a " +
  "NI4a20n NL4a10n NO11n OM3n16c PK4a16c PL24n PS4a21c PT21n QA4a21c RO4a16c RS18n RU14n15c SA2n18c SC4a20n3a SD14n " +
  "SE20n SI15n SK20n SM1a10n12c SO19n ST21n SV4a20n TL19n TN20n TR6n16c UA6n19c VA18n VG4a16n XK16n YE4a4n18c"

/** One kind of character, so many times. */
export interface Run {
  readonly kind: "n" | "a" | "c"
  readonly count: number
}

/** The form of a country's IBANs: the length with country code and check digits, and the runs behind those four. */
export interface IbanStructure {
  readonly length: number
  readonly runs: ReadonlyArray<Run>
}

const kindOf = (letter: string | undefined): Run["kind"] => (letter === "n" || letter === "a" ? letter : "c")

const structures: ReadonlyMap<string, IbanStructure> = new Map(
  table.split(" ").map((row) => {
    const runs = row
      .slice(2)
      .matchAll(/(\d+)([nac])/gu)
      .map(([, count, kind]): Run => ({ kind: kindOf(kind), count: Number(count) }))
      .toArray()
    return [row.slice(0, 2), { length: runs.reduce((sum, { count }) => sum + count, 4), runs }] as const
  })
)

/** The form of the IBANs of a country, by its ISO 3166 code in capitals (XK is Kosovo); undefined where there are none. */
export const ibanStructure = (country: string): IbanStructure | undefined => structures.get(country)

/** The countries that have IBANs, in alphabetical order of their codes. */
export const ibanCountries: ReadonlyArray<string> = structures.keys().toArray()
