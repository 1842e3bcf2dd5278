/**
 * The flags that every command of `saldo` takes, at any place in the command line.
 */
import * as Config from "effect/Config"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

/** `--json`: data for programs, on standard output, and nothing else there. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(
    Flag.withDescription("Print JSON on standard output, and errors as JSON on standard error"),
    Flag.withDefault(false)
  )
})

/** `--db`: where the listings are kept. */
export const Database = GlobalFlag.Setting("db")({
  flag: Flag.String("db").pipe(
    Flag.withMetavar("path-or-url"),
    Flag.withDescription("SQLite file or postgres:// address (SALDO_DB; default saldo.sqlite)"),
    Flag.filter(
      (text) => text.trim() !== "",
      () => "Name a SQLite file or a postgres:// address"
    ),
    Flag.withFallbackConfig(Config.String("SALDO_DB")),
    Flag.withDefault("saldo.sqlite")
  )
})

/** `--url`: a server in place of a database of one's own. */
export const Url = GlobalFlag.Setting("url")({
  flag: Flag.String("url").pipe(
    Flag.withMetavar("address"),
    Flag.withDescription("Work through a Saldo server, with the key in SALDO_API_KEY (SALDO_URL)"),
    Flag.filter(
      (text) => text.trim() !== "",
      () => "Name a server such as https://bank.example"
    ),
    Flag.withFallbackConfig(Config.NonEmptyString("SALDO_URL")),
    Flag.optional
  )
})

/** `--no-color`: text without colours; also `NO_COLOR`. */
export const Color = GlobalFlag.Setting("color")({
  flag: Flag.Boolean("color").pipe(
    Flag.withDescription("Colours in the output; --no-color or NO_COLOR turn them off"),
    Flag.withDefault(true)
  )
})

/** `--verbose`: tells what goes on, on standard error. */
export const Verbose = GlobalFlag.Setting("verbose")({
  flag: Flag.Boolean("verbose").pipe(
    Flag.withDescription("Tell what goes on, on standard error"),
    Flag.withDefault(false)
  )
})

/**
 * Whether a switch stands in the command line, read without parsing it: for what goes wrong before the parser is done. The last
 * one counts, as it does for the parser.
 */
export const isAskedFor = (name: "color" | "json", given: ReadonlyArray<string>, otherwise: boolean): boolean => {
  const end = given.indexOf("--")
  const last = (end === -1 ? given : given.slice(0, end)).findLast((one) =>
    new RegExp(`^--(?:no-)?${name}(?:=|$)`, "u").test(one)
  )
  if (last === undefined) return otherwise
  const value = !/=(?:false|no|off|0|n)$/u.test(last)
  return last.startsWith("--no-") ? !value : value
}
