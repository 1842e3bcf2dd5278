import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"
import { DeadLetter, DeadLetterStore } from "./DeadLetterStore.ts"
import { jsonText } from "./JsonText.ts"

/** The table of dead letters; a letter is kept as JSON text, for people to read and for `Outbox` to deliver again. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0002_create_dead_letters": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE saldo_core_dead_letters (
        subscription TEXT NOT NULL,
        event_id ${Dialect.textType(sql)} NOT NULL,
        letter TEXT NOT NULL,
        PRIMARY KEY (subscription, event_id)
      )`
  })
}

const LetterText = jsonText(Schema.toCodecJson(DeadLetter))
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ letter: LetterText })))
const encodeLetter = Schema.encodeEffect(LetterText)

const make = (sql: SqlClient.SqlClient): DeadLetterStore["Service"] =>
  DeadLetterStore.of({
    put: Effect.fn("SqlDeadLetterStore.put")(function* (letter) {
      const text = yield* encodeLetter(letter)
      yield* sql`
        INSERT INTO saldo_core_dead_letters (subscription, event_id, letter)
        VALUES (${letter.subscription}, ${letter.event.id}, ${text})
        ON CONFLICT (subscription, event_id) DO UPDATE SET letter = excluded.letter`
    }, Effect.orDie),
    take: Effect.fn("SqlDeadLetterStore.take")(function* (subscription, id) {
      const rows = yield* sql`
        DELETE FROM saldo_core_dead_letters WHERE subscription = ${subscription} AND event_id = ${id}
        RETURNING letter`
      return Array.head(Array.map(yield* decodeRows(rows), (row) => row.letter))
    }, Effect.orDie),
    list: Effect.fn("SqlDeadLetterStore.list")(function* (subscription, after, limit) {
      const rows = yield* sql`
        SELECT letter FROM saldo_core_dead_letters
        WHERE subscription = ${subscription} AND event_id > ${after ?? ""}
        ORDER BY event_id LIMIT ${limit}`
      return Array.map(yield* decodeRows(rows), (row) => row.letter)
    }, Effect.orDie)
  })

/** Dead letters in the host's database; needs its migrations to have run. */
export const layer: Layer.Layer<DeadLetterStore, never, SqlClient.SqlClient> = Layer.effect(
  DeadLetterStore,
  Effect.map(SqlClient.SqlClient, make)
)
