import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { Atomic } from "../core/Atomic.ts"
import type { KeyColumn } from "../core/keyset.ts"
import * as Page from "../core/Page.ts"
import * as SqlKeyset from "../core/SqlKeyset.ts"
import { Parameters } from "../sql/internal/packedRows.ts"
import { sealsAfter } from "./auditContent.ts"
import { AuditHold, type AuditScope, type PurgeRequest } from "./AuditHold.ts"
import { type AuditOrder, type AuditRecord, AuditRecordId } from "./AuditRecord.ts"
import { recordOfRow, rowOfRecord } from "./AuditRow.ts"
import { type AuditSeal, genesis, type SealedRecord } from "./AuditSeal.ts"
import { appendClauses, appendsTo, appendValues } from "./SqlAuditAppend.ts"
import { held, makeConditions } from "./SqlAuditConditions.ts"
import { AuditStore, positionOf, queryOf, sealedInside } from "./AuditStore.ts"

/** Rows per statement, within every database's limit of parameters. */
const chunkSize = 500

/** A row that only somebody who went past this store can have written. */
const record = (row: unknown): Effect.Effect<AuditRecord> =>
  Option.match(recordOfRow(row), {
    onSome: Effect.succeed,
    onNone: () => Effect.die(new TypeError("A row of saldo_audit_records holds no audit record; verify the trail"))
  })

const records = (rows: ReadonlyArray<unknown>): Effect.Effect<ReadonlyArray<AuditRecord>> =>
  Effect.forEach(rows, record)

interface SealRow {
  readonly sequence: bigint
  readonly sealed_id: string
  readonly content_digest: string
  readonly previous: string
  readonly hash: string
  readonly record_id: string | null
}

const sealedOfRow =
  (tenant: string) =>
  (row: SealRow): SealedRecord => ({
    tenant,
    sequence: Number(row.sequence),
    // Taken as it is, even when somebody forged it: a verification must get as far as naming it.
    recordId: row.sealed_id as AuditRecordId,
    contentDigest: row.content_digest,
    previous: row.previous,
    hash: row.hash,
    record: row.record_id === null ? null : Option.getOrNull(recordOfRow(row))
  })

const rowOfSeal = (seal: AuditSeal) => ({
  tenant: seal.tenant,
  sequence: BigInt(seal.sequence),
  record_id: seal.recordId,
  content_digest: seal.contentDigest,
  previous: seal.previous,
  hash: seal.hash
})

type Records = Arr.NonEmptyReadonlyArray<AuditRecord>

/** One statement, as each costs the writer a round trip. */
const appendText = `WITH ${appendClauses(new Parameters()).join(", ")} SELECT 1`

const makeAppend = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const both = sql.onDialectOrElse({
    pg: () => (added: Records) => sql.unsafe(appendText, appendValues(added)),
    orElse: () => (added: Records) => {
      const rows = Arr.map(added, rowOfRecord)
      return Effect.andThen(
        sql`INSERT INTO saldo_audit_records ${sql.insert(rows)}`,
        sql`INSERT INTO saldo_audit_waiting ${sql.insert(
          Arr.map(rows, ({ record_id, recorded_at, tenant }) => ({ tenant, record_id, recorded_at }))
        )}`
      )
    }
  })
  const all = (added: ReadonlyArray<AuditRecord>) =>
    Effect.forEach(Arr.chunksOf(added, chunkSize), both, { discard: true })
  return (added: ReadonlyArray<AuditRecord>) =>
    Effect.flatMap(atomic.inTransaction, (open) => (open ? all(added) : atomic.runLocking(all(added))))
}

const findHead = (sql: SqlClient.SqlClient, tenant: string) =>
  Effect.map(
    sql<{ readonly sequence: bigint; readonly hash: string }>`
      SELECT sequence, hash FROM saldo_audit_seals WHERE tenant = ${tenant} ORDER BY sequence DESC LIMIT 1`,
    ([row]) => (row === undefined ? genesis : { sequence: Number(row.sequence), hash: row.hash })
  )

