import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { afterAll, describe, expect, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "saldo-killed-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const collector = fileURLToPath(new URL("collector.ts", import.meta.url))

/** Runs a collector; kills it with SIGKILL so many pages after it began to write, and a moment. Says whether it finished. */
const collect = (filename: string, generation: number, kill?: { readonly pages: number; readonly delayMs: number }) =>
  new Promise<boolean>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--conditions=saldo-source", "--disable-warning=ExperimentalWarning", collector, filename, String(generation)],
      { stdio: ["ignore", "pipe", "pipe"] }
    )
    let [pages, errors, done] = [0, "", false]
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    createInterface({ input: child.stdout }).on("line", (line) => {
      done ||= line.startsWith("done")
      if (line.startsWith("page") && ++pages === kill?.pages) setTimeout(() => child.kill("SIGKILL"), kill.delayMs)
    })
    child.on("error", reject)
    child.on("exit", (code, signal) => {
      if (code === 0) resolve(true)
      else if (signal === "SIGKILL") resolve(done)
      else reject(new Error(`The collector ended with ${code ?? signal}: ${errors}`))
    })
  })

/** Everything that is stored, apart from when and by which run. */
const contentOf = (filename: string) => {
  const database = new DatabaseSync(filename, { readOnly: true })
  try {
    expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }])
    const rows = (sql: string) => database.prepare(sql).all()
    return {
      listings: rows(`SELECT * FROM saldo_lending_loan_listings ORDER BY platform, loan_id`).map(
        ({ first_seen_at: _1, last_run_id: _2, last_seen_at: _3, updated_at: _4, ...row }) => row
      ),
      versions: rows(
        `SELECT platform, loan_id, version, content, raw FROM saldo_lending_loan_listing_versions ORDER BY 1, 2, 3`
      ),
      runs: rows(
        `SELECT platform, sequence, state, next_page, total, pages, seen, inserted, changed, unchanged, duplicates,
           rejected, drift FROM saldo_lending_collection_runs ORDER BY sequence`
      ),
      rejected: rows(
        `SELECT r.sequence, j.page, j.position, j.loan_id, j.field, j.problem, j.raw
           FROM saldo_lending_rejected_listings j JOIN saldo_lending_collection_runs r ON r.run_id = j.run_id
          ORDER BY 1, 2, 3`
      )
    }
  } finally {
    database.close()
  }
}

const lastState = (filename: string) => contentOf(filename).runs.at(-1)?.["state"]

describe("a collector killed with SIGKILL", () => {
  it(
    "leaves a file from which the next one completes with exactly the content of an undisturbed one",
    { timeout: 120_000 },
    async () => {
      const undisturbed = join(folder, "undisturbed.db")
      const disturbed = join(folder, "disturbed.db")
      let [kills, resumed] = [0, 0]
      for (const generation of [1, 2]) {
        await collect(undisturbed, generation)
        // Each life stores a few more pages, so that kills fall on beginnings, middles and ends.
        for (let life = 0; life < 5; life++) {
          const kill = { pages: 1 + Math.floor(Math.random() * 12), delayMs: Math.random() * 4 }
          if (await collect(disturbed, generation, kill)) break
          if (lastState(disturbed) !== "running") break
          kills++
          if (life > 0) resumed++
        }
        if (lastState(disturbed) === "running") await collect(disturbed, generation)
      }
      expect(kills).toBeGreaterThan(4)
      expect(resumed).toBeGreaterThan(2)
      const [expected, found] = [contentOf(undisturbed), contentOf(disturbed)]
      expect(expected.listings.length).toBe(820)
      expect(expected.versions.length).toBeGreaterThan(1000)
      expect(found).toEqual(expected)
    }
  )
})
