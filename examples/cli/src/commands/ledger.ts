/**
 * `saldo ledger`: double-entry books.
 */
import * as Command from "effect/cli/Command"
import { accounts, open } from "./ledgerAccounts.ts"
import { exportJournal, verify } from "./ledgerJournal.ts"
import { post } from "./ledgerPost.ts"
import { balance, statement, trialBalance } from "./ledgerReports.ts"

/** The group. */
export const ledger = Command.make("ledger").pipe(
  Command.withDescription("Keep books: accounts, entries, balances, proof"),
  Command.withSubcommands([open, accounts, post, balance, statement, trialBalance, verify, exportJournal])
)
