import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Dialect from "../sql/Dialect.ts"

/** Accounts are updated with every posting, so pages keep room for the next version of a row beside the last one. */
const roomy = (sql: SqlClient.SqlClient) =>
  sql.literal(sql.onDialectOrElse({ pg: () => "WITH (fillfactor = 60)", orElse: () => "" }))

/** What the values of some columns must be: a condition on `VALUE`. */
interface Rule {
  readonly name: string
  readonly type: "TEXT" | "BIGINT"
  readonly condition: string
}

const oneOf = (name: string, values: ReadonlyArray<string>): Rule => ({
  name: `saldo_ledger_${name}`,
  type: "TEXT",
  condition: `VALUE IN (${values.map((value) => `'${value}'`).join(", ")})`
})

const notNegative: Rule = { name: "saldo_ledger_amount", type: "BIGINT", condition: "VALUE >= 0" }
const positive: Rule = { name: "saldo_ledger_positive_amount", type: "BIGINT", condition: "VALUE > 0" }
const accountType = oneOf("account_type", ["asset", "liability", "equity", "income", "expense"])
const accountRole = oneOf("account_role", ["ordinary", "liquidity"])
const entryKind = oneOf("entry_kind", ["posted", "held", "captured", "voided", "expired"])
const side = oneOf("side", ["debit", "credit"])
const valueOrder = oneOf("value_order", ["same", "first", "back", "ahead"])
const holdState = oneOf("hold_state", ["held", "captured", "partly-captured", "voided", "expired"])

/**
 * Makes the types of the rules. On Postgres each is a domain: the checks of a table are planned anew in every statement that
 * writes to it, which took half of the time of a commit, and those of a domain once in a connection.
 */
const createTypes = (sql: SqlClient.SqlClient, rules: ReadonlyArray<Rule>) =>
  sql.onDialectOrElse({
    pg: () =>
      Effect.forEach(
        rules,
        ({ condition, name, type }) => sql.unsafe(`CREATE DOMAIN ${name} AS ${type} CHECK (${condition})`),
        { discard: true }
      ),
    orElse: () => Effect.void
  })

/** A column, never null, whose values follow a rule. */
const makeRuled =
  (sql: SqlClient.SqlClient) =>
  (column: string, { condition, name, type }: Rule) =>
    sql.literal(
      sql.onDialectOrElse({
        pg: () => `${column} ${name} NOT NULL`,
        orElse: () => `${column} ${type} NOT NULL CHECK (${condition.replace("VALUE", column)})`
      })
    )

const createAccounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  const ruled = makeRuled(sql)
  yield* createTypes(sql, [notNegative, accountType, accountRole])
  // Booked at -1 before anything is, so that the first entry may be booked at 0.
  yield* sql`
    CREATE TABLE saldo_ledger_heads (
      tenant ${text} PRIMARY KEY,
      sequence BIGINT NOT NULL,
      booked_at BIGINT NOT NULL,
      hash TEXT NOT NULL
    ) ${roomy(sql)}`
  yield* sql`
    CREATE TABLE saldo_ledger_accounts (
      tenant ${text} NOT NULL,
      account_id ${text} NOT NULL,
      code ${text} NOT NULL,
      ${ruled("type", accountType)},
      currency TEXT NOT NULL,
      ${ruled("role", accountRole)},
      name TEXT NOT NULL,
      parent ${text},
      minimum BIGINT,
      maximum BIGINT,
      closed INTEGER NOT NULL,
      frozen INTEGER NOT NULL,
      debits_blocked INTEGER NOT NULL,
      credits_blocked INTEGER NOT NULL,
      metadata TEXT NOT NULL,
      ${ruled("debits_posted", notNegative)},
      ${ruled("credits_posted", notNegative)},
      ${ruled("debits_pending", notNegative)},
      ${ruled("credits_pending", notNegative)},
      value_high ${text} NOT NULL,
      version BIGINT NOT NULL,
      opened_at BIGINT NOT NULL,
      PRIMARY KEY (tenant, account_id),
      UNIQUE (tenant, code)
    ) ${roomy(sql)}`
  yield* sql`
    CREATE INDEX saldo_ledger_accounts_parent ON saldo_ledger_accounts (tenant, parent, code)
    WHERE parent IS NOT NULL`
})

