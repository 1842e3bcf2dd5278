/**
 * The journal as a whole: verified, and written out for others to verify.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { JournalHead } from "../JournalEntry.ts"
import { exportAccount, exportBlock, exportHead, exportHeader } from "../journalExport.ts"
import { beginWalk, endWalk, type JournalVerdict, walkBlock } from "../journalVerification.ts"
import type { LedgerStore } from "../LedgerStore.ts"

/** The blocks up to a head that was read before; what is booked meanwhile is left for the next time. */
const blocksUpTo = (store: LedgerStore["Service"], head: JournalHead) =>
  Stream.takeWhile(store.blocks(head.tenant), ({ entries }) => (entries[0]?.sequence ?? 0) <= head.sequence)

const accountsAt = (store: LedgerStore["Service"], head: JournalHead) =>
  store.trialBalance(head.tenant, head.bookedAt === null ? {} : { knownAt: head.bookedAt })

/** Recomputes the whole journal of a tenant. */
export const verifyJournal = Effect.fnUntraced(function* (
  store: LedgerStore["Service"],
  tenant: string
): Effect.fn.Return<JournalVerdict> {
  const head = yield* store.head(tenant)
  const walk = yield* Stream.runFold(blocksUpTo(store, head), () => beginWalk(tenant), walkBlock)
  const rows = yield* accountsAt(store, head)
  const unchanged = (yield* store.head(tenant)).sequence === head.sequence
  return endWalk(
    walk,
    head,
    rows.flatMap(({ account, counters }) => [
      { id: account.id, counters },
      // An account's own counters are those of now, so they can be judged only when nothing has been booked since.
      ...(unchanged ? [{ id: account.id, counters: account.counters }] : [])
    ])
  )
})

/** The journal of a tenant and its accounts as JSON lines without line ends. */
export const exportJournal = (store: LedgerStore["Service"], tenant: string): Stream.Stream<string> =>
  Stream.unwrap(
    Effect.map(store.head(tenant), (head) =>
      Stream.succeed(exportHeader(tenant)).pipe(
        Stream.concat(
          Stream.flatMap(blocksUpTo(store, head), (block) => Stream.fromIterable(exportBlock(tenant, block)))
        ),
        Stream.concat(
          Stream.unwrap(
            Effect.map(accountsAt(store, head), (rows) =>
              Stream.fromIterable([
                ...rows.map(({ account, counters }) => exportAccount(account, counters)),
                exportHead(head, rows.length)
              ])
            )
          )
        )
      )
    )
  )
