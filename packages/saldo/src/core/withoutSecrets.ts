/**
 * The last line of defence before text leaves for a log or a trace: what looks like a credential, or like a number or an
 * address that names a person, is taken out. What is secret should be `Redacted` and never come here.
 */

const gone = "<redacted>"

/** What names a value that must not be written down, in letters alone: `X-Api-Key` and `apiKey` are `apikey`. */
const secretName =
  /(?:passwords?|passphrase|passwd|pwd|secrets?|tokens?|authorization|cookie|apikey|credentials?|otp|recoverycodes?|onetimecode|iban|bban|accountnumber|personalnumber|nationalid|ssn|email|emailaddress|privatekey)$/u

/** Whether the name of a field says that its value is secret, as `newPassword`, `x-api-key` and `refresh_token` do. */
export const isSecretName = (name: string): boolean => secretName.test(name.replaceAll(/[^a-z]/giu, "").toLowerCase())

const digitsOf = (text: string): string => text.replaceAll(/\D/gu, "")

/** Luhn's check (ISO/IEC 7812-1) over all digits. */
const isLuhn = (digits: string): boolean => {
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const weighted = Number(digit) * (at % 2 === 0 ? 1 : 2)
    return total + (weighted > 9 ? weighted - 9 : weighted)
  }, 0)
  return sum % 10 === 0
}

/** A Swedish personal or coordination number, by its date and its check digit; a mistyped one by how it is written. */
const isPersonalNumber = (text: string): boolean => {
  const digits = digitsOf(text).slice(-10)
  const [month, day] = [Number(digits.slice(2, 4)), Number(digits.slice(4, 6)) % 60]
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && (/[-+]/u.test(text) || isLuhn(digits))
}

