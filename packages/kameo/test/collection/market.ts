/**
 * What the disturbed collections read: an emulated Kameo whose clock stands still until a test moves it, with loans that
 * come again on the next page, and the collectors that read it into files.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import type { KameoEmulatorOptions } from "@saldo/kameo/emulator/EmulatorOptions"

/** Loans on a page of these collections. */
export const pageSize = 8

/** Some 450 loans, as many pages as the disturbances need, and so slow that a kill may fall into a request as into a write. */
export const market = {
  loans: { count: 500, seed: 7, newPerDay: 5 },
  frozen: true,
  rateLimit: 1_000_000,
  faults: ["duplicateAcrossPages", "delayMs=6"]
} satisfies KameoEmulatorOptions

const script = fileURLToPath(new URL("collector.ts", import.meta.url))

/** How a collector ended. */
export interface CollectorEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly lines: ReadonlyArray<string>
  readonly errors: string
}

const disturbedBy = ({ delayMs, pages, signal }: Disturbance) => [signal, String(pages), String(delayMs)]

/** A signal that a collector gets, so many milliseconds after it has stored so many pages. */
export interface Disturbance {
  readonly signal: "SIGKILL" | "SIGINT"
  readonly pages: number
  readonly delayMs: number
}

/** Runs a collector to its end; `told` sees every line that it writes. */
export const runCollector = (
  filename: string,
  emulator: { readonly wwwUrl: string; readonly apiUrl: string },
  options: { readonly disturbance?: Disturbance; readonly told?: (line: string) => void } = {}
): Promise<CollectorEnd> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        "--conditions=saldo-source",
        "--disable-warning=ExperimentalWarning",
        script,
        filename,
        emulator.wwwUrl,
        emulator.apiUrl,
        ...(options.disturbance === undefined ? [] : disturbedBy(options.disturbance))
      ],
      { stdio: ["ignore", "pipe", "pipe"] }
    )
    const lines: Array<string> = []
    let errors = ""
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line)
      options.told?.(line)
    })
    child.on("error", reject)
    child.on("close", (code, signal) => resolve({ code, signal, lines, errors }))
  })

/** Replaces the faults of a running emulator. */
export const setFaults = async (
  emulator: { readonly wwwUrl: string },
  faults: ReadonlyArray<string>
): Promise<void> => {
  const answer = await fetch(`${emulator.wwwUrl}/__emu/faults`, { method: "PUT", body: JSON.stringify(faults) })
  if (!answer.ok) throw new Error(`The emulator refused the faults: ${answer.status}`)
}

/** A whole number from 0 to below `bound`, and the next: the same for the same seed (mulberry32). */
export const seeded = (seed: number) => {
  let state = seed >>> 0
  return (bound: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound)
  }
}

/** Everything that a file holds, apart from when and by which run: listings, their versions, and what the finished runs counted. */
export const contentOf = (filename: string) => {
  const database = new DatabaseSync(filename, { readOnly: true })
  try {
    const rows = (sql: string) => database.prepare(sql).all()
    return {
      integrity: rows("PRAGMA integrity_check"),
      listings: rows("SELECT * FROM saldo_lending_loan_listings ORDER BY platform, loan_id").map(
        ({ first_seen_at: _1, last_run_id: _2, last_seen_at: _3, updated_at: _4, ...row }) => row
      ),
      versions: rows(
        "SELECT platform, loan_id, version, content, raw FROM saldo_lending_loan_listing_versions ORDER BY 1, 2, 3"
      ),
      rejected: rows("SELECT page, position, loan_id, field, problem, raw FROM saldo_lending_rejected_listings"),
      runs: rows(
        `SELECT next_page, total, pages, seen, inserted, changed, unchanged, duplicates, rejected, drift
           FROM saldo_lending_collection_runs WHERE state = 'complete' ORDER BY sequence`
      )
    }
  } finally {
    database.close()
  }
}
