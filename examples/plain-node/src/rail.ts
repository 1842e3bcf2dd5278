import type { Rail, RailReport } from "saldo/promise"

/**
 * A way to other banks that settles everything at once. A real one asks another bank, keeps what it was told, and reveals the
 * creditor's number (`instruction.creditor.account`) to nobody else.
 */
export const instantRail = (): Rail => {
  const known = new Map<string, RailReport>()
  return {
    name: "instant",
    inTransitMs: 60_000,
    send: ({ endToEndId }) => {
      const report = known.get(endToEndId) ?? { status: "ACSC", reason: null }
      known.set(endToEndId, report)
      return Promise.resolve(report)
    },
    query: (endToEndId) => Promise.resolve(known.get(endToEndId)),
    events: (after) => Promise.resolve({ events: [], next: after ?? "0" })
  }
}
