import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as SqlClient from "effect/sql/SqlClient"
import { auditContent } from "saldo/audit/auditContent"
import { AuditRetention } from "saldo/audit/AuditRetention"
import type { AuditHead } from "saldo/audit/AuditSeal"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { changes } from "saldo/audit/changes"
import * as SqlAuditStore from "saldo/audit/SqlAuditStore"
import * as Actor from "saldo/core/Actor"
import { sha256 } from "saldo/core/sha256"
import * as SqlAtomic from "saldo/core/SqlAtomic"
import * as Migrations from "saldo/sql/Migrations"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"

const layer = AuditRetention.layer.pipe(
  Layer.provideMerge(AuditTrail.layer),
  Layer.provideMerge(SqlAuditStore.layer),
  Layer.provideMerge(SqlAtomic.layer),
  Layer.provideMerge(Migrations.layer),
  Layer.provideMerge(TestSqlite.layer)
)

type Services = AuditRetention | AuditStore | AuditTrail | SqlClient.SqlClient

/** Ten sealed records of the tenant "bank", each with a value of every class. */
const fill = Effect.gen(function* () {
  const trail = yield* AuditTrail
  for (let index = 1; index <= 10; index++) {
    yield* trail.record({
      action: index % 2 === 0 ? "ledger.post" : "ledger.hold",
      subject: { type: "account", id: `a-${index}` },
      changes: changes(
        { status: "open", name: "Ann", pin: "1234", limit: index },
        { status: "closed", name: `Ann ${index}`, pin: "9876", limit: index + 1 },
        { "/status": "public", "/name": "personal", "/pin": "secret" }
      )
    })
  }
  yield* trail.seal("bank")
}).pipe(Actor.as(Actor.system("bank")))

const run = <A, E>(program: Effect.Effect<A, E, Services>): Promise<A> =>
  Effect.runPromise(Effect.provide(program, Layer.fresh(layer)))

const verify = (kept?: AuditHead) => Effect.flatMap(AuditTrail, (trail) => trail.verify("bank", kept))

type Attack = (sql: SqlClient.SqlClient) => Effect.Effect<unknown, unknown, Services>

const verdictAfter = (attack: Attack, kept?: AuditHead) =>
  run(Effect.andThen(fill, Effect.andThen(Effect.flatMap(SqlClient.SqlClient, attack), verify(kept))))

const idAt = (sql: SqlClient.SqlClient, sequence: number) =>
  sql`(SELECT record_id FROM saldo_audit_seals WHERE sequence = ${sequence})`

const linkAt = (sequence: number) =>
  Effect.gen(function* () {
    const store = yield* AuditStore
    const link = yield* Stream.runHead(store.sealed("bank", sequence - 1))
    return Option.getOrThrow(link)
  })

/** Exchanges the sequence numbers of two links. */
const exchange = (sql: SqlClient.SqlClient, a: number, b: number) =>
  Effect.all([
    sql`UPDATE saldo_audit_seals SET sequence = 0 WHERE sequence = ${a}`,
    sql`UPDATE saldo_audit_seals SET sequence = ${a} WHERE sequence = ${b}`,
    sql`UPDATE saldo_audit_seals SET sequence = ${b} WHERE sequence = 0`
  ])

/** Moves the links from a sequence number on by some places. */
const shift = (sql: SqlClient.SqlClient, from: number, by: number) =>
  Effect.andThen(
    sql`UPDATE saldo_audit_seals SET sequence = -(sequence + ${by}) WHERE sequence >= ${from}`,
    sql`UPDATE saldo_audit_seals SET sequence = -sequence WHERE sequence < 0`
  )

/** A forged link in front of one of the trail, with a record of its own and correct hashes. */
const forge = (sql: SqlClient.SqlClient, sequence: number, previous: string) =>
  Effect.gen(function* () {
    const { record } = yield* linkAt(1)
    if (record === null) return
    const id = "audit_06dpdrxn1wtz5fbr3j5tnm8gq4" as typeof record.id
    const forged = { ...record, id, reason: "forged" }
    yield* sql`
      INSERT INTO saldo_audit_records
      SELECT ${id}, tenant, recorded_at, kind, actor_kind, actor_id, on_behalf_of_tenant, on_behalf_of_id, action,
        subject_type, subject_id, outcome, 'forged', changes, personal, request_id, causation_id, correlation_id, salt
      FROM saldo_audit_records WHERE record_id = ${record.id}`
    const digest = sha256(auditContent(forged, sequence))
    yield* sql`
      INSERT INTO saldo_audit_seals ${sql.insert({
        tenant: "bank",
        sequence: BigInt(sequence),
        record_id: id,
        content_digest: digest,
        previous,
        hash: sha256(previous + digest)
      })}`
  })

