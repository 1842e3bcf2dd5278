/**
 * Text as people search it. Upper and lower case, composed and decomposed letters and most accents count as the same.
 * Swedish å, ä, ö are letters of their own: typed with their marks they match only themselves (and Danish and
 * Norwegian æ, ø match ä, ö), while typed plainly, as on a foreign keyboard, `Orebro` finds `Örebro`.
 *
 * A database keeps {@link searchText} in a column and looks for {@link searchQuery} as a plain substring, so SQLite,
 * Postgres and memory agree without any collation, and no character of a query is a wildcard.
 */

type Letters = Readonly<Record<string, string>>

const nordic: Letters = { æ: "ä", ø: "ö" }
const plainNordic: Letters = { å: "a", ä: "a", ö: "o" }
const digraphs: Letters = { æ: "ae", ø: "o", ...plainNordic }
/** Latin letters that Unicode does not decompose, and the Greek sigma that has two small forms. */
const undecomposed: Letters = {
  ß: "ss",
  œ: "oe",
  ð: "d",
  đ: "d",
  ħ: "h",
  ı: "i",
  ł: "l",
  þ: "th",
  ς: "σ"
}

// Letter by letter, which is much faster than a callback for each match; no letter is put in that is replaced later.
const replaceLetters = (text: string, letters: Letters): string => {
  let replaced = text
  for (const letter in letters) replaced = replaced.replaceAll(letter, letters[letter] ?? letter)
  return replaced
}

const withoutAccents = (letter: string): string =>
  letter
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]/gu, "")
    .replaceAll(/[ßœðđħıłþς]/gu, (special) => undecomposed[special] ?? special)

/**
 * Text that is its own base form but for capitals, as nearly every title is: nothing to compose or to fold, and no leading,
 * trailing or doubled blank that would have to go.
 */
const plain = /^(?:[\x21-\x7eåäöæøÅÄÖÆØ]+(?: [\x21-\x7eåäöæøÅÄÖÆØ]+)*)?$/u
const latin1 = /^[\x20-\x7e\xc0-\xff]*$/u

/** Composed small letters. Latin-1 text without signs, which most Nordic text is, is composed as it stands. */
const composedSmall = (text: string): string =>
  latin1.test(text) ? text.toLowerCase() : text.normalize("NFKC").toLowerCase().normalize("NFC")

/** Small letters, one space for any run of blanks and control characters, no accents other than those of å ä ö æ ø. */
const baseForm = (text: string): string => {
  if (plain.test(text)) return text.toLowerCase()
  const small = composedSmall(text)
    .replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, " ")
    .trim()
  return small.replaceAll(/[^\x20-\x7eåäöæø]+/gu, withoutAccents)
}

const hasNordic = /[åäöæø]/u

const formsOf = (part: string): ReadonlyArray<string> => {
  const base = baseForm(part)
  if (!hasNordic.test(base)) return [base]
  const precise = replaceLetters(base, nordic)
  const folded = replaceLetters(precise, plainNordic)
  return base.includes("æ") ? [precise, folded, replaceLetters(base, digraphs)] : [precise, folded]
}

/**
 * The text to look into: each part in every form that a query may take, one per line, so that no match spans two parts.
 *
 * @example
 * ```ts
 * import { searchText } from "saldo/lending/searchText"
 *
 * searchText(["Lokal i ÖREBRO"]) // => "lokal i örebro\nlokal i orebro"
 * ```
 */
export const searchText = (parts: ReadonlyArray<string | null>): string =>
  parts.flatMap((part) => (part === null ? [] : formsOf(part))).join("\n")

/**
 * What to look for, as a plain substring of {@link searchText}. Empty when the query has nothing but blanks.
 *
 * @example
 * ```ts
 * import { searchQuery, searchText } from "saldo/lending/searchText"
 *
 * searchText(["Fårö"]).includes(searchQuery("FARO")) // => true
 * searchText(["Faro"]).includes(searchQuery("fårö")) // => false
 * ```
 */
export const searchQuery = (query: string): string => replaceLetters(baseForm(query), nordic)

const alphabetEnd: Letters = { å: "{", ä: "|", ö: "}" }
const sortKeyLength = 120

/**
 * A key that sorts titles in the Swedish order (… x y z å ä ö) when keys are compared by code point: `{ | }` follow
 * `z`. Only the first 120 characters count.
 */
export const titleSortKey = (title: string): string => {
  const key = replaceLetters(replaceLetters(baseForm(title.slice(0, sortKeyLength * 4)), nordic), alphabetEnd)
  return key.length <= sortKeyLength ? key : [...key].slice(0, sortKeyLength).join("")
}
