/**
 * The people of the demonstration. All of them are invented, and so are their numbers: from the series that the Swedish Tax
 * Agency keeps for tests, with days of birth of nobody in particular.
 */

/** A customer, and what its life costs in kronor a month. */
export interface Customer {
  readonly slug: string
  readonly name: string
  readonly email: string
  /** YYMMDD and three digits of the test series; the check digit is computed. */
  readonly digits: string
  readonly employer: string
  readonly salary: number
  readonly rent: number
  readonly saves: number
  /** In how many of a hundred days the card is used. */
  readonly shops: number
  readonly opening: number
}

/** Those who work at the bank, by their role. */
export const staff = [
  { slug: "teller", role: "teller", name: "Tyra Ekholm", email: "tyra@bank.example" },
  { slug: "officer", role: "officer", name: "Olof Sandberg", email: "olof@bank.example" },
  { slug: "auditor", role: "auditor", name: "Astrid Nyman", email: "astrid@bank.example" },
  { slug: "admin", role: "admin", name: "Adam Wiklund", email: "adam@bank.example" }
] as const

/** The customers. */
export const customers: readonly [Customer, ...ReadonlyArray<Customer>] = [
  {
    slug: "kim",
    name: "Kim Lindqvist",
    email: "kim@example.test",
    digits: "880412980",
    employer: "Nordvik Design AB",
    salary: 31_450,
    rent: 9_480,
    saves: 13_500,
    shops: 45,
    opening: 38_200
  },
  {
    slug: "sara",
    name: "Sara Haddad",
    email: "sara@example.test",
    digits: "790923981",
    employer: "Region Mälardalen",
    salary: 38_900,
    rent: 12_150,
    saves: 18_000,
    shops: 35,
    opening: 124_000
  },
  {
    slug: "jonas",
    name: "Jonas Åkesson",
    email: "jonas@example.test",
    digits: "950130982",
    employer: "Bageri Kornet AB",
    salary: 24_300,
    rent: 7_300,
    saves: 10_500,
    shops: 40,
    opening: 9_600
  },
  {
    slug: "maja",
    name: "Maja Öberg",
    email: "maja@example.test",
    digits: "670617983",
    employer: "Fjällhed Skog AB",
    salary: 44_200,
    rent: 6_900,
    saves: 26_000,
    shops: 25,
    opening: 412_500
  }
]

/** What everybody signs in with; a demonstration has no secrets. */
export const password = "lantern-over-quiet-water"

/** The check digit of a personal number (modulus 10, as SKV 704 has it), put behind its nine digits. */
export const personalNumber = ({ digits }: Pick<Customer, "digits">): string => {
  const sum = [...digits].reduce((total, digit, place) => {
    const weighted = Number(digit) * (place % 2 === 0 ? 2 : 1)
    return total + Math.floor(weighted / 10) + (weighted % 10)
  }, 0)
  return `19${digits.slice(0, 6)}-${digits.slice(6)}${(10 - (sum % 10)) % 10}`
}

/** A shop, and the least and the most that is spent there at a time, in kronor. */
interface Shop {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Where people shop. */
export const shops: readonly [Shop, ...ReadonlyArray<Shop>] = [
  { name: "ICA Nära Torget", from: 60, to: 640 },
  { name: "Coop Hållplatsen", from: 80, to: 720 },
  { name: "Kaffebryggeriet", from: 35, to: 95 },
  { name: "SL Biljett", from: 42, to: 42 },
  { name: "Apotek Svanen", from: 59, to: 380 },
  { name: "Bokhandeln Pennan", from: 120, to: 540 },
  { name: "Restaurang Kajen", from: 165, to: 690 },
  { name: "Cirkus Bio", from: 145, to: 320 }
]
