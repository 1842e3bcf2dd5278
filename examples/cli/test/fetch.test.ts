import { describe, expect, it } from "vitest"
import { PlatformId } from "saldo/lending/LoanListing"
import { noCounts } from "saldo/lending/CollectionRun"
import type { CollectionProgress } from "saldo/lending/LoanCollection"
import { CollectionRunId } from "saldo/lending/StoredListing"
import { progressLine } from "../src/commands/fetch.ts"

const at = (seen: number, total: number | null): CollectionProgress => ({
  runId: CollectionRunId.make("collection_0000000000000000000000000000000a".slice(0, 37)),
  platform: PlatformId.make("kameo"),
  page: 7,
  total,
  counts: { ...noCounts, seen }
})

describe("progressLine", () => {
  it("counts the rate from what this call collected, not from what an earlier call had", () => {
    const line = progressLine(at(900, 1000), 12_000, { seen: 800, at: 10_000 })
    expect(line).toBe("█████████████████████████▎·· 900/1000  50 loans/s  2 s left")
  })
  it("tells minutes where there are many seconds", () => {
    expect(progressLine(at(110, 1000), 11_000, { seen: 100, at: 10_000 })).toMatch(
      / {2}10 loans\/s {2}1 min 29 s left$/u
    )
  })
  it("has no rate before there is one, and no bar without a total", () => {
    expect(progressLine(at(100, 200), 5, { seen: 100, at: 5 })).toBe("██████████████·············· 100/200")
    expect(progressLine(at(300, null), 1000, { seen: 100, at: 0 })).toBe("page 7  300 loans  200 loans/s")
  })
})
