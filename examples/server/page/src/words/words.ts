/** Text in the reader's language. */
import { current, type Language } from "../settings.ts"
import { en } from "./en.ts"
import { sv } from "./sv.ts"

type Counted<Name extends string> = Name extends `${infer Stem}.one` ? Stem : never

/** How the names of some texts are turned into those texts. */
export interface Speaker<Name extends string> {
  /** The text of a name, with what belongs into its braces. */
  readonly t: (name: Name, values?: Readonly<Record<string, string | number>>) => string
  /** The text for a count, in the form that the language has for it. */
  readonly tn: (stem: Counted<Name>, count: number, shown?: string) => string
  /** The text for one of a domain's own words, such as a state, or the word itself when it is new to us. */
  readonly named: (domain: string, word: string) => string
}

/** Speaks by dictionaries that have the same names; pages that come later bring their own. */
export const speaker = <Name extends string>(
  dictionaries: Readonly<Record<Language, Readonly<Record<Name, string>>>>
): Speaker<Name> => {
  const t: Speaker<Name>["t"] = (name, values = {}) =>
    dictionaries[current().language][name].replaceAll(/\{(\w+)\}/gu, (whole, place: string) =>
      String(values[place] ?? whole)
    )
  return {
    t,
    tn: (stem, count, shown = String(count)) => {
      const form = new Intl.PluralRules(current().language).select(count) === "one" ? "one" : "other"
      return t(`${stem}.${form}` as Name, { count: shown })
    },
    named: (domain, word) => {
      const dictionary: Readonly<Record<string, string>> = dictionaries[current().language]
      return dictionary[`${domain}.${word}`] ?? word
    }
  }
}

/** The name of a text. */
export type Word = keyof typeof en

/** What most pages say. */
export const { named, t, tn } = speaker<Word>({ en, sv })
