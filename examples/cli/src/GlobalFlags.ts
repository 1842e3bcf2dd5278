/**
 * The flags that every command of `saldo` takes.
 */
import * as Config from "effect/Config"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

/** `--json`: data for programs, on standard output, and nothing else there. */
export const Json = GlobalFlag.Setting("json")({
  flag: Flag.Boolean("json").pipe(Flag.withDescription("Print JSON instead of text"), Flag.withDefault(false))
})

/** `--db`: where the listings are kept. */
export const Database = GlobalFlag.Setting("db")({
  flag: Flag.String("db").pipe(
    Flag.withMetavar("path-or-url"),
    Flag.withDescription("SQLite file or postgres:// address (SALDO_DB; default saldo.sqlite)"),
    Flag.withFallbackConfig(Config.String("SALDO_DB")),
    Flag.withDefault("saldo.sqlite")
  )
})

/** `--no-color`: text without colours; also `NO_COLOR`. */
export const Color = GlobalFlag.Setting("color")({
  flag: Flag.Boolean("color").pipe(Flag.withDescription("Colours in the output"), Flag.withDefault(true))
})

/** `--verbose`: tells what goes on, on standard error. */
export const Verbose = GlobalFlag.Setting("verbose")({
  flag: Flag.Boolean("verbose").pipe(
    Flag.withDescription("Tell what goes on, on standard error"),
    Flag.withDefault(false)
  )
})