const makeSeal = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  /** Lasts as long as the transaction. On SQLite there is one writer, who has waited already. */
  const tryLock = sql.onDialectOrElse({
    pg: () => (tenant: string) =>
      Effect.map(
        sql<{ readonly locked: boolean }>`
          SELECT pg_try_advisory_xact_lock(
            hashtextextended(current_schema() || ${JSON.stringify(["saldo.audit", tenant])}, 0)
          ) AS locked`,
        (rows) => rows[0]?.locked === true
      ),
    orElse: () => () => Effect.succeed(true)
  })

  const batch = Effect.fnUntraced(function* (tenant: string, limit: number) {
    if (!(yield* tryLock(tenant))) return 0
    // At read committed, each statement behind the lock sees everything that the last holder of the lock committed.
    const head = yield* findHead(sql, tenant)
    const rows = yield* sql`
      SELECT saldo_audit_records.* FROM saldo_audit_waiting
      JOIN saldo_audit_records ON saldo_audit_records.record_id = saldo_audit_waiting.record_id
      WHERE saldo_audit_waiting.tenant = ${tenant} AND saldo_audit_records.tenant = ${tenant}
      ORDER BY saldo_audit_waiting.record_id LIMIT ${limit}`
    const seals = sealsAfter(head, yield* records(rows))
    for (const chunk of Arr.chunksOf(seals, chunkSize)) {
      yield* sql`INSERT INTO saldo_audit_seals ${sql.insert(Arr.map(chunk, rowOfSeal))}`
      yield* sql`
        DELETE FROM saldo_audit_waiting
        WHERE tenant = ${tenant} AND ${sql.in(
          "record_id",
          chunk.map(({ recordId }) => recordId)
        )}`
    }
    return seals.length
  })

  return (tenant: string, limit: number) =>
    Effect.flatMap(atomic.inTransaction, (open) => (open ? sealedInside : atomic.runLocking(batch(tenant, limit))))
}

const makeRetention = (sql: SqlClient.SqlClient, atomic: Atomic["Service"]) => {
  const { pattern, scope } = makeConditions(sql)

  const purge: (request: PurgeRequest) => Effect.Effect<ReadonlyArray<number>, SqlError> = Effect.fnUntraced(
    function* ({ before, except, limit, matching, tenant }) {
      const rows = yield* sql<{ readonly sequence: bigint; readonly record_id: string }>`
        SELECT saldo_audit_seals.sequence, saldo_audit_records.record_id
        FROM saldo_audit_seals
        JOIN saldo_audit_records ON saldo_audit_records.record_id = saldo_audit_seals.record_id
        WHERE saldo_audit_seals.tenant = ${tenant} AND saldo_audit_records.tenant = ${tenant}
          AND recorded_at < ${BigInt(before)} AND ${pattern(matching)}
          AND ${sql.and([sql`1 = 1`, ...except.map((each) => sql`NOT (${pattern(each)})`)])}
          AND NOT ${held(sql)}
        ORDER BY saldo_audit_seals.sequence LIMIT ${limit}`
      const gone = new Set<string>()
      for (const chunk of Arr.chunksOf(rows, chunkSize)) {
        // Asked again where it is decided: a hold that was placed in between keeps its records.
        const deleted = yield* sql<{ readonly record_id: string }>`
          DELETE FROM saldo_audit_records
          WHERE ${sql.in(
            "record_id",
            chunk.map(({ record_id }) => record_id)
          )} AND NOT ${held(sql)}
          RETURNING record_id`
        for (const { record_id } of deleted) gone.add(record_id)
      }
      return rows.flatMap(({ record_id, sequence }) => (gone.has(record_id) ? [Number(sequence)] : []))
    }
  )

  const erase = Effect.fnUntraced(function* (tenant: string, given: AuditScope) {
    const personal = sql`tenant = ${tenant} AND personal IS NOT NULL AND ${scope(given)}`
    const rows = yield* sql`
      UPDATE saldo_audit_records SET personal = NULL WHERE ${personal} AND NOT ${held(sql)} RETURNING record_id`
    const [left] = yield* sql<{ readonly held: number | bigint }>`
      SELECT count(*) AS held FROM saldo_audit_records WHERE ${personal}`
    return { erased: rows.length, held: Number(left?.held ?? 0) }
  })

  return {
    purge: (request: PurgeRequest) => atomic.runLocking(purge(request)),
    erase: (tenant: string, given: AuditScope) => atomic.runLocking(erase(tenant, given))
  }
}

