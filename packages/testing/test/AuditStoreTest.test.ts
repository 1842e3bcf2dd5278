import { checks } from "@saldo/testing/AuditStoreTest"
import { broken } from "@saldo/testing/Check"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { sealsAfter } from "saldo/audit/auditContent"
import type { AuditFilter } from "saldo/audit/AuditRecord"
import { genesis, type SealedRecord } from "saldo/audit/AuditSeal"
import { AuditStore } from "saldo/audit/AuditStore"
import { Atomic } from "saldo/core/Atomic"
import * as MemoryTransaction from "saldo/core/MemoryTransaction"
import { describe, expect, it } from "vitest"

type Store = AuditStore["Service"]

const outside = <A>(effect: Effect.Effect<A>): Effect.Effect<A> =>
  effect.pipe(
    Effect.provideService(MemoryTransaction.CurrentLevel, undefined),
    Effect.provideService(MemoryTransaction.WriterLock, Semaphore.makeUnsafe(1))
  )

const withoutKey = (filter: AuditFilter, key: keyof AuditFilter): AuditFilter => {
  const { [key]: _, ...rest } = filter
  return rest
}

const ignoring =
  (key: keyof AuditFilter) =>
  (store: Store): Partial<Store> => ({
    list: (request) => store.list({ ...request, filter: withoutKey(request.filter ?? {}, key) })
  })

/** Ways to break a store of the trail, each with checks that must notice. */
const bugs: Readonly<Record<string, { readonly plant: (store: Store) => Partial<Store>; readonly caughtBy: string }>> =
  {
    "records outside the transaction": {
      plant: (store) => ({ append: (records) => outside(store.append(records)) }),
      caughtBy: "rollback"
    },
    "overlooks that an id is there": {
      plant: (store) => ({ append: (records) => Effect.ignoreCause(store.append(records)) }),
      caughtBy: "append-once"
    },
    "changes the case of a path": {
      plant: (store) => ({
        append: (records) =>
          store.append(
            records.map((record) => ({
              ...record,
              changes: record.changes.map((change) => ({ ...change, path: change.path.toUpperCase() }))
            }))
          )
      }),
      caughtBy: "append"
    },
    "seals all at once": {
      plant: (store) => ({ seal: (tenant) => store.seal(tenant, 1_000_000) }),
      caughtBy: "seal"
    },
    "seals inside a transaction": {
      plant: (store) => ({ seal: (tenant, limit) => outside(store.seal(tenant, limit)) }),
      caughtBy: "seal-inside"
    },
    "never seals what comes after the first batch": {
      plant: (store) => ({
        seal: (tenant, limit) =>
          Effect.flatMap(store.head(tenant), ({ sequence }) =>
            sequence === 0 ? store.seal(tenant, limit) : Effect.succeed(0)
          )
      }),
      caughtBy: "seal"
    },
    "forgets its head": {
      plant: () => ({ head: () => Effect.succeed({ sequence: 0, hash: "0".repeat(64) }) }),
      caughtBy: "seal"
    },
    "shows a chain backwards": {
      plant: (store) => ({
        sealed: (tenant, after) =>
          Stream.unwrap(
            Effect.map(Stream.runCollect(store.sealed(tenant, after)), (links) =>
              Stream.fromIterable(links.toReversed())
            )
          )
      }),
      caughtBy: "seal"
    },
    "repeats the link it was to begin after": {
      plant: (store) => ({ sealed: (tenant, after = 0) => store.sealed(tenant, Math.max(0, after - 1)) }),
      caughtBy: "seal"
    },
    "ends a long chain after its first page": {
      plant: (store) => ({ sealed: (tenant, after) => Stream.take(store.sealed(tenant, after), 500) }),
      caughtBy: "many"
    },
    "loses the last record of a page": {
      plant: (store) => ({
        list: (request) =>
          Effect.map(store.list(request), (page) => ({
            ...page,
            items: page.next === null ? page.items : page.items.slice(0, -1)
          }))
      }),
      caughtBy: "pages"
    },
    "pays no heed to a cursor": {
      plant: (store) => ({
        list: ({ filter = {}, limit = 50, order = "newest-first", tenant }) =>
          store.list({ tenant, filter, limit, order })
      }),
      caughtBy: "cursors"
    },
    "knows one order": {
      plant: (store) => ({ list: (request) => store.list({ ...request, order: "newest-first" }) }),
      caughtBy: "filters"
    },
    "pays no heed to the action of a query": { plant: ignoring("action"), caughtBy: "filters" },
    "pays no heed to the owner of a query": { plant: ignoring("owner"), caughtBy: "filters" },
    "pays no heed to the end of a time range": { plant: ignoring("until"), caughtBy: "filters" },
    "finds the records of another tenant": {
      plant: (store) => ({
        find: (_, id) =>
          Effect.map(
            Stream.runHead(
              Stream.filter(
                Stream.flatMap(Stream.unwrap(Effect.map(store.backlog, Stream.fromIterable)), ({ tenant }) =>
                  Stream.unwrap(
                    Effect.map(store.find(tenant, id), (found) => Stream.fromIterable(Option.toArray(found)))
                  )
                ),
                (record) => record.id === id
              )
            ),
            (found) => found
          )
      }),
      caughtBy: "append"
    },
    "forgets a hold": { plant: () => ({ hold: () => Effect.void }), caughtBy: "holds" },
    "releases what it released before": {
      plant: (store) => ({ release: (tenant, id, at) => Effect.as(store.release(tenant, id, at), true) }),
      caughtBy: "holds"
    },
    "purges exceptions too": {
      plant: (store) => ({ purge: (request) => store.purge({ ...request, except: [], matching: { action: "*" } }) }),
      caughtBy: "purge"
    },
    "purges more than it was asked to": {
      plant: (store) => ({ purge: (request) => store.purge({ ...request, limit: 1000 }) }),
      caughtBy: "purge"
    },
    "purges outside the transaction": {
      plant: (store) => ({ purge: (request) => outside(store.purge(request)) }),
      caughtBy: "purge-rollback"
    },
    "erases the whole tenant": {
      plant: (store) => ({ erase: (tenant) => store.erase(tenant, { _tag: "Tenant" }) }),
      caughtBy: "erase"
    },
    "erases nothing": {
      plant: () => ({ erase: () => Effect.succeed({ erased: 0, held: 0 }) }),
      caughtBy: "erase"
    }
  }

