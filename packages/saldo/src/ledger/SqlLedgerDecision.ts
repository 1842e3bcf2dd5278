/**
 * From what was read to what is written, and from what was written to what is answered.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Id from "../core/Id.ts"
import { fromMicros } from "./BookingTime.ts"
import { decideAll, type Decision } from "./decideAll.ts"
import type { EntryId, JournalEntry } from "./JournalEntry.ts"
import type { UnplacedBlock } from "./journalBlocks.ts"
import type { LedgerCommand } from "./LedgerCommand.ts"
import type { LedgerLookup } from "./ledgerDraft.ts"
import type { CommitOutcome, CommitRequest } from "./LedgerStore.ts"
import type { Place } from "./SqlLedgerBlock.ts"

const entriesIn = (
  tenant: string,
  blocks: ReadonlyArray<UnplacedBlock>,
  places: ReadonlyArray<Place>
): ReadonlyArray<JournalEntry> =>
  blocks.flatMap(({ entries }, index) => {
    const place = places[index]
    if (place === undefined) return []
    return entries.map(({ decided, key }, at) => ({
      ...decided.content,
      tenant,
      sequence: place.sequence + at,
      bookedAt: fromMicros(place.micros + at),
      key
    }))
  })

/** When a request arrived, in microseconds since the Unix epoch. */
export const microsOf = ({ now }: CommitRequest): number => now.epochMilliseconds * 1000

/** Decides commands on what is there. */
export const decideOn = Effect.fnUntraced(function* (
  lookup: LedgerLookup,
  commands: ReadonlyArray<LedgerCommand>,
  request: CommitRequest,
  lastBookedMicros: number | null
) {
  const { tenant, today } = request
  const operations = commands.reduce((sum, command) => sum + command.operations.length, 0)
  const entryIds: Array<EntryId> = []
  for (let count = 0; count < operations; count++) entryIds.push(yield* Id.make("entry"))
  return decideAll(lookup, commands, { tenant, today, nowMicros: microsOf(request), lastBookedMicros, entryIds })
})

/** What came of commands whose blocks have their places. */
export const outcomesOf = (
  tenant: string,
  decision: Decision,
  blocks: ReadonlyArray<UnplacedBlock>,
  places: ReadonlyArray<Place>
): ReadonlyMap<string, CommitOutcome> => {
  const booked = Map.groupBy(entriesIn(tenant, blocks, places), ({ key }) => key)
  return new Map(
    decision.commands.map(({ key, outcome }): [string, CommitOutcome] => [
      key,
      Result.isSuccess(outcome)
        ? Result.succeed({ entries: booked.get(key) ?? [], replayed: false })
        : Result.fail({ reason: outcome.failure, replayed: false })
    ])
  )
}
