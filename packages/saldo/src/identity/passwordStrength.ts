/**
 * What makes a password easy to guess, as far as it can be told without a list of leaked ones.
 */
import type { PasswordWeakness } from "./IdentityRefusal.ts"

/** What is asked of passwords. */
export interface PasswordPolicy {
  /** In characters. */
  readonly minimumLength: number
  /** In characters; more would make hashing them a way to keep the machine busy. */
  readonly maximumLength: number
  /** How many characters must be left when all that is easy to guess is taken away. */
  readonly minimumSubstance: number
  /** Words that passwords here may not be made of, such as the name of the bank; others come with each user. */
  readonly words: ReadonlyArray<string>
}

/** At least 12 characters, at most 128, and 6 that are not easy to guess. */
export const standardPolicy: PasswordPolicy = {
  minimumLength: 12,
  maximumLength: 128,
  minimumSubstance: 6,
  words: []
}

/** The one form in which a password is hashed: NFKC, so that it is the same from every keyboard. */
export const normalisedPassword = (password: string): string => password.normalize("NFKC")

/** What people put into most passwords, in the languages that our users write. */
const common = [
  "password",
  "passord",
  "passwort",
  "passw",
  "losenord",
  "hemligt",
  "secret",
  "hemlig",
  "qwerty",
  "qwertz",
  "azerty",
  "letmein",
  "welcome",
  "valkommen",
  "velkommen",
  "iloveyou",
  "jagalskar",
  "monkey",
  "dragon",
  "football",
  "fotboll",
  "baseball",
  "sunshine",
  "sommar",
  "summer",
  "winter",
  "vinter",
  "spring",
  "autumn",
  "master",
  "admin",
  "login",
  "changeme",
  "default",
  "princess",
  "shadow",
  "superman",
  "batman",
  "trustno",
  "whatever",
  "hello",
  "test",
  "bank",
  "money",
  "pengar",
  "sverige",
  "sweden",
  "norge",
  "stockholm",
  "januari",
  "february",
  "monday"
] as const

const rows = ["1234567890", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö"]

const leet: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i"
}

/** Without case and accents, and with letters in place of what is written for them. */
const folded = (text: string): string =>
  [...text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()].map((each) => leet[each] ?? each).join("")

const plain = (text: string): string => [...text.toLowerCase()].join("")

const lengthOf = (text: string): number => [...text].length

const without = (text: string, words: ReadonlyArray<string>): string =>
  words.reduce((rest, word) => rest.replaceAll(word, ""), text)

const longestFirst = (words: Iterable<string>): ReadonlyArray<string> =>
  [...words].sort((left, right) => right.length - left.length || (left < right ? -1 : 1))

/** The parts of names and addresses that are long enough to be recognised. */
const partsOf = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  longestFirst(
    new Set(
      words
        .flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)])
        .map(folded)
        .filter((part) => lengthOf(part) >= 4)
    )
  )

const isNeighbour = (left: string, right: string): boolean =>
  rows.some((row) => {
    const [one, other] = [row.indexOf(left), row.indexOf(right)]
    return one >= 0 && other >= 0 && Math.abs(one - other) === 1
  })

/** What is left when runs along an alphabet or a keyboard count as one character. */
const withoutSequences = (text: string): string => {
  const characters = [...text]
  return characters.filter((each, at) => at === 0 || !isNeighbour(characters[at - 1] ?? "", each)).join("")
}

/** What is left when repetition counts once: of the shortest beginning that makes up the whole, and of each character in a row. */
const withoutRepetition = (text: string): string => {
  const unit = /^(.+?)\1+$/su.exec(text)?.[1] ?? text
  return unit.replaceAll(/(.)\1+/gsu, "$1")
}

/**
 * What is wrong with a password, for somebody of whom these words are known; nothing when it may be used.
 *
 * @example
 * ```ts
 * import { passwordWeaknesses, standardPolicy } from "saldo/identity/passwordStrength"
 *
 * passwordWeaknesses("correct horse battery", [], standardPolicy) // => []
 * passwordWeaknesses("Passw0rd1234", [], standardPolicy) // => ["common"]
 * passwordWeaknesses("quirina-2026", ["quirina@example.com"], standardPolicy) // => ["personal"]
 * ```
 */
export const passwordWeaknesses = (
  password: string,
  known: ReadonlyArray<string>,
  policy: PasswordPolicy
): ReadonlyArray<PasswordWeakness> => {
  const text = normalisedPassword(password)
  const length = lengthOf(text)
  if (!text.isWellFormed() || /\p{Cc}/u.test(text)) return ["unreadable"]
  // A text of any length is not looked at further, as that would take any time.
  if (length > policy.maximumLength) return ["too-long"]
  // Of a short one nothing else is worth saying.
  if (length < policy.minimumLength) return ["too-short"]
  const isThin = (rest: string) => lengthOf(rest) < Math.min(policy.minimumSubstance, policy.minimumLength)
  const distinct = new Set(text).size
  const checks: ReadonlyArray<readonly [PasswordWeakness, boolean]> = [
    ["repetition", distinct < 4 || isThin(withoutRepetition(plain(text)))],
    ["sequence", isThin(withoutSequences(plain(text)))],
    ["common", isThin(without(folded(text), longestFirst(common)))],
    ["personal", isThin(without(folded(text), partsOf([...known, ...policy.words])))]
  ]
  return checks.flatMap(([weakness, found]) => (found ? [weakness] : []))
}
