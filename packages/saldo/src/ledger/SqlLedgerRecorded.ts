/**
 * Commits by one statement, on Postgres.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as SqlClient from "effect/sql/SqlClient"
import { isAppendedBy } from "../audit/SqlAuditAppend.ts"
import type { Atomic } from "../core/Atomic.ts"
import type { RecordedCommits } from "./internal/recordedCommits.ts"
import { blocksOf } from "./journalBlocks.ts"
import type { LedgerCommand } from "./LedgerCommand.ts"
import { decideOn, microsOf, outcomesOf } from "./SqlLedgerDecision.ts"
import { makePostgresWriteAlone } from "./SqlLedgerPostgres.ts"
import { makeSee } from "./SqlLedgerState.ts"

/** Whether a command names nothing but accounts: no hold, no entry, no time. */
const isPlain = ({ importedAt, operations }: LedgerCommand): boolean =>
  importedAt === undefined && operations.every((each) => each._tag === "Post" && each.entryId === undefined)

/** What a statement fails with when a key was used before, or somebody else has come first. */
const cameFirst = new Set(["UniqueViolation", "SerializationError", "DeadlockError"])

/**
 * Makes what decides on accounts as they were seen, and writes when they are as they were. That takes two round trips, none
 * of them while others wait, where a transaction takes five. Who finds an account changed has worked in vain and goes the
 * long way; so do commands that name more than accounts, and keys that were used before.
 */
export const makeRecordedCommits = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]): RecordedCommits => {
  const see = makeSee(sql)
  const writeAlone = makePostgresWriteAlone(sql)

  const commit: RecordedCommits["commit"] = Effect.fn("SqlLedgerStore.commitRecorded")(
    function* (request, recorder, draftsOf) {
      const { commands, tenant, today } = request
      if (!commands.every(isPlain)) return Option.none()
      const lookup = yield* see(tenant, commands)
      const decision = yield* decideOn(lookup, commands, request, null)
      const [block] = blocksOf(tenant, decision.commands)
      if (block === undefined) return Option.none()
      const drafts = yield* draftsOf(
        decision.commands.map(({ outcome }) =>
          Result.map(outcome, (entries) => entries.map(({ content }) => content.id))
        )
      )
      const records = yield* recorder.recordsOf(drafts)
      const writing = { tenant, today, commands, decision, state: lookup, highs: new Map(lookup.valueHighs) }
      const place = yield* writeAlone(writing, block, microsOf(request), lookup, records)
      if (place === undefined) return Option.none()
      yield* recorder.count(drafts)
      const outcomes = outcomesOf(tenant, decision, [block], [place])
      return Option.some(commands.flatMap(({ key }) => outcomes.get(key) ?? []))
    },
    Effect.catchIf(
      ({ reason }) => cameFirst.has(reason._tag),
      () => Effect.succeedNone
    ),
    Effect.orDie
  )
  return { atomic, takes: ({ store }) => isAppendedBy(store, sql), commit }
}
