import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CommandScope } from "./Command.ts"
import type { Fingerprint } from "./fingerprint.ts"
import * as MemoryTable from "./MemoryTable.ts"

/** What a store knows of a command that somebody wants to execute. Times are milliseconds of the Unix epoch. */
export type Reservation =
  /** The caller may execute it, and settles it with the token. */
  | { readonly _tag: "Reserved"; readonly token: bigint }
  /** Somebody else may; `request` and `until` are unknown when that one's transaction is still open. */
  | { readonly _tag: "Held"; readonly request: Fingerprint | undefined; readonly until: number | undefined }
  /** It has an outcome, as JSON text. */
  | { readonly _tag: "Settled"; readonly request: Fingerprint; readonly outcome: string }

/** A wish to execute a command, now, for as long as the lease. */
export interface ReserveRequest {
  readonly scope: CommandScope
  readonly request: Fingerprint
  readonly now: number
  readonly leaseUntil: number
}

/**
 * Port: remembers which commands are being executed and with what outcome.
 *
 * Contract:
 * - `reserve` gives a command to at most one caller at a time: of concurrent callers one gets `Reserved`. It gives it again
 *   only after `release`, or, to the same request, after the lease has ended. Every token is greater than all earlier ones
 *   of the command.
 * - `renew`, `settle` and `release` act only for the holder of the newest token of an unsettled command and say whether they
 *   did: a worker that was taken over is fenced off. `renew` gives the lease another end. A settled command never changes.
 * - Inside `Atomic.run` everything is part of that transaction. A transaction that reserves and is still open makes other
 *   callers wait for its end (memory, SQLite) or answers them `Held` (Postgres); it never lets them in.
 * - `purge` forgets commands settled, or with leases ended, before an instant, and says how many.
 */
export class IdempotencyStore extends Context.Service<
  IdempotencyStore,
  {
    readonly reserve: (request: ReserveRequest) => Effect.Effect<Reservation>
    readonly renew: (scope: CommandScope, token: bigint, leaseUntil: number) => Effect.Effect<boolean>
    readonly settle: (scope: CommandScope, token: bigint, outcome: string, now: number) => Effect.Effect<boolean>
    readonly release: (scope: CommandScope, token: bigint) => Effect.Effect<boolean>
    readonly purge: (before: number) => Effect.Effect<number>
  }
>()("saldo/core/IdempotencyStore") {
  /** Commands of this process, for tests and for hosts that keep nothing. */
  static readonly layerMemory: Layer.Layer<IdempotencyStore> = Layer.effect(
    this,
    Effect.map(MemoryTable.make<string, Row>(), (rows) => memory(rows))
  )
}

interface Row {
  readonly request: Fingerprint
  readonly state: "held" | "released" | "settled"
  readonly token: bigint
  /** The end of the lease, or when it was settled. */
  readonly at: number
  readonly outcome: string
}

/**
 * The next token of a command: greater than the previous one, and, by starting at the time, greater than those of a
 * command that was purged long ago.
 */
export const nextToken = (previous: bigint, now: number): bigint => {
  const fresh = BigInt(now) * 1000n
  return fresh > previous ? fresh : previous + 1n
}

/** Whether an unsettled command may be given to this request. */
export const isFree = (
  row: { readonly state: "held" | "released"; readonly digest: string; readonly until: number },
  wish: ReserveRequest
): boolean => row.state === "released" || (row.until <= wish.now && row.digest === wish.request.digest)

const keyOf = ({ key, operation, tenant }: CommandScope): string => JSON.stringify([tenant, operation, key])

const memory = (rows: MemoryTable.MemoryTable<string, Row>): IdempotencyStore["Service"] => {
  const asHolder = (scope: CommandScope, token: bigint, change: (row: Row) => Row) =>
    rows.modify((table) => {
      const row = table.get(keyOf(scope))
      if (row === undefined || row.state !== "held" || row.token !== token) return false
      table.set(keyOf(scope), change(row))
      return true
    })

  return IdempotencyStore.of({
    reserve: (wish) =>
      rows.modify((table): Reservation => {
        const row = table.get(keyOf(wish.scope))
        if (row?.state === "settled") return { _tag: "Settled", request: row.request, outcome: row.outcome }
        if (row !== undefined && !isFree({ state: row.state, digest: row.request.digest, until: row.at }, wish)) {
          return { _tag: "Held", request: row.request, until: row.at }
        }
        const token = nextToken(row?.token ?? 0n, wish.now)
        table.set(keyOf(wish.scope), {
          request: wish.request,
          state: "held",
          token,
          at: wish.leaseUntil,
          outcome: ""
        })
        return { _tag: "Reserved", token }
      }),
    renew: (scope, token, leaseUntil) => asHolder(scope, token, (row) => ({ ...row, at: leaseUntil })),
    settle: (scope, token, outcome, now) =>
      asHolder(scope, token, (row) => ({ ...row, state: "settled", outcome, at: now })),
    release: (scope, token) => asHolder(scope, token, (row) => ({ ...row, state: "released" })),
    purge: (before) =>
      rows.modify((table) => {
        const old = [...table.entries()].filter(([, row]) => row.at < before)
        for (const [key] of old) table.delete(key)
        return old.length
      })
  })
}
