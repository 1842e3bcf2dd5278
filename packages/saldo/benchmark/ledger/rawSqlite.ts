/** Rows like those that the ledger writes, written by `node:sqlite` with prepared statements and nothing else. */
import { join } from "node:path"
import { DatabaseSync, type SQLInputValue } from "node:sqlite"

type Row = Record<string, SQLInputValue>

/**
 * Makes what writes transfers like those in a ledger's file behind them, in a copy of the file: the same tables with the
 * same rows in them, and the same columns, with other keys, for each new row.
 */
export const rawLedger = (source: string, folder: string, size: number) => {
  const filename = join(folder, "raw.db")
  const from = new DatabaseSync(source)
  from.exec(`VACUUM INTO '${filename}'`)
  const rowsOf = (table: string): ReadonlyArray<Row> =>
    from.prepare(`SELECT * FROM saldo_ledger_${table} ORDER BY rowid`).all()
  const [commands, entries, postings] = [rowsOf("commands"), rowsOf("entries"), rowsOf("postings")]
  from.close()
  const into = new DatabaseSync(filename)
  // As the ledger's connection has it, so that the difference is not in these.
  into.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  into.exec("PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000")
  const insertInto = (table: string, [first = {}]: ReadonlyArray<Row>) => {
    const columns = Object.keys(first)
    const prepared = into.prepare(
      `INSERT INTO saldo_ledger_${table} (${columns.join()}) VALUES (${columns.map(() => "?").join()})`
    )
    return (row: Row | undefined, changes: Row) =>
      prepared.run(...columns.map((name) => changes[name] ?? row?.[name] ?? null))
  }
  const addCommand = insertInto("commands", commands)
  const addEntry = insertInto("entries", entries)
  const addPosting = insertInto("postings", postings)
  const update = into.prepare(`
    UPDATE saldo_ledger_accounts SET debits_posted = ?, credits_posted = ?, debits_pending = ?, credits_pending = ?,
      value_high = ?, version = version + 1
    WHERE tenant = ? AND account_id = ?`)
  const head = into.prepare("UPDATE saldo_ledger_heads SET sequence = ?, booked_at = ?, hash = ?")
  let next = entries.length
  return {
    /** Writes one call's transfers. */
    write: () => {
      into.exec("BEGIN IMMEDIATE")
      for (let at = next; at < next + size; at++) {
        const index = at % entries.length
        const entry_id = `entry_z${String(at).padStart(25, "0")}`
        const command_key = `transfer ${at}`
        addCommand(commands[index], { command_key, first_entry_id: entry_id })
        addEntry(entries[index], { sequence: at + 1, entry_id, booked_at: 10 ** 15 * 2 + at, command_key })
        for (const row of [postings[2 * index], postings[2 * index + 1]]) {
          if (row === undefined) throw new RangeError("a transfer has two lines")
          addPosting(row, { sequence: at + 1 })
          const { credits_pending, credits_posted, debits_pending, debits_posted, value_on } = row
          update.run(
            ...[debits_posted, credits_posted, debits_pending, credits_pending, value_on].map((each) => each ?? null),
            ...[row["tenant"], row["account_id"]].map((each) => each ?? null)
          )
        }
      }
      head.run(next, next, "0".repeat(64))
      into.exec("COMMIT")
      next += size
    },
    close: () => into.close()
  }
}
