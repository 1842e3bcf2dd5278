import { describe, expect, it } from "@effect/vitest"
import { broken } from "@saldo/testing/Check"
import * as LedgerStoreTest from "@saldo/testing/LedgerStoreTest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import * as MemoryTransaction from "saldo/core/MemoryTransaction"
import { type CommitOutcome, LedgerStore } from "saldo/ledger/LedgerStore"
import * as LocalDate from "saldo/time/LocalDate"
import {
  altered,
  type Bug,
  commandAltered,
  forgiving,
  lifting,
  once,
  renamed,
  type Store,
  without
} from "./alteredStores.ts"

const bugs: ReadonlyArray<readonly [name: string, caughtBy: string, bug: Bug]> = [
  ["the key is ignored", "replay", commandAltered(renamed)],
  [
    "keys are shared by tenants",
    "tenants",
    (store) => {
      const known = new Map<string, ReadonlyArray<CommitOutcome>>()
      return {
        commit: (request) => {
          const key = request.commands.map((command) => command.key).join()
          const there = known.get(key)
          return there === undefined
            ? Effect.tap(store.commit(request), (outcomes) => Effect.sync(() => known.set(key, outcomes)))
            : Effect.succeed(there)
        }
      }
    }
  ],
  [
    "other content under a key goes unseen",
    "mismatch",
    forgiving("IdempotencyMismatch", (store, request, command) => once(store, request, command))
  ],
  [
    "refusals are not remembered",
    "refusal-kept",
    forgiving("InsufficientFunds", (store, request, command, refused) =>
      Result.isFailure(refused) && refused.failure.replayed ? once(store, request, command) : Effect.succeed(refused)
    )
  ],
  [
    "a command is written in part",
    "net-effect",
    (store) => ({
      commit: (request) =>
        Effect.forEach(request.commands, (command) =>
          Effect.flatMap(
            Effect.forEach(command.operations, (operation, index) =>
              store.commit({
                ...request,
                commands: [{ ...command, key: CommandKey.make(`${command.key} ${index}`), operations: [operation] }]
              })
            ),
            (outcomes) => {
              const all = outcomes.flat()
              const worst = all.find(Result.isFailure) ?? all[0]
              return worst === undefined ? Effect.die(new RangeError("no outcome")) : Effect.succeed(worst)
            }
          )
        )
    })
  ],
  ["expected versions are ignored", "versions", commandAltered((command) => without(command, "expectedVersions"))],
  [
    "a balancing entry moves its whole amount",
    "balancing",
    altered((operation) => without(operation, "upToAvailableOn"))
  ],
  [
    "value dates in the future are taken silently",
    "refusals",
    altered((operation) => (operation._tag === "Post" ? { ...operation, allowFutureValue: true } : operation))
  ],
  ["value dates are lost", "post", altered((operation) => without(operation, "valueOn"))],
  ["metadata is lost", "entries", altered((operation) => without(operation, "metadata"))],
  [
    "captures know no limit",
    "capture-keep",
    altered((operation) =>
      operation._tag === "PlaceHold" ? { ...operation, overCapture: operation.amount } : operation
    )
  ],
  ["holds never expire", "expire", altered((operation) => without(operation, "expiresAfterMs"))],
  [
    "the rest is released although it was to be kept",
    "capture-keep",
    altered((operation) => without(operation, "rest"))
  ],
  [
    "the rest is kept although it was to be released",
    "capture-release",
    altered((operation) => (operation._tag === "Capture" ? { ...operation, rest: "keep" } : operation))
  ],
  [
    "a capture takes all that is held",
    "capture-release",
    altered((operation) => (operation._tag === "Capture" ? without(operation, "amount") : operation))
  ],
  [
    "a hold is captured twice",
    "capture",
    forgiving("HoldEnded", (store, request, command, refused) =>
      Effect.gen(function* () {
        const [operation] = command.operations
        if (operation?._tag !== "Capture") return refused
        const found = Option.getOrThrow(yield* store.findHold(request.tenant, operation.holdId))
        const amount = operation.amount ?? found.amount
        const postings = [
          { accountId: found.debit, side: "debit" as const, amount },
          { accountId: found.credit, side: "credit" as const, amount }
        ]
        return yield* once(store, request, { ...command, operations: [{ _tag: "Post", postings }] })
      })
    )
  ],
  [
    "an expired hold is captured",
    "expire",
    (store) => ({
      commit: (request) =>
        store.commit(
          request.commands.some(({ operations }) => operations.some(({ _tag }) => _tag === "Capture"))
            ? { ...request, now: DateTime.subtract(request.now, { minutes: 1 }) }
            : request
        )
    })
  ],
  [
    "held money may be spent",
    "hold",
    forgiving("InsufficientFunds", lifting({ bounds: { minimum: null, maximum: null } }))
  ],
  [
    "the maximum is ignored",
    "settings",
    forgiving("MaximumExceeded", lifting({ bounds: { minimum: null, maximum: null } }))
  ],
  [
    "announced money does not count towards the maximum",
    "hold-maximum",
    forgiving("MaximumExceeded", lifting({ bounds: { minimum: 0n, maximum: null } }))
  ],
  [
    "blocks and freezes are ignored",
    "settings",
    forgiving(
      "AccountUnavailable",
      lifting({ closed: false, frozen: false, debitsBlocked: false, creditsBlocked: false })
    )
  ],
  [
    "funds are looked at before the lock",
    "race-funds",
    (store) => ({
      commit: (request) =>
        Effect.gen(function* () {
          const [command] = request.commands
          const [operation] = command?.operations ?? []
          if (command === undefined || operation?._tag !== "Post") return yield* store.commit(request)
          const from = operation.postings[0]
          const found = from === undefined ? Option.none() : yield* store.findAccount(request.tenant, from.accountId)
          const rich = Option.isSome(found) && found.value.counters.creditsPosted > found.value.counters.debitsPosted
          yield* Effect.yieldNow
          if (!rich) return yield* store.commit(request)
          return [yield* lifting({ bounds: { minimum: null, maximum: null } })(store, request, command)]
        })
    })
  ],
  [
    "an entry is taken back twice",
    "reverse",
    forgiving("AlreadyReversed", (store, request, command, refused) =>
      Effect.gen(function* () {
        const [operation] = command.operations
        if (operation?._tag !== "Reverse") return refused
        const entry = Option.getOrThrow(yield* store.findEntry(request.tenant, operation.entryId))
        const postings = entry.lines.map(({ accountId, posted, side }) => {
          return { accountId, side: side === "debit" ? ("credit" as const) : ("debit" as const), amount: posted }
        })
        return yield* once(store, request, { ...command, operations: [{ _tag: "Post", postings }] })
      })
    )
  ],
  ["a reversal is not linked to its entry", "reverse", () => ({ findReversal: () => Effect.succeedNone })],
  [
    "booking times stand still",
    "times",
    (store) => ({ commit: (request) => store.commit({ ...request, now: DateTime.makeUnsafe(0) }) })
  ],
  [
    "balances as known at a time are those of now",
    "as-of",
    (store) => ({ counters: (tenant, id, asOf) => store.counters(tenant, id, without(asOf, "knownAt")) })
  ],
  [
    "balances by value date are those by booking",
    "as-of",
    (store) => ({ counters: (tenant, id, asOf) => store.counters(tenant, id, without(asOf, "valueOn")) })
  ],
  [
    "value date and booking day are mixed up",
    "as-of",
    (store) => ({
      counters: (tenant, id, asOf) =>
        store.counters(
          tenant,
          id,
          asOf.valueOn === undefined ? asOf : { ...asOf, valueOn: LocalDate.addDays(asOf.valueOn, 1) }
        )
    })
  ],
  [
    "the trial balance is always that of now",
    "as-of",
    (store) => ({ trialBalance: (tenant) => store.trialBalance(tenant, {}) })
  ],
  [
    "a filter by metadata is passed over",
    "entries",
    (store) => ({ listEntries: (tenant, filter, page) => store.listEntries(tenant, without(filter, "metadata"), page) })
  ],
  [
    "a page begins with the last line of the one before",
    "lines",
    (store) => {
      const last = new Map<string, Effect.Success<ReturnType<Store["listLines"]>>["items"]>()
      return {
        listLines: (tenant, id, filter, page) =>
          Effect.map(store.listLines(tenant, id, filter, page), (found) => {
            const before = page.cursor === undefined ? [] : (last.get(id) ?? [])
            last.set(id, found.items.slice(-1))
            return { ...found, items: [...before, ...found.items] }
          })
      }
    }
  ],
  [
    "a page leaves out its first entry",
    "entries",
    (store) => ({
      listEntries: (tenant, filter, page) =>
        Effect.map(store.listEntries(tenant, filter, page), (found) =>
          page.cursor === undefined ? found : { ...found, items: found.items.slice(1) }
        )
    })
  ],
  [
    "the chain is not linked",
    "chain",
    (store) => ({
      blocks: (tenant) => Stream.map(store.blocks(tenant), (block) => ({ ...block, hash: "0".repeat(64) }))
    })
  ],
  [
    "every entry is a block",
    "chain",
    (store) => ({
      blocks: (tenant) =>
        Stream.flatMap(store.blocks(tenant), ({ entries, hash }) =>
          Stream.fromIterable(entries.map((entry) => ({ entries: [entry], hash })))
        )
    })
  ],
  [
    "a change is written over another",
    "change-concurrent",
    (store) => ({
      changeAccount: (tenant, id, change) =>
        Effect.gen(function* () {
          const found = yield* store.findAccount(tenant, id)
          if (Option.isNone(found)) return Option.none()
          const changed = change(found.value)
          yield* Effect.yieldNow
          return yield* store.changeAccount(tenant, id, () => changed)
        })
    })
  ],
  ["an account is opened although its code is taken", "open-taken", () => ({ openAccount: () => Effect.succeedNone })],
  [
    "commands are written outside the transaction",
    "rolled-back",
    (store) => ({
      commit: (request) =>
        Effect.provideService(
          Effect.provideService(store.commit(request), MemoryTransaction.CurrentLevel, undefined),
          MemoryTransaction.WriterLock,
          MemoryTransaction.WriterLock.defaultValue()
        )
    })
  ],
  [
    "overdue holds are listed without order",
    "due",
    (store) => ({ dueHolds: (now, limit) => Effect.map(store.dueHolds(now, limit), (all) => all.toReversed()) })
  ]
]

const layerOf = (bug: Bug) =>
  Layer.merge(
    Layer.effect(
      LedgerStore,
      Effect.map(LedgerStore, (store) => ({ ...store, ...bug(store) }))
    ).pipe(Layer.provide(LedgerStore.layerMemory)),
    Atomic.layerMemory
  )

describe("the suite of LedgerStore", () => {
  it("knows the checks that are to catch the bugs", () => {
    const keys = new Set(LedgerStoreTest.checks.map(({ key }) => key))
    expect(bugs.filter(([, caughtBy]) => !keys.has(caughtBy))).toEqual([])
  })

  for (const [name, caughtBy, bug] of bugs) {
    it.live(`notices that ${name}`, () =>
      Effect.gen(function* () {
        const only = [caughtBy]
        expect(yield* broken(LedgerStoreTest.checks, layerOf(bug), { only, timeout: "3 seconds" })).toEqual(only)
      })
    )
  }

  it.live("finds nothing wrong with the store that the bugs are planted in", () =>
    Effect.gen(function* () {
      expect(
        yield* broken(
          LedgerStoreTest.checks,
          layerOf(() => ({}))
        )
      ).toEqual([])
    })
  )
})
