import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import type { Approval, ApprovalId } from "./Approval.ts"

/**
 * Port: keeps approvals, per tenant.
 *
 * Contract:
 * - `insert` writes once: of concurrent callers with one id in a tenant one is told true, and the others' approvals are not
 *   kept.
 * - `lock` gives an approval as nobody else can change it until the transaction ends; call it inside `Atomic.runLocking`.
 * - `end` replaces an approval that still waits, and says whether it did: an approval ends once.
 * - `waiting` goes by id, which is the order in which they were asked for, and gives none but those that wait.
 * - `overdue` gives those of all tenants that still wait when their time has run out, which it has at `expiresAt`; the
 *   longest first, then by id.
 * - No other method sees another tenant's rows.
 */
export class ApprovalStore extends Context.Service<
  ApprovalStore,
  {
    readonly insert: (approval: Approval) => Effect.Effect<boolean>
    readonly find: (tenant: string, id: ApprovalId) => Effect.Effect<Option.Option<Approval>>
    readonly lock: (tenant: string, id: ApprovalId) => Effect.Effect<Option.Option<Approval>>
    readonly end: (approval: Approval) => Effect.Effect<boolean>
    readonly waiting: (
      tenant: string,
      subjectType: string,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<Approval>, Page.InvalidCursor | Page.CursorMismatch>
    readonly overdue: (subjectType: string, at: DateTime.Utc, limit: number) => Effect.Effect<ReadonlyArray<Approval>>
  }
>()("saldo/banking/ApprovalStore") {
  /** Approvals in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<ApprovalStore> = Layer.effect(
    this,
    Effect.map(MemoryTable.make<string, Approval>(), (rows) => memory(rows))
  )
}

/** What a cursor of the waiting ones stands for. */
export const waitingQuery = (tenant: string, subjectType: string) => ({ list: "approvals", tenant, subjectType })

const keyOf = (tenant: string, id: string): string => `${id} ${tenant}`

const memory = (rows: MemoryTable.MemoryTable<string, Approval>): ApprovalStore["Service"] =>
  ApprovalStore.of({
    insert: (approval) => rows.insert(keyOf(approval.tenant, approval.id), approval),
    find: (tenant, id) => rows.get(keyOf(tenant, id)),
    lock: (tenant, id) => rows.get(keyOf(tenant, id)),
    end: (approval) =>
      rows.modify((table) => {
        const key = keyOf(approval.tenant, approval.id)
        if (table.get(key)?.state !== "waiting") return false
        table.set(key, approval)
        return true
      }),
    waiting: Effect.fnUntraced(function* (tenant, subjectType, page) {
      const query = waitingQuery(tenant, subjectType)
      const [after] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* rows.values)
        .filter(
          (row) =>
            row.tenant === tenant &&
            row.state === "waiting" &&
            row.subject.type === subjectType &&
            (typeof after !== "string" || row.id > after)
        )
        .sort((left, right) => (left.id < right.id ? -1 : 1))
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    overdue: (subjectType, at, limit) =>
      Effect.map(rows.values, (all) =>
        all
          .filter(
            ({ expiresAt, state, subject }) =>
              state === "waiting" && subject.type === subjectType && expiresAt.epochMilliseconds <= at.epochMilliseconds
          )
          .sort(
            (left, right) =>
              left.expiresAt.epochMilliseconds - right.expiresAt.epochMilliseconds || (left.id < right.id ? -1 : 1)
          )
          .slice(0, limit)
      )
  })
