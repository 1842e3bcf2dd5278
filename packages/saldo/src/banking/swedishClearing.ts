/**
 * Which bank a Swedish clearing number belongs to, and how that bank's account numbers are checked.
 *
 * After Bankgirot, "Bankernas kontonummer / Bank Account Numbers in Swedish Banks", edition of 22 February 2024
 * (https://www.bankgirot.se/globalassets/dokument/anvandarmanualer/bankernaskontonummeruppbyggnad_anvandarmanual_sv.pdf).
 * Its type 1 has 7 account digits, and modulus 11 over them and the clearing number, without (comment 1) or with
 * (comment 2) the first digit of that. Its type 2 has account numbers that are checked on their own: by modulus 10 over
 * 10 digits (comment 1), by modulus 11 over Handelsbanken's 9 digits (comment 2), or by modulus 10 over at most 10 digits
 * that are written without leading zeros (comment 3).
 */

/** How an account number of a bank is checked. */
export type AccountCheck = "1.1" | "1.2" | "2.1" | "2.2" | "2.3"

/** A bank's numbers: its name, and the type and comment of Bankgirot's table. */
export interface SwedishClearing {
  readonly bank: string
  readonly check: AccountCheck
}

const series: Readonly<Record<AccountCheck, string>> = {
  "1.1":
    "Aion Bank 9580-9589; BlueStep 9680-9689; Danske Bank 1200-1399 2400-2499; ICA Banken 9270-9279; " +
    "IKANO Bank 9170-9179; Lån & Spar Bank 9630-9639; Länsförsäkringar Bank 3400-3409 9060-9069; " +
    "Marginalen Bank 9230-9239; Multitude Bank 9070-9079; " +
    "Nordea 1100-1199 1400-2099 3000-3299 3301-3399 3410-3781 3783-3999; Resurs Bank 9280-9289; " +
    "Santander Consumer Bank 9460-9469; SBAB 9250-9259; SEB 5000-5999 9120-9124 9130-9149; Swedbank 7000-7999",
  "1.2":
    "Avanza Bank 9550-9569; BNP Paribas 9470-9479; Citibank 9040-9049; DNB Bank 9190-9199 9260-9269; " +
    "Ekobanken 9700-9709; Erik Penser 9590-9599; JAK Medlemsbank 9670-9679; Klarna Bank 9780-9789; " +
    "Landshypotek 9390-9399; Lunar Bank 9710-9719; Länsförsäkringar Bank 9020-9029; NOBA Bank 9640-9649; " +
    "Nordea 4000-4999; Nordnet Bank 9100-9109; Northmill Bank 9750-9759; Riksgälden 9880-9889; " +
    "Skandiabanken 9150-9169; Svea Bank 9660-9669; Ålandsbanken 2300-2399",
  "2.1":
    "Danske Bank 9180-9189; Nordea 3300-3300 3782-3782; Riksgälden 9890-9899; Sparbanken Syd 9570-9579; " +
    "Swedbank 9300-9349",
  "2.2": "Handelsbanken 6000-6999",
  "2.3": "Nordea Plusgirot 9500-9549 9960-9969; Swedbank 8000-8999"
}

const checks = ["1.1", "1.2", "2.1", "2.2", "2.3"] as const

const ranges = checks.flatMap((check) =>
  series[check].split("; ").flatMap((row) => {
    const [bank = "", ...numbers] = row.split(/ (?=\d)/u)
    return numbers.map((range) => {
      const [first, last] = range.split("-").map(Number)
      return { first: first ?? 0, last: last ?? 0, clearing: { bank, check } }
    })
  })
)

/** The bank of a four-digit clearing number; undefined where none has it. */
export const swedishClearing = (clearing: string): SwedishClearing | undefined => {
  const number = Number(clearing)
  return ranges.find(({ first, last }) => number >= first && number <= last)?.clearing
}
