/** The tables of settlement accounts, statements and what of them is reconciled, for both dialects. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"

/** The names of the tables. */
export const tables = {
  accounts: "saldo_banking_settlement_accounts",
  statements: "saldo_banking_settlement_statements",
  items: "saldo_banking_settlement_items",
  matches: "saldo_banking_settlement_matches",
  reviews: "saldo_banking_settlement_reviews"
} as const

/** The migrations that make them. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0040_create_settlement": Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const text = Dialect.textType(sql)
    yield* sql`
      CREATE TABLE ${sql(tables.accounts)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        currency ${text} NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id),
        UNIQUE (tenant, currency)
      )`
    yield* sql`
      CREATE TABLE ${sql(tables.statements)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        number BIGINT NOT NULL,
        bank_statement_id ${text} NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id, number),
        UNIQUE (tenant, account_id, bank_statement_id)
      )`
    yield* sql`
      CREATE TABLE ${sql(tables.items)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        item_id ${text} NOT NULL,
        side ${text} NOT NULL,
        on_day ${text} NOT NULL,
        amount BIGINT NOT NULL,
        statement_id ${text},
        state ${text} NOT NULL,
        match_id ${text},
        aside ${text},
        automatic BIGINT NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id, item_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_settlement_items_day ON ${sql(tables.items)} (tenant, account_id, on_day, item_id)`
    yield* sql`
      CREATE INDEX saldo_banking_settlement_items_open ON ${sql(tables.items)} (tenant, account_id, on_day, item_id)
      WHERE state = 'open'`
    yield* sql`
      CREATE TABLE ${sql(tables.matches)} (
        tenant ${text} NOT NULL,
        match_id ${text} NOT NULL,
        account_id ${text} NOT NULL,
        undone BIGINT NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, match_id)
      )`
    yield* sql`
      CREATE INDEX saldo_banking_settlement_matches_account ON ${sql(tables.matches)} (tenant, account_id, match_id)`
    yield* sql`
      CREATE TABLE ${sql(tables.reviews)} (
        tenant ${text} NOT NULL,
        account_id ${text} NOT NULL,
        review_id ${text} NOT NULL,
        content ${text} NOT NULL,
        PRIMARY KEY (tenant, account_id, review_id)
      )`
  })
}