const columns = [
  ["recorded_at", "recorded_at + 1"],
  ["kind", "'security'"],
  ["actor_kind", "'user'"],
  ["actor_id", "'somebody'"],
  ["on_behalf_of_id", "'a', on_behalf_of_tenant = 'bank'"],
  ["action", "'ledger.close'"],
  ["subject_type", "'hold'"],
  ["subject_id", "'a-99'"],
  ["outcome", "'refused'"],
  ["reason", "'NotEnough'"],
  ["changes", "replace(changes, 'closed', 'frozen')"],
  ["request_id", "'r'"],
  ["causation_id", "'c'"],
  ["correlation_id", "'c'"],
  ["salt", "replace(salt, substr(salt, 1, 1), 'e') || ''"],
  ["tenant", "'other'"]
] as const

describe("verify", () => {
  it("finds an untouched trail intact, and knows its head", async () => {
    const verdict = await verdictAfter(() => Effect.void)
    expect(verdict).toMatchObject({ _tag: "Intact", records: 10, purged: 0, erased: 0, waiting: 0 })
    if (verdict._tag !== "Intact") return
    expect(verdict.head.sequence).toBe(10)
    expect(await run(verify())).toMatchObject({ _tag: "Intact", records: 0, head: { sequence: 0 } })
  })

  for (const [column, value] of columns) {
    it(`names a record whose ${column} was edited`, async () => {
      const verdict = await verdictAfter((sql) =>
        Effect.gen(function* () {
          // The digit that the salt loses must not be the one that it gets.
          yield* sql`UPDATE saldo_audit_records SET ${sql.literal(column)} = ${sql.literal(value)} WHERE record_id = ${idAt(sql, 4)}`
          if (column === "salt") {
            yield* sql`UPDATE saldo_audit_records SET salt = ${"0123456789abcdef".repeat(2)} WHERE record_id = ${idAt(sql, 4)}`
          }
        })
      )
      expect(verdict).toMatchObject({ _tag: "Broken", sequence: 4, problem: "altered" })
    })
  }

  it("names a record whose personal value was edited", async () => {
    const verdict = await verdictAfter(
      (sql) => sql`UPDATE saldo_audit_records SET personal = replace(personal, 'Ann 4', 'Eve 4')`
    )
    expect(verdict).toMatchObject({ _tag: "Broken", sequence: 4, problem: "altered" })
    expect(verdict._tag === "Broken" && verdict.detail).toContain("/name")
  })

  it("names a record that cannot be read any more", async () => {
    const verdict = await verdictAfter(
      (sql) => sql`UPDATE saldo_audit_records SET changes = '{' WHERE record_id = ${idAt(sql, 4)}`
    )
    expect(verdict).toMatchObject({ _tag: "Broken", sequence: 4, problem: "missing" })
  })

  it("names a link whose digest, hash or record was edited", async () => {
    for (const set of ["content_digest", "hash", "previous"]) {
      const verdict = await verdictAfter(
        (sql) => sql`UPDATE saldo_audit_seals SET ${sql.literal(set)} = ${"a".repeat(64)} WHERE sequence = 4`
      )
      expect(verdict, set).toMatchObject({ _tag: "Broken", sequence: 4, problem: "altered" })
    }
    const pointed = await verdictAfter(
      (sql) => sql`UPDATE saldo_audit_seals SET record_id = 'audit_00000000000000000000000000' WHERE sequence = 4`
    )
    expect(pointed).toMatchObject({ _tag: "Broken", sequence: 4, problem: "missing" })
  })

  it("names a record that was deleted, with its link or without", async () => {
    const without = await verdictAfter((sql) => sql`DELETE FROM saldo_audit_records WHERE record_id = ${idAt(sql, 4)}`)
    expect(without).toMatchObject({ _tag: "Broken", sequence: 4, problem: "missing" })
    const both = await verdictAfter((sql) =>
      Effect.andThen(
        sql`DELETE FROM saldo_audit_records WHERE record_id = ${idAt(sql, 4)}`,
        sql`DELETE FROM saldo_audit_seals WHERE sequence = 4`
      )
    )
    expect(both).toMatchObject({ _tag: "Broken", sequence: 4, problem: "missing" })
    const link = await verdictAfter((sql) => sql`DELETE FROM saldo_audit_seals WHERE sequence = 4`)
    expect(link).toMatchObject({ _tag: "Broken", sequence: 4, problem: "missing" })
  })

  it("names records that were deleted though the later ones were numbered anew", async () => {
    for (const count of [1, 3]) {
      const verdict = await verdictAfter((sql) =>
        sql`DELETE FROM saldo_audit_records WHERE record_id IN (
          SELECT record_id FROM saldo_audit_seals WHERE sequence BETWEEN 4 AND ${3 + count}
        )`.pipe(
          Effect.andThen(sql`DELETE FROM saldo_audit_seals WHERE sequence BETWEEN 4 AND ${3 + count}`),
          Effect.andThen(shift(sql, 4 + count, -count))
        )
      )
      expect(verdict).toMatchObject({ _tag: "Broken", sequence: 4, problem: "missing" })
    }
  })

  it("names two records that changed places, near or far", async () => {
    for (const [a, b] of [
      [4, 5],
      [2, 9],
      [1, 10]
    ] as const) {
      const links = await verdictAfter((sql) => exchange(sql, a, b))
      expect(links, `links ${a} and ${b}`).toMatchObject({ _tag: "Broken", sequence: a, problem: "reordered" })
      const records = await verdictAfter((sql) =>
        Effect.gen(function* () {
          const [first, second] = [yield* linkAt(a), yield* linkAt(b)]
          yield* sql`UPDATE saldo_audit_records SET record_id = 'x' WHERE record_id = ${first.recordId}`
          yield* sql`UPDATE saldo_audit_records SET record_id = ${first.recordId} WHERE record_id = ${second.recordId}`
          yield* sql`UPDATE saldo_audit_records SET record_id = ${second.recordId} WHERE record_id = 'x'`
        })
      )
      expect(records, `records ${a} and ${b}`).toMatchObject({ _tag: "Broken", sequence: a, problem: "reordered" })
    }
  })

  it("names a record that was put between others, even with correct hashes", async () => {
    const plain = await verdictAfter((sql) => Effect.andThen(shift(sql, 4, 1), forge(sql, 4, "0".repeat(64))))
    expect(plain).toMatchObject({ _tag: "Broken", sequence: 4, problem: "inserted" })
    const careful = await verdictAfter((sql) =>
      Effect.gen(function* () {
        const { hash } = yield* linkAt(3)
        yield* shift(sql, 4, 1)
        yield* forge(sql, 4, hash)
      })
    )
    expect(careful).toMatchObject({ _tag: "Broken", sequence: 4, problem: "inserted" })
    expect(careful).toMatchObject({ recordId: "audit_06dpdrxn1wtz5fbr3j5tnm8gq4" })
  })

  it("names a record without a link, and one that vanished before its seal", async () => {
    const inserted = await verdictAfter((sql) =>
      Effect.andThen(forge(sql, 11, "0".repeat(64)), sql`DELETE FROM saldo_audit_seals WHERE sequence = 11`)
    )
    expect(inserted).toMatchObject({ _tag: "Broken", sequence: null, problem: "inserted" })
    const vanished = await verdictAfter((sql) =>
      Effect.gen(function* () {
        const trail = yield* AuditTrail
        yield* trail.record({ action: "ledger.post", subject: { type: "account", id: "new" } })
        yield* sql`DELETE FROM saldo_audit_records WHERE subject_id = 'new'`
      }).pipe(Actor.as(Actor.system("bank")))
    )
    expect(vanished).toMatchObject({ _tag: "Broken", sequence: null, problem: "missing" })
  })

  it("leaves no other tenant unsealed when somebody made a waiting record unreadable", async () => {
    const total = await run(
      Effect.gen(function* () {
        const [sql, trail] = [yield* SqlClient.SqlClient, yield* AuditTrail]
        const open = trail.record({ action: "bank.open", subject: { type: "account", id: "a-1" } })
        yield* open.pipe(Actor.as(Actor.system("bank")))
        yield* sql`UPDATE saldo_audit_records SET changes = '{'`
        yield* open.pipe(Actor.as(Actor.system("zebra")))
        expect(yield* trail.sealAll.pipe(Effect.provideService(References.MinimumLogLevel, "None"))).toBe(1)
        expect((yield* trail.head("bank")).sequence).toBe(0)
        return (yield* trail.head("zebra")).sequence
      })
    )
    expect(total).toBe(1)
  })

  it("names where a trail was cut off, with a head that was kept", async () => {
    const cut: Attack = (sql) =>
      Effect.andThen(
        sql`DELETE FROM saldo_audit_records WHERE record_id IN (SELECT record_id FROM saldo_audit_seals WHERE sequence > 7)`,
        sql`DELETE FROM saldo_audit_seals WHERE sequence > 7`
      )
    const verdict = await run(
      Effect.gen(function* () {
        yield* fill
        const trail = yield* AuditTrail
        const head = yield* trail.head("bank")
        expect(yield* verify(head)).toMatchObject({ _tag: "Intact" })
        yield* cut(yield* SqlClient.SqlClient)
        // Without the head nothing tells that there was more.
        expect(yield* verify()).toMatchObject({ _tag: "Intact", records: 7 })
        return yield* verify(head)
      })
    )
    expect(verdict).toMatchObject({ _tag: "Broken", sequence: 8, problem: "missing" })
  })

  it("names where a trail was written anew with correct hashes, with a head that was kept", async () => {
    const verdict = await run(
      Effect.gen(function* () {
        yield* fill
        const sql = yield* SqlClient.SqlClient
        const trail = yield* AuditTrail
        const head = yield* trail.head("bank")
        yield* sql`UPDATE saldo_audit_records SET reason = 'forged' WHERE record_id = ${idAt(sql, 4)}`
        yield* sql`INSERT INTO saldo_audit_waiting SELECT tenant, record_id, recorded_at FROM saldo_audit_records`
        yield* sql`DELETE FROM saldo_audit_seals`
        yield* trail.seal("bank")
        expect(yield* verify()).toMatchObject({ _tag: "Intact", records: 10 })
        return yield* verify(head)
      })
    )
    expect(verdict).toMatchObject({ _tag: "Broken", sequence: 10, problem: "altered" })
  })
})

