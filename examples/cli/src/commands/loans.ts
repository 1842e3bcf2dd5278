/**
 * `saldo loans`: everything about collected listings.
 */
import * as Command from "effect/cli/Command"
import { exportListings } from "./export.ts"
import { fetch } from "./fetch.ts"
import { health, history, list, search, show } from "./reading.ts"
import { analyze, stats } from "./statistics.ts"

/** The group. */
export const loans = Command.make("loans").pipe(
  Command.withDescription("Collect loan listings, and look at them"),
  Command.withSubcommands([fetch, list, search, show, history, stats, analyze, exportListings, health])
)