type HoldRow = {
  readonly hold_id: string
  readonly tenant: string
  readonly scope: string
  readonly subject_type: string | null
  readonly target_id: string | null
  readonly reason: string
  readonly placed_at: bigint
  readonly released_at: bigint | null
}

const decodeHold = Schema.decodeUnknownEffect(AuditHold)

const holdOfRow = (row: HoldRow) =>
  decodeHold({
    id: row.hold_id,
    tenant: row.tenant,
    scope: { _tag: row.scope, type: row.subject_type, id: row.target_id },
    reason: row.reason,
    placedAt: Number(row.placed_at),
    releasedAt: row.released_at === null ? null : Number(row.released_at)
  })

const rowOfHold = ({ id, placedAt, reason, releasedAt, scope, tenant }: AuditHold): HoldRow => ({
  hold_id: id,
  tenant,
  scope: scope._tag,
  subject_type: scope._tag === "Subject" ? scope.type : null,
  target_id: scope._tag === "Tenant" ? null : scope.id,
  reason,
  placed_at: BigInt(placedAt.epochMilliseconds),
  released_at: releasedAt === null ? null : BigInt(releasedAt.epochMilliseconds)
})

const keyColumns = (order: AuditOrder): ReadonlyArray<KeyColumn> =>
  ["recorded_at", "record_id"].map((column) => ({
    column,
    direction: order === "oldest-first" ? "ascending" : "descending"
  }))

const makeReads = (sql: SqlClient.SqlClient) => {
  const { filter } = makeConditions(sql)
  const after = (tenant: string, sequence: number) =>
    sql<SealRow>`
      SELECT saldo_audit_records.*, saldo_audit_seals.sequence, saldo_audit_seals.record_id AS sealed_id,
        saldo_audit_seals.content_digest, saldo_audit_seals.previous, saldo_audit_seals.hash
      FROM saldo_audit_seals
      LEFT JOIN saldo_audit_records ON saldo_audit_records.record_id = saldo_audit_seals.record_id
      WHERE saldo_audit_seals.tenant = ${tenant} AND saldo_audit_seals.sequence > ${BigInt(sequence)}
      ORDER BY saldo_audit_seals.sequence LIMIT ${chunkSize}`

  const first = (rows: ReadonlyArray<{ readonly record_id: string }>) =>
    rows[0] === undefined ? null : AuditRecordId.make(rows[0].record_id)

  const list: AuditStore["Service"]["list"] = Effect.fn("SqlAuditStore.list")(function* (request) {
    const query = queryOf(request)
    const start = yield* Page.startOf(query, request)
    const columns = keyColumns(query.order)
    const conditions = [
      sql`tenant = ${request.tenant}`,
      ...filter(request.filter ?? {}),
      ...(start === undefined ? [] : [SqlKeyset.after(sql, columns, start)])
    ]
    const rows = yield* Effect.orDie(sql`
      SELECT * FROM saldo_audit_records WHERE ${sql.and(conditions)}
      ORDER BY ${SqlKeyset.orderBy(sql, columns)} LIMIT ${Page.limitOf(request) + 1}`)
    return Page.pageOf(query, request, yield* records(rows), positionOf)
  })

  return {
    list,
    sealed: (tenant: string, from = 0): Stream.Stream<SealedRecord> =>
      Stream.paginate(from, (sequence) =>
        Effect.map(Effect.orDie(after(tenant, sequence)), (rows) => {
          const links = rows.map(sealedOfRow(tenant))
          const last = rows.length < chunkSize ? undefined : links.at(-1)?.sequence
          return [links, Option.fromUndefinedOr(last)]
        })
      ),
    backlog: Effect.map(
      Effect.orDie(
        sql<{ readonly tenant: string; readonly waiting: number | bigint; readonly oldest: number | bigint }>`
          SELECT tenant, count(*) AS waiting, min(recorded_at) AS oldest FROM saldo_audit_waiting GROUP BY tenant`
      ),
      Arr.map(({ oldest, tenant, waiting }) => ({ tenant, waiting: Number(waiting), oldestAt: Number(oldest) }))
    ),
    strays: Effect.fn("SqlAuditStore.strays")(function* (tenant: string) {
      const unlinked = yield* sql<{ readonly record_id: string }>`
        SELECT record_id FROM saldo_audit_records AS record
        WHERE tenant = ${tenant}
          AND NOT EXISTS (SELECT 1 FROM saldo_audit_seals AS seal WHERE seal.record_id = record.record_id)
          AND NOT EXISTS (
            SELECT 1 FROM saldo_audit_waiting AS waiting
            WHERE waiting.tenant = ${tenant} AND waiting.record_id = record.record_id
          )
        ORDER BY record_id LIMIT 1`
      const vanished = yield* sql<{ readonly record_id: string }>`
        SELECT record_id FROM saldo_audit_waiting AS waiting
        WHERE tenant = ${tenant}
          AND NOT EXISTS (
            SELECT 1 FROM saldo_audit_records AS record
            WHERE record.tenant = ${tenant} AND record.record_id = waiting.record_id
          )
        ORDER BY record_id LIMIT 1`
      return { unlinked: first(unlinked), vanished: first(vanished) }
    }, Effect.orDie)
  }
}