describe("what is gone", () => {
  const erasePersonal = Effect.gen(function* () {
    const retention = yield* AuditRetention
    return yield* retention.erase({ _tag: "Subject", type: "account", id: "a-4" })
  }).pipe(Actor.as(Actor.system("bank")))

  it("verifies when the trail says why, before and after that is sealed, and not when it does not", async () => {
    const verdicts = await run(
      Effect.gen(function* () {
        yield* fill
        const sql = yield* SqlClient.SqlClient
        const [retention, trail] = [yield* AuditRetention, yield* AuditTrail]
        expect(yield* erasePersonal).toBe(1)
        const unsealed = yield* verify()
        yield* trail.seal("bank")
        const sealed = yield* verify()
        expect(yield* retention.purge("bank", [{ action: "ledger.hold", keepDays: 1 }])).toBe(0)
        yield* Effect.sleep("5 millis")
        expect(yield* retention.purge("bank", [{ action: "ledger.hold", keepDays: 0 }])).toBe(5)
        const purged = yield* verify()
        yield* trail.seal("bank")
        const both = yield* verify()
        yield* sql`UPDATE saldo_audit_records SET personal = NULL WHERE record_id = ${idAt(sql, 6)}`
        return { unsealed, sealed, purged, both, blanked: yield* verify() }
      })
    )
    expect(verdicts.unsealed).toMatchObject({ _tag: "Intact", erased: 1, waiting: 1 })
    expect(verdicts.sealed).toMatchObject({ _tag: "Intact", erased: 1, waiting: 0, records: 11 })
    expect(verdicts.purged).toMatchObject({ _tag: "Intact", erased: 1, purged: 5, waiting: 1 })
    expect(verdicts.both).toMatchObject({ _tag: "Intact", erased: 1, purged: 5, records: 12 })
    expect(verdicts.blanked).toMatchObject({ _tag: "Broken", sequence: 6, problem: "missing" })
  })
})
