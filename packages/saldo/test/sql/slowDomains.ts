import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { DomainMigrations } from "saldo/sql/Migrations"

const statement = (text: string) => Effect.asVoid(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(text)))

/** Two domains whose tables refer to each other in arrow order, slow enough that processes meet in the middle. */
export const slowDomains: ReadonlyArray<DomainMigrations> = [
  {
    domain: "first",
    migrations: {
      "0001_create": statement("CREATE TABLE first_rows (id BIGINT PRIMARY KEY)"),
      "0002_fill": Effect.andThen(Effect.sleep("50 millis"), statement("INSERT INTO first_rows VALUES (1)"))
    }
  },
  {
    domain: "second",
    migrations: {
      "0001_refer": statement("CREATE TABLE second_rows (first_id BIGINT NOT NULL REFERENCES first_rows (id))"),
      "0002_fill": statement("INSERT INTO second_rows SELECT id FROM first_rows")
    }
  }
]