const createJournal = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  yield* createTypes(sql, [entryKind])
  // What a command made is found by the id of its first entry, which is known before its place in the journal is.
  yield* sql`
    CREATE TABLE saldo_ledger_commands (
      tenant ${text} NOT NULL,
      command_key ${text} NOT NULL,
      request TEXT NOT NULL,
      first_entry_id ${text},
      entry_count INTEGER NOT NULL,
      refusal TEXT,
      PRIMARY KEY (tenant, command_key),
      CHECK ((refusal IS NULL) = (first_entry_id IS NOT NULL))
    )`
  // The last entry of a block has the block's hash.
  yield* sql`
    CREATE TABLE saldo_ledger_entries (
      tenant ${text} NOT NULL,
      sequence BIGINT NOT NULL,
      entry_id ${text} NOT NULL,
      booked_at BIGINT NOT NULL,
      command_key ${text} NOT NULL,
      ${makeRuled(sql)("kind", entryKind)},
      value_on ${text} NOT NULL,
      hold_id ${text},
      reverses ${text},
      exchange TEXT,
      code ${text},
      description TEXT,
      metadata TEXT NOT NULL,
      block_hash TEXT,
      PRIMARY KEY (tenant, sequence),
      UNIQUE (tenant, entry_id)
    )`
  yield* sql`CREATE UNIQUE INDEX saldo_ledger_entries_time ON saldo_ledger_entries (tenant, booked_at)`
  yield* sql`
    CREATE UNIQUE INDEX saldo_ledger_entries_reverses ON saldo_ledger_entries (tenant, reverses)
    WHERE reverses IS NOT NULL`
  yield* sql`
    CREATE INDEX saldo_ledger_entries_hold ON saldo_ledger_entries (tenant, hold_id, sequence)
    WHERE hold_id IS NOT NULL`
  yield* sql`
    CREATE INDEX saldo_ledger_entries_code ON saldo_ledger_entries (tenant, code, sequence)
    WHERE code IS NOT NULL`
})

/**
 * Lines, each with what its account came to by it. `value_order` says how its value date stands to those before it; balances
 * by value date begin at a `first` line. One that was booked back or ahead is astray on the value dates from `since` to the
 * day before `until`: there the sum up to its place has it when it should not, or lacks it.
 */
const createPostings = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  const ruled = makeRuled(sql)
  yield* createTypes(sql, [side, valueOrder])
  yield* sql`
    CREATE TABLE saldo_ledger_postings (
      tenant ${text} NOT NULL,
      sequence BIGINT NOT NULL,
      line INTEGER NOT NULL,
      account_id ${text} NOT NULL,
      ${ruled("side", side)},
      currency TEXT NOT NULL,
      ${ruled("posted", notNegative)},
      pending BIGINT NOT NULL,
      value_on ${text} NOT NULL,
      ${ruled("value_order", valueOrder)},
      reach INTEGER,
      since ${text},
      until ${text},
      debits_posted BIGINT NOT NULL,
      credits_posted BIGINT NOT NULL,
      debits_pending BIGINT NOT NULL,
      credits_pending BIGINT NOT NULL,
      PRIMARY KEY (tenant, sequence, line)
    )`
  yield* sql`
    CREATE UNIQUE INDEX saldo_ledger_postings_account ON saldo_ledger_postings (tenant, account_id, sequence)`
  yield* sql`
    CREATE INDEX saldo_ledger_postings_dates ON saldo_ledger_postings (tenant, account_id, value_on, sequence)
    WHERE value_order = 'first'`
  yield* sql`
    CREATE INDEX saldo_ledger_postings_astray ON saldo_ledger_postings (tenant, account_id, reach, since, until, sequence)
    WHERE reach IS NOT NULL`
})

const createHolds = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  const ruled = makeRuled(sql)
  yield* createTypes(sql, [positive, holdState])
  yield* sql`
    CREATE TABLE saldo_ledger_holds (
      tenant ${text} NOT NULL,
      hold_id ${text} NOT NULL,
      debit ${text} NOT NULL,
      credit ${text} NOT NULL,
      currency TEXT NOT NULL,
      ${ruled("amount", positive)},
      ${ruled("captured", notNegative)},
      ${ruled("remaining", notNegative)},
      ${ruled("over_capture", notNegative)},
      ${ruled("state", holdState)},
      expires_at BIGINT,
      PRIMARY KEY (tenant, hold_id)
    )`
  yield* sql`CREATE INDEX saldo_ledger_holds_debit ON saldo_ledger_holds (tenant, debit, hold_id)`
  yield* sql`CREATE INDEX saldo_ledger_holds_credit ON saldo_ledger_holds (tenant, credit, hold_id)`
  yield* sql`
    CREATE INDEX saldo_ledger_holds_due ON saldo_ledger_holds (expires_at, hold_id)
    WHERE state = 'held' AND expires_at IS NOT NULL`
})

/** A tag is the SHA-256 of a name and a value of metadata, which may be longer than an index takes. */
const createTags = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const text = Dialect.textType(sql)
  yield* sql`
    CREATE TABLE saldo_ledger_account_tags (
      tenant ${text} NOT NULL,
      tag ${text} NOT NULL,
      account_id ${text} NOT NULL,
      PRIMARY KEY (tenant, tag, account_id)
    )`
  yield* sql`CREATE INDEX saldo_ledger_account_tags_account ON saldo_ledger_account_tags (tenant, account_id)`
  yield* sql`
    CREATE TABLE saldo_ledger_entry_tags (
      tenant ${text} NOT NULL,
      tag ${text} NOT NULL,
      sequence BIGINT NOT NULL,
      PRIMARY KEY (tenant, tag, sequence)
    )`
})

/** The tables of the ledger, for both dialects. */
export const migrations: Readonly<Record<string, Effect.Effect<void, SqlError, SqlClient.SqlClient>>> = {
  "0001_create_ledger_accounts": createAccounts,
  "0002_create_ledger_journal": createJournal,
  "0003_create_ledger_postings": createPostings,
  "0004_create_ledger_holds": createHolds,
  "0005_create_ledger_tags": createTags
}