/** The trail in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<AuditStore, never, SqlClient.SqlClient | Atomic> = Layer.effect(
  AuditStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const atomic = yield* Atomic
    const seal = makeSeal(sql, atomic)
    const { erase, purge } = makeRetention(sql, atomic)

    const store = AuditStore.of({
      append: Effect.fn("SqlAuditStore.append")(makeAppend(sql, atomic), Effect.orDie),
      seal: Effect.fn("SqlAuditStore.seal")(seal, Effect.orDie),
      head: Effect.fn("SqlAuditStore.head")((tenant) => findHead(sql, tenant), Effect.orDie),
      ...makeReads(sql),
      find: Effect.fn("SqlAuditStore.find")(function* (tenant, id) {
        const [row] = yield* sql`SELECT * FROM saldo_audit_records WHERE record_id = ${id} AND tenant = ${tenant}`
        return row === undefined ? Option.none() : Option.some(yield* record(row))
      }, Effect.orDie),
      purge: Effect.fn("SqlAuditStore.purge")(purge, Effect.orDie),
      erase: Effect.fn("SqlAuditStore.erase")(erase, Effect.orDie),
      hold: Effect.fn("SqlAuditStore.hold")(
        (hold) => Effect.asVoid(sql`INSERT INTO saldo_audit_holds ${sql.insert(rowOfHold(hold))}`),
        Effect.orDie
      ),
      release: Effect.fn("SqlAuditStore.release")(function* (tenant, id, at) {
        const rows = yield* sql`
          UPDATE saldo_audit_holds SET released_at = ${BigInt(at.epochMilliseconds)}
          WHERE hold_id = ${id} AND tenant = ${tenant} AND released_at IS NULL RETURNING hold_id`
        return rows.length === 1
      }, Effect.orDie),
      holds: Effect.fn("SqlAuditStore.holds")(function* (tenant) {
        const rows = yield* sql<HoldRow>`SELECT * FROM saldo_audit_holds WHERE tenant = ${tenant} ORDER BY hold_id`
        return yield* Effect.forEach(rows, holdOfRow)
      }, Effect.orDie)
    })
    appendsTo(store, sql)
    return store
  })
)
