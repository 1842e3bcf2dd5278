/**
 * What the reader chose: a language and an appearance. Kept in the browser, and told to whoever draws.
 */
import { useLayoutEffect, useState } from "preact/hooks"

/** The languages that the page speaks. */
export type Language = "en" | "sv"

/** Light or dark, or as the system has it. */
export type Theme = "system" | "light" | "dark"

interface Settings {
  readonly language: Language
  readonly theme: Theme
}

const languages: ReadonlyArray<Language> = ["en", "sv"]
const themes: ReadonlyArray<Theme> = ["system", "light", "dark"]

const oneOf = <A extends string>(values: ReadonlyArray<A>, value: string | null): A | undefined =>
  values.find((known) => known === value)

const spoken = (): Language =>
  navigator.languages.map((tag) => oneOf(languages, tag.slice(0, 2))).find((known) => known !== undefined) ?? "en"

let settings: Settings = {
  language: oneOf(languages, localStorage.getItem("saldo.language")) ?? spoken(),
  theme: oneOf(themes, localStorage.getItem("saldo.theme")) ?? "system"
}

const listeners = new Set<(now: Settings) => void>()

const show = (): void => {
  document.documentElement.lang = settings.language
  if (settings.theme === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = settings.theme
}

/** The settings as they are now. */
export const current = (): Settings => settings

/** Whether the reader has chosen a language here, and has not merely got the browser's. */
export const hasChosenLanguage = (): boolean => localStorage.getItem("saldo.language") !== null

/** Changes settings; `kept` says whether the next visit begins with them. */
export const change = (to: Partial<Settings>, kept = true): void => {
  settings = { ...settings, ...to }
  if (kept) for (const [name, value] of Object.entries(to)) localStorage.setItem(`saldo.${name}`, value)
  show()
  for (const listener of listeners) listener(settings)
}

/** The settings, drawn anew when they change. */
export const useSettings = (): Settings => {
  const [now, set] = useState(settings)
  // Before anything else can happen: what the reader chooses while an effect is still to come would not be heard.
  useLayoutEffect(() => {
    listeners.add(set)
    return () => {
      listeners.delete(set)
    }
  }, [])
  return now
}

/** The locale in which numbers, money and dates are written. */
export const locale = (): string => (settings.language === "sv" ? "sv-SE" : "en-GB")

show()
