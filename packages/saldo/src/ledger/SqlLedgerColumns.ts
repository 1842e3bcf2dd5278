/** The columns that a commit writes, but for the tenant and places in the journal: the names of what `SqlLedgerBlock` makes. */
import type { Column } from "../sql/internal/packedRows.ts"

/** What is remembered of a command. */
export const commandColumns: ReadonlyArray<Column> = [
  ["command_key", "text"],
  ["request", "text"],
  ["first_entry_id", "text", "nullable"],
  ["entry_count", "int"],
  ["refusal", "text", "nullable"]
]

/** An entry, but for its place in the journal. */
export const entryColumns: ReadonlyArray<Column> = [
  ["entry_id", "text"],
  ["command_key", "text"],
  ["kind", "text"],
  ["value_on", "text"],
  ["hold_id", "text", "nullable"],
  ["reverses", "text", "nullable"],
  ["exchange", "text", "nullable"],
  ["code", "text", "nullable"],
  ["description", "text", "nullable"],
  ["metadata", "text"]
]

const counterNames: ReadonlyArray<Column> = [
  ["debits_posted", "bigint"],
  ["credits_posted", "bigint"],
  ["debits_pending", "bigint"],
  ["credits_pending", "bigint"]
]

/** A line, but for the place of its entry. */
export const postingColumns: ReadonlyArray<Column> = [
  ["line", "int"],
  ["account_id", "text"],
  ["side", "text"],
  ["currency", "text"],
  ["posted", "bigint"],
  ["pending", "bigint"],
  ["value_on", "text"],
  ["value_order", "text"],
  ["reach", "int", "nullable"],
  ["since", "text", "nullable"],
  ["until", "text", "nullable"],
  ...counterNames
]

/** What a commit changes of an account. */
export const accountColumns: ReadonlyArray<Column> = [...counterNames, ["value_high", "text"], ["version", "bigint"]]

/** A hold, as it is placed. */
export const holdColumns: ReadonlyArray<Column> = [
  ["hold_id", "text"],
  ["debit", "text"],
  ["credit", "text"],
  ["currency", "text"],
  ["amount", "bigint"],
  ["captured", "bigint"],
  ["remaining", "bigint"],
  ["over_capture", "bigint"],
  ["state", "text"],
  ["expires_at", "bigint", "nullable"]
]

/** What a commit changes of a hold. */
export const changedHoldColumns: ReadonlyArray<Column> = [
  ["captured", "bigint"],
  ["remaining", "bigint"],
  ["state", "text"]
]

/** The number of an entry in its block, from 1. */
export const n: Column = ["n", "int"]

/** What an entry is found by. */
export const tagColumns: ReadonlyArray<Column> = [["tag", "text"]]
