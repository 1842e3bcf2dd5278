/** What must be true of a ledger, wherever its day was broken off. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { beginWalk, endWalk, walkBlock } from "saldo/ledger/journalVerification"
import type { JournalEntry } from "saldo/ledger/JournalEntry"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import { carryOut } from "./day.ts"
import { holdId } from "./randomCommits.ts"

type Store = LedgerStore["Service"]

/** The journal of a tenant, up to 500 entries. */
export const entriesOf = (store: Store, tenant: string): Effect.Effect<ReadonlyArray<JournalEntry>> =>
  Effect.orDie(store.listEntries(tenant, {}, { limit: 500 })).pipe(Effect.map(({ items }) => items))

/** What holds in every ledger at every time. */
export const expectSound = Effect.fnUntraced(function* (store: Store, tenant: string) {
  const rows = yield* store.trialBalance(tenant, {})
  const walk = yield* Stream.runFold(store.blocks(tenant), () => beginWalk(tenant), walkBlock)
  const accounts = rows.flatMap(({ account: { counters, id }, counters: asked }) => [
    { id, counters },
    { id, counters: asked }
  ])
  expect(endWalk(walk, yield* store.head(tenant), accounts).findings).toEqual([])
  const { items: open } = yield* store.listHolds(tenant, { state: "held" }, { limit: 500 })
  const held = open.reduce((sum, { remaining }) => sum + remaining.amount, 0n)
  let [debits, credits, debitsPending, creditsPending] = [0n, 0n, 0n, 0n]
  for (const { account: each, counters } of rows) {
    expect(Object.values(counters).every((sum) => sum >= 0n)).toBe(true)
    debits += counters.debitsPosted
    credits += counters.creditsPosted
    debitsPending += counters.debitsPending
    creditsPending += counters.creditsPending
    if (each.bounds.minimum !== null && each.type === "liability") {
      const left = counters.creditsPosted - counters.debitsPosted - counters.debitsPending
      expect(left).toBeGreaterThanOrEqual(each.bounds.minimum)
    }
  }
  expect([debits, debitsPending, creditsPending]).toEqual([credits, held, held])
})

/** The contents of a ledger, apart from ids that it made itself and from times of booking. */
export const contentOf = Effect.fnUntraced(function* (store: Store, tenant: string) {
  const entries = yield* entriesOf(store, tenant)
  const places = new Map<string | null, number>(entries.map(({ id, sequence }) => [id, sequence]))
  const rows = yield* store.trialBalance(tenant, {})
  const holds = yield* Effect.forEach([1, 2], (number) => store.findHold(tenant, holdId(number)))
  return {
    accounts: rows.map(({ account: each }) => ({ ...each, tenant: "" })),
    entries: entries.map(({ bookedAt: _1, id: _2, tenant: _3, reverses, ...rest }) => {
      return { ...rest, reverses: reverses === null ? null : places.get(reverses) }
    }),
    holds: holds.map((found) => Option.getOrNull(found)).map((found) => found && { ...found, tenant: "" })
  }
})

/** The day as it goes when nothing happens. */
export const undisturbed = Effect.gen(function* () {
  const outcomes = yield* carryOut("undisturbed")
  return { outcomes, content: yield* contentOf(yield* LedgerStore, "undisturbed") }
}).pipe(Effect.provide(LedgerStore.layerMemory))

/**
 * After a day was broken off anywhere: the ledger is sound, every command has happened or not, what was acknowledged is
 * there; and when the whole day is worked through again, it comes to exactly what it does undisturbed.
 */
export const expectRecovered = Effect.fnUntraced(function* (tenant: string, acknowledged: ReadonlySet<string>) {
  const store = yield* LedgerStore
  const { content, outcomes } = yield* undisturbed
  yield* expectSound(store, tenant)
  const whole = Map.groupBy(content.entries, (entry) => entry.key)
  for (const [name, entries] of Map.groupBy(yield* entriesOf(store, tenant), (entry) => entry.key)) {
    expect(entries).toHaveLength(whole.get(name)?.length ?? 0)
  }
  const replayed = new Set<string>()
  const again = yield* carryOut(tenant, (name, _, wasThere) => {
    if (wasThere) replayed.add(name)
  })
  expect(again).toEqual(outcomes)
  expect([...acknowledged].filter((name) => !replayed.has(name))).toEqual([])
  yield* expectSound(store, tenant)
  expect(yield* contentOf(store, tenant)).toEqual(content)
  return replayed.size
})
