import type { CommandKey } from "../core/Command.ts"
import type { EntryContent, Line } from "./JournalEntry.ts"
import type { Metadata } from "./LedgerAccount.ts"

const sorted = (metadata: Metadata) =>
  Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

const line = ({ accountId, pending, posted, side }: Line) => ({
  accountId,
  currency: posted.currency,
  pending: String(pending.amount),
  posted: String(posted.amount),
  side
})

/**
 * The one text of an entry, of which the chain keeps the SHA-256: JSON with its members in alphabetical order, amounts in
 * minor units. Its place (sequence and booking time) is not in it; the hash of its block covers that.
 */
export const entryText = (tenant: string, key: CommandKey, content: EntryContent): string => {
  const { exchange } = content
  return JSON.stringify({
    code: content.code,
    description: content.description,
    exchange:
      exchange === null
        ? null
        : {
            base: exchange.base,
            date: exchange.date,
            quote: exchange.quote,
            rate: exchange.rate,
            source: exchange.source
          },
    holdId: content.holdId,
    id: content.id,
    key,
    kind: content.kind,
    lines: content.lines.map(line),
    metadata: sorted(content.metadata),
    reverses: content.reverses,
    tenant,
    valueOn: content.valueOn
  })
}
