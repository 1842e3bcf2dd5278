/** The rows that the ledger wrote, written again by `node:sqlite` with prepared statements and nothing else. */
import { join } from "node:path"
import { DatabaseSync, type SQLOutputValue } from "node:sqlite"

type Row = Record<string, SQLOutputValue>

const rowsOf = (database: DatabaseSync, text: string): ReadonlyArray<Row> => database.prepare(text).all()

/** Makes what writes the same transfers, in as large transactions, into an empty file; gives how many at a time. */
export const rawLedger = (source: string, folder: string, size: number) => {
  const from = new DatabaseSync(source, { readOnly: true })
  const into = new DatabaseSync(join(folder, "raw.db"))
  into.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  for (const { sql } of rowsOf(
    from,
    "SELECT sql FROM sqlite_schema WHERE tbl_name LIKE 'saldo_ledger_%' AND sql <> ''"
  )) {
    into.exec(String(sql))
  }
  const insertInto = (table: string, row: Row) =>
    into.prepare(`INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row).fill("?").join()})`)
  const copied = ["saldo_ledger_accounts", "saldo_ledger_heads"]
  for (const table of copied) {
    for (const row of rowsOf(from, `SELECT * FROM ${table}`)) insertInto(table, row).run(...Object.values(row))
  }
  const read = (table: string) => {
    const rows = rowsOf(from, `SELECT * FROM saldo_ledger_${table} ORDER BY rowid`)
    return { columns: Object.keys(rows[0] ?? {}), rows: rows.map((row) => Object.values(row)) }
  }
  const [commands, entries, postings] = [read("commands"), read("entries"), read("postings")]
  const insert = (table: string, { columns }: { readonly columns: ReadonlyArray<string> }) =>
    into.prepare(`INSERT INTO saldo_ledger_${table} (${columns.join()}) VALUES (${columns.map(() => "?").join()})`)
  const [command, entry, posting] = [
    insert("commands", commands),
    insert("entries", entries),
    insert("postings", postings)
  ]
  const names = ["debits_posted", "credits_posted", "debits_pending", "credits_pending", "value_on"]
  const update = into.prepare(`
    UPDATE saldo_ledger_accounts SET debits_posted = ?, credits_posted = ?, debits_pending = ?, credits_pending = ?,
      value_high = ?, version = version + 1
    WHERE tenant = ? AND account_id = ?`)
  const column = (name: string) => postings.columns.indexOf(name)
  const updated = [...names, "tenant", "account_id"].map(column)
  const head = into.prepare("UPDATE saldo_ledger_heads SET sequence = ?, booked_at = ?, hash = ?")
  const empty = ["commands", "entries", "postings"].map((table) => into.prepare(`DELETE FROM saldo_ledger_${table}`))
  let next = 0
  return {
    /** Writes one call's transfers; begins again in empty tables after the last one. */
    write: () => {
      if (next + size > entries.rows.length) {
        for (const each of empty) each.run()
        next = 0
      }
      into.exec("BEGIN IMMEDIATE")
      for (let at = next; at < next + size; at++) {
        command.run(...(commands.rows[at] ?? []))
        entry.run(...(entries.rows[at] ?? []))
        for (const row of [postings.rows[2 * at] ?? [], postings.rows[2 * at + 1] ?? []]) {
          posting.run(...row)
          update.run(...updated.map((index) => row[index] ?? null))
        }
      }
      head.run(next, next, "0".repeat(64))
      into.exec("COMMIT")
      next += size
    },
    close: () => {
      from.close()
      into.close()
    }
  }
}