const storeWith = (plant: (store: Store) => Partial<Store>) =>
  Layer.merge(
    Atomic.layerMemory,
    Layer.effect(
      AuditStore,
      Effect.map(AuditStore, (store) => AuditStore.of({ ...store, ...plant(store) }))
    ).pipe(Layer.provide(Layer.fresh(AuditStore.layerMemory)))
  )

/** Sealers that read the chain in one step and write it in another, so that the later one undoes the earlier one. */
const racing = Layer.effect(
  AuditStore,
  Effect.gen(function* () {
    const store = yield* AuditStore
    const sealed = new Set<string>()
    let links: ReadonlyArray<SealedRecord> = []
    const headOf = (all: ReadonlyArray<SealedRecord>) => all.at(-1) ?? genesis
    const waiting = (tenant: string) =>
      Effect.map(store.list({ tenant, order: "oldest-first", limit: 500 }), ({ items }) =>
        items.filter(({ id }) => !sealed.has(id))
      ).pipe(Effect.orDie)
    return AuditStore.of({
      ...store,
      head: () => Effect.sync(() => ({ sequence: headOf(links).sequence, hash: headOf(links).hash })),
      sealed: (_, after = 0) => Stream.suspend(() => Stream.fromIterable(links.slice(after))),
      backlog: Effect.flatMap(store.backlog, (all) =>
        Effect.filter(all, ({ tenant }) => Effect.map(waiting(tenant), ({ length }) => length > 0))
      ),
      seal: Effect.fnUntraced(function* (tenant, limit) {
        const batch = (yield* waiting(tenant)).slice(0, limit)
        const known = links
        yield* Effect.sleep("3 millis")
        const added = sealsAfter(headOf(known), batch)
        links = [...known, ...added.map((seal, index) => ({ ...seal, record: batch[index] ?? null }))]
        for (const { id } of batch) sealed.add(id)
        return added.length
      })
    })
  })
)

describe("the suite of AuditStore", () => {
  for (const [name, { caughtBy, plant }] of Object.entries(bugs)) {
    it(`catches a store that ${name}`, async () => {
      const found = await Effect.runPromise(
        broken(checks, storeWith(plant), { only: [caughtBy], timeout: "2 seconds" })
      )
      expect(found).toEqual([caughtBy])
    })
  }

  it("catches sealers that do not take turns", async () => {
    const layer = Layer.merge(Atomic.layerMemory, Layer.provide(racing, Layer.fresh(AuditStore.layerMemory)))
    const found = await Effect.runPromise(broken(checks, layer, { only: ["concurrent"], timeout: "5 seconds" }))
    expect(found).toEqual(["concurrent"])
    // One sealer at a time does no harm.
    expect(await Effect.runPromise(broken(checks, layer, { only: ["seal"] }))).toEqual([])
  })

  it("finds nothing wrong with a store without a bug", async () => {
    expect(
      await Effect.runPromise(
        broken(
          checks,
          storeWith(() => ({}))
        )
      )
    ).toEqual([])
  })
})
