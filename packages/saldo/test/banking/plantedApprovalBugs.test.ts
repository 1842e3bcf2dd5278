import { describe, expect, it } from "@effect/vitest"
import * as ApprovalStoreTest from "@saldo/testing/ApprovalStoreTest"
import { broken } from "@saldo/testing/Check"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import * as SqlApprovalStore from "saldo/banking/SqlApprovalStore"
import { Atomic } from "saldo/core/Atomic"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"

type Approvals = ApprovalStore["Service"]
type Bug = readonly [name: string, caughtBy: string, bug: (store: Approvals) => Partial<Approvals>]

const bugs: ReadonlyArray<Bug> = [
  [
    "a second approval takes the place of the first",
    "insert",
    (store) => ({ insert: (approval) => Effect.as(Effect.andThen(store.insert(approval), store.end(approval)), true) })
  ],
  ["the comment is lost", "end", (store) => ({ end: (approval) => store.end({ ...approval, comment: null }) })],
  [
    "whoever ends it last is told so too",
    "end",
    (store) => ({ end: (approval) => Effect.as(store.end(approval), true) })
  ],
  [
    "an approval ends again",
    "one-end",
    (store) => {
      const last = new Map<string, Parameters<Approvals["end"]>[0]>()
      return {
        end: (approval) =>
          Effect.as(
            Effect.tap(store.end(approval), () => Effect.sync(() => last.set(approval.id, approval))),
            true
          ),
        find: (tenant, id) =>
          Effect.map(
            store.find(tenant, id),
            Option.map((found) => last.get(id) ?? found)
          )
      }
    }
  ],
  [
    "what ends is inserted when it is missing",
    "end-missing",
    (store) => ({ end: (approval) => Effect.andThen(store.insert(approval), store.end(approval)) })
  ],
  [
    "tenants are one",
    "tenants",
    (store) => ({
      insert: (approval) => store.insert({ ...approval, tenant: "all" }),
      find: (_tenant, id) => store.find("all", id),
      end: (approval) => store.end({ ...approval, tenant: "all" }),
      waiting: (_tenant, type, page) => store.waiting("all", type, page)
    })
  ],
  [
    "pages begin anew",
    "waiting",
    (store) => ({
      waiting: (tenant, type, { cursor: _cursor, ...page }) =>
        Effect.map(store.waiting(tenant, type, page), ({ items }) => ({ items, next: null }))
    })
  ],
  [
    "time runs out a moment late",
    "overdue",
    (store) => ({
      overdue: (type, at, limit) => store.overdue(type, DateTime.subtract(at, { milliseconds: 1 }), limit)
    })
  ],
  [
    "the latest is ended first",
    "overdue",
    (store) => ({
      overdue: (type, at, limit) => Effect.map(store.overdue(type, at, limit), (found) => found.toReversed())
    })
  ],
  [
    "the limit of the sweep is ignored",
    "overdue",
    (store) => ({ overdue: (type, at) => store.overdue(type, at, 100_000) })
  ]
]

const approvalsWith = (bug: (store: Approvals) => Partial<Approvals>) =>
  Layer.effect(
    ApprovalStore,
    Effect.map(ApprovalStore, (store) => ApprovalStore.of({ ...store, ...bug(store) }))
  )

const memory = Layer.fresh(Layer.merge(ApprovalStore.layerMemory, Atomic.layerMemory))
const postgres = SqlApprovalStore.layer.pipe(
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provide(TestPostgres.layer)
)

describe("the suite of approvals catches planted bugs", () => {
  for (const [name, caughtBy, bug] of bugs) {
    it.live(name, () =>
      Effect.map(
        broken(ApprovalStoreTest.checks, Layer.provideMerge(approvalsWith(bug), memory), { only: [caughtBy] }),
        (keys) => expect(keys).toEqual([caughtBy])
      )
    )
  }
  it.live("a lock locks nothing", () =>
    Effect.map(
      broken(
        ApprovalStoreTest.checks,
        Layer.provideMerge(
          approvalsWith((store) => ({ lock: store.find })),
          postgres
        ),
        { only: ["lock"] }
      ),
      (keys) => expect(keys).toEqual(["lock"])
    )
  )
  it.live("and passes what has none, twice on the same database", () =>
    Effect.gen(function* () {
      expect(yield* broken(ApprovalStoreTest.checks, memory)).toEqual([])
      expect(yield* broken([...ApprovalStoreTest.checks, ...ApprovalStoreTest.checks], postgres)).toEqual([])
    })
  )
})
