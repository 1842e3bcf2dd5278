/** Text in the reader's language. */
import { current } from "../settings.ts"
import { en } from "./en.ts"
import { sv } from "./sv.ts"

/** The name of a text. */
export type Word = keyof typeof en

const dictionaries: Readonly<Record<"en" | "sv", Readonly<Record<Word, string>>>> = { en, sv }

/** The text of a name, with what belongs into its braces. */
export const t = (word: Word, values: Readonly<Record<string, string | number>> = {}): string =>
  dictionaries[current().language][word].replaceAll(/\{(\w+)\}/gu, (whole, name: string) =>
    String(values[name] ?? whole)
  )

type Counted = { [K in Word]: K extends `${infer Stem}.one` ? Stem : never }[Word]

/** The text for a count, in the form that the language has for it. */
export const tn = (stem: Counted, count: number, shown: string = String(count)): string => {
  const form = new Intl.PluralRules(current().language).select(count) === "one" ? "one" : "other"
  return t(`${stem}.${form}` as Word, { count: shown })
}

/** The text for one of a domain's own words, such as a state, or the word itself when it is new to us. */
export const named = (domain: string, word: string): string => {
  const dictionary: Readonly<Record<string, string>> = dictionaries[current().language]
  return dictionary[`${domain}.${word}`] ?? word
}
