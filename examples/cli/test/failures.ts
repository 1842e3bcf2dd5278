/**
 * What every failure must keep: two sentences, no secret, no lost row.
 */
import { DatabaseSync } from "node:sqlite"
import { expect } from "vitest"
import { startKameoEmulator, type StartKameoEmulatorOptions } from "@saldo/kameo/emulator/startKameoEmulator"
import { type Ended, secrets, settings, type useSaldo } from "./saldo.ts"

/** What a file holds that a failure must not lose. */
export const rowsIn = (file: string) => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return {
      listings: database.prepare("SELECT * FROM saldo_lending_loan_listings ORDER BY loan_id").all(),
      versions: database.prepare("SELECT * FROM saldo_lending_loan_listing_versions ORDER BY loan_id, version").all()
    }
  } finally {
    database.close()
  }
}

/** Everything that a process wrote. */
export const told = ({ stderr, stdout }: Ended): string => stdout + stderr

/** A failure that says what happened and what to do, in a sentence each, and no secret. */
export const expectFailure = (end: Ended, code: number, happened: RegExp | string, remedy: RegExp | string) => {
  expect(end.code, told(end)).toBe(code)
  const lines = end.stderr.trimEnd().split("\n")
  expect(lines, end.stderr).toHaveLength(2)
  if (typeof happened === "string") expect(lines[0]).toBe(happened)
  else expect(lines[0]).toMatch(happened)
  if (typeof remedy === "string") expect(lines[1]).toBe(remedy)
  else expect(lines[1]).toMatch(remedy)
  for (const line of lines) expect(line).toMatch(/[.?]$/u)
  for (const secret of Object.values(secrets)) expect(told(end)).not.toContain(secret)
}

/** A way to run the command against an emulator that lives for that run. */
export const againstKameo =
  ({ run }: Pick<ReturnType<typeof useSaldo>, "run">) =>
  async (
    options: StartKameoEmulatorOptions,
    args: ReadonlyArray<string>,
    env: Readonly<Record<string, string>> = {}
  ): Promise<Ended> => {
    await using emulator = await startKameoEmulator(options)
    return await run(args, { env: { ...settings(emulator), ...env } })
  }