/** A Norwegian national identity number, by its two check digits of modulus 11. */
const isNorwegianNumber = (text: string): boolean => {
  const digits = digitsOf(text)
  const fits = (weights: ReadonlyArray<number>) =>
    weights.reduce((sum, weight, at) => sum + weight * Number(digits.charAt(at)), 0) % 11 === 0
  return fits([3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) && fits([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1])
}

/** How long account numbers are (SWIFT's registry of IBANs), by countries; it tells most ids from them. */
const ibanLengths = new Map(
  Object.entries({
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK",
    21: "CH HR LI LV",
    22: "BG BH DE GB GE IE ME RS",
    23: "AE GI IL TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "PT",
    26: "IS TR",
    27: "FR GR IT MC SM",
    28: "AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU",
    31: "MT SC"
  }).flatMap(([length, countries]) => countries.split(" ").map((country) => [country, Number(length)] as const))
)

/** An account number of ISO 13616: in capitals by its looks, so that mistyped ones are, too; else by modulus 97. */
const isIban = (text: string): boolean => {
  const compact = text.replaceAll(" ", "")
  const written = compact.toUpperCase()
  if (written.length !== ibanLengths.get(written.slice(0, 2))) return false
  if (compact === written && /\d{6}$/u.test(written)) return true
  const moved = written.slice(4) + written.slice(0, 4)
  return [...moved].reduce((rest, sign) => Number(String(rest) + String(Number.parseInt(sign, 36))) % 97, 0) === 1
}

/** An account number that ends within the text, so that words behind it stay. */
const withoutIban = (text: string): string => {
  for (let end = text.length; end >= 15; end -= 1) {
    const isEnd = end === text.length || text.charAt(end) === " "
    if (isEnd && isIban(text.slice(0, end))) return gone + text.slice(end)
  }
  return text
}

const whole = (check: (text: string) => boolean) => (text: string) => (check(text) ? gone : text)

interface Rule {
  /** What a text must have for the pattern to find anything: a length, or one of these parts. It spares most texts most rules. */
  readonly needs: number | ReadonlyArray<string>
  readonly pattern: RegExp
  readonly instead: (found: string, before: string) => string
}

/** Where a word begins and ends: not within an id, a version or another number. */
const begin = String.raw`(?<![\w.-])`
const end = String.raw`(?![\w-]|\.\w)`

const rule = (
  needs: Rule["needs"],
  pattern: string,
  { flags = "gu", instead = () => gone }: { readonly flags?: string; readonly instead?: Rule["instead"] } = {}
): Rule => ({ needs, pattern: new RegExp(pattern, flags), instead })

/** Keeps the first group of what was found, which says what was taken out. */
const behind = { flags: "giu", instead: (_found: string, before: string) => before + gone }

const names = String.raw`(?:password|passphrase|passwd|pwd|secret|token|authorization|cookie|api[-_]?key|credential|otp|recovery[-_]?codes?|iban|bban|account[-_]?number|personal[-_]?number|national[-_]?id|e-?mail)s?`
const assigned = String.raw`\\?["']?\s{0,4}[:=]\s{0,4}`
const quoted = String.raw`\\?"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?`

const account = (found: string): string => {
  const { length } = digitsOf(found)
  return length >= 10 && length <= 15 ? gone : found
}

/** In this order: the longest first, so that no rule leaves half of what another would have found. */
const rules: ReadonlyArray<Rule> = [
  rule([":"], String.raw`\b(otpauth:)[^\s"']+`, behind),
  rule(["@"], String.raw`(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s\/@"'<>]{1,512}(?=@)`, behind),
  rule(["://"], String.raw`(\bhttps?:\/\/[^\s?#"'<>]{1,2048}[?#])[^\s"'<>]+`, behind),
  rule([" "], String.raw`(\b(?:Bearer|Basic|Digest|Negotiate)\s{1,4})(?!<)[\w.~+\/=:-]+`, behind),
  rule([":", "="], String.raw`(${names}${assigned})(?!["'\\<?]|\$\d)[^\s,;&"'})\]]+`, behind),
  rule([":", "="], String.raw`(${names}${assigned})(?:${quoted})`, behind),
  rule([":", "="], String.raw`(\bcode${assigned}\\?["']?)\d{6,8}\b`, behind),
  // A schema's failure says what it was given, whatever that was.
  rule(["Expected"], String.raw`(\bExpected\b[^\n]{1,2000}?,\s(?:got|actual)\s)[^\n]+`, behind),
  rule(["eyJ"], String.raw`eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?`),
  rule(["_"], String.raw`\b(?:sk|srt|whsec|whsk|ghp|xox[abp])_[\w+\/=-]{6,}`),
  rule(["$"], String.raw`\$(?:argon2(?:id|i|d)|scrypt|2[abxy])\$[\w.+,=\/$-]+`),
  rule(["v1."], String.raw`\bv1\.[\w-]{38,}`),
  rule(["-----"], String.raw`-----BEGIN [A-Z ]{1,40}-----[\s\S]*?(?:-----END [A-Z ]{1,40}-----|$)`),
  // Random bytes as base64url, as the secrets in mailed links are; ids and digests have no upper case.
  rule(40, String.raw`(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{40,}`),
  rule(16, String.raw`${begin}(?=[A-Z]*[2-7])(?=[2-7]*[A-Z])[A-Z2-7]{16,}=*${end}`),
  rule(["-"], String.raw`${begin}[a-km-np-z2-9]{4}(?:-[a-km-np-z2-9]{4}){6}${end}`),
  rule(15, String.raw`${begin}[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}${end}`, { instead: withoutIban }),
  rule(["@", "%40"], String.raw`[\p{L}\p{N}._+-]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}`),
  rule(10, String.raw`${begin}(?:19|20)?\d{6}[-+ ]?\d{4}${end}`, { instead: whole(isPersonalNumber) }),
  rule(11, String.raw`${begin}\d{6} ?\d{5}${end}`, { instead: whole(isNorwegianNumber) }),
  // A Swedish account as people write it; eleven digits in a row may be anything.
  rule(11, String.raw`${begin}[1-9]\d{3}(?:-\d)?[-, ] ?\d{1,3}(?: ?\d{3}){1,2}[ -]?\d{0,4}${end}`, { instead: account })
]

const concerns = ({ needs }: Rule, text: string): boolean =>
  typeof needs === "number" ? text.length >= needs : needs.some((part) => text.includes(part))

/** More than this is no text that somebody would read. */
const longest = 32_768

/**
 * A text without what looks secret in it: credentials of every kind that this installation hands out, passwords in
 * addresses and beside their names, e-mail addresses, personal numbers, and account numbers that are written as such. A text of
 * more than 32,768 characters is cut.
 *
 * It knows secrets by their looks alone, so a password by itself goes through; and it errs on the side of taking out.
 *
 * @example
 * ```ts
 * import { withoutSecrets } from "saldo/core/withoutSecrets"
 *
 * withoutSecrets("Refused sk_k3v_c2VjcmV0c2VjcmV0 of anna@example.test") // => "Refused <redacted> of <redacted>"
 * withoutSecrets("postgres://bank:hunter2@db:5432/bank") // => "postgres://<redacted>@db:5432/bank"
 * withoutSecrets("The order order_06dpdrxn1wtz5fbr3j5tnm8gq4 was settled on 2026-11-21")
 * // => "The order order_06dpdrxn1wtz5fbr3j5tnm8gq4 was settled on 2026-11-21"
 * ```
 */
export const withoutSecrets = (text: string): string => {
  let clean = text.length > longest ? `${text.slice(0, longest)}…` : text
  for (const each of rules) {
    let before = ""
    // What was found may have hidden the beginning of another.
    while (before !== clean && concerns(each, clean)) {
      before = clean
      clean = clean.replace(each.pattern, each.instead)
    }
  }
  return clean
}
