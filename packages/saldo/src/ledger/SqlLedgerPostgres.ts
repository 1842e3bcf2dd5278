/**
 * How a decision is written on Postgres: in one statement, so that what everybody waits for is held for one round trip; and
 * when it is all there is to do, without a transaction around it.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import type { AuditRecord } from "../audit/AuditRecord.ts"
import { appendClauses, appendValues } from "../audit/SqlAuditAppend.ts"
import { arraysOf, type Column, names, Parameters, values } from "../sql/internal/packedRows.ts"
import type { UnplacedBlock } from "./journalBlocks.ts"
import {
  blockRows,
  type BlockRows,
  commandRows,
  type Place,
  standingRows,
  type StandingRows,
  type WriteBlocks,
  type Writing
} from "./SqlLedgerBlock.ts"
import {
  accountColumns,
  changedHoldColumns,
  commandColumns,
  entryColumns,
  holdColumns,
  n,
  postingColumns,
  tagColumns
} from "./SqlLedgerColumns.ts"
import type { SeenState } from "./SqlLedgerState.ts"

const setting = (columns: ReadonlyArray<Column>): string =>
  columns.map(([name]) => `${name} = given.${name}`).join(", ")

/** Where a row is stays the same as long as the transaction has it locked, and spares looking it up. */
const lockedAccountColumns: ReadonlyArray<Column> = [["place", "text"], ...accountColumns]

const updateAccounts = (given: string): string => `
  UPDATE saldo_ledger_accounts AS target SET ${setting(accountColumns)}
  FROM placed, ${given} WHERE target.ctid = given.place::tid
  RETURNING 1`

/** Each hold is looked up by its whole key: a join could let the planner read all of the tenant when it knows too little. */
const updateHolds = (tenant: string, given: string): string => `
  UPDATE saldo_ledger_holds AS target SET ${setting(changedHoldColumns)}
  FROM placed, ${given}, LATERAL (
    SELECT found.ctid AS place FROM saldo_ledger_holds AS found
    WHERE found.tenant = ${tenant} AND found.hold_id = given.hold_id
    OFFSET 0
  ) AS located
  WHERE target.ctid = located.place`

/** Which of the parts that most commits lack a statement has. */
interface Parts {
  readonly tags: boolean
  readonly newHolds: boolean
  readonly changedHolds: boolean
  /** Whether the statement is alone: nothing is locked yet, and the records of the trail come with it. */
  readonly alone: boolean
}

const insertCommands = (tenant: string, given: string): string => `
  INSERT INTO saldo_ledger_commands (tenant, ${names(commandColumns)})
  SELECT ${tenant}, ${values("given", commandColumns)} FROM ${given}`

const seenColumns: ReadonlyArray<Column> = [
  ["account_id", "text"],
  ["place", "text"],
  ["version", "bigint"]
]

/** Locks the rows that are as they were seen; who waits for one sees it as it is then. */
const lockUnchanged = (tenant: string, given: string): string => `
  SELECT found.version FROM ${given}, LATERAL (
    SELECT version FROM saldo_ledger_accounts
    WHERE ctid = given.place::tid AND tenant = ${tenant} AND account_id = given.account_id AND version = given.version
    FOR UPDATE
  ) AS found`

/** What must hold of the accounts that were seen by a statement that is alone. */
interface Seen {
  readonly count: string
  readonly rows: string
  readonly changed: string
}

const newCommands = (tenant: string, commands: string, seen: Seen | undefined): string =>
  seen === undefined
    ? `new_commands AS (${commands} ON CONFLICT DO NOTHING RETURNING command_key)`
    : `unchanged AS MATERIALIZED (${lockUnchanged(tenant, seen.rows)}), new_commands AS (
        ${commands} WHERE (SELECT count(*) FROM unchanged) = ${seen.count} RETURNING command_key
      )`

/** How many accounts were changed; where nobody could undo it, another number than is to be fails the statement. */
const changedCount = (expected: string | undefined): string => {
  const count = "(SELECT count(*) FROM changed_accounts)"
  return expected === undefined
    ? count
    : `CASE WHEN base IS NULL OR ${count} = ${expected} THEN ${count} ELSE ('accounts changed: ' || ${count})::bigint END`
}

/**
 * The head's row is locked last, once all keys are known to be new: concurrent commits on different accounts wait for each
 * other only from there to their COMMIT. When a key is there already, nothing is written but the commands of the other
 * keys, which are given as `strays` to be taken away again.
 *
 * A statement that is alone cannot take anything away again: it writes nothing when an account is not as it was seen, and
 * fails when a key is there already.
 */
const blockText = (parts: Parts): string => {
  const parameters = new Parameters()
  const tenant = parameters.one("text")
  const commandCount = parameters.one("bigint")
  const entryCount = parameters.one("bigint")
  const micros = parameters.one("bigint")
  const hashes = parameters.one("text")
  const commands = insertCommands(tenant, parameters.rows("given", commandColumns))
  const entries = parameters.rows("given", [n, ...entryColumns])
  const postings = parameters.rows("given", [n, ...postingColumns])
  const accounts = parameters.rows("given", lockedAccountColumns)
  const tags = parts.tags ? parameters.rows("given", [n, ...tagColumns]) : undefined
  const newHolds = parts.newHolds ? parameters.rows("given", holdColumns) : undefined
  const changedHolds = parts.changedHolds
    ? parameters.rows("given", [["hold_id", "text"], ...changedHoldColumns])
    : undefined
  const seen = parts.alone
    ? {
        count: parameters.one("bigint"),
        rows: parameters.rows("given", seenColumns),
        changed: parameters.one("bigint")
      }
    : undefined
  const optional = [
    ...(parts.alone ? appendClauses(parameters, "placed") : []),
    tags === undefined
      ? undefined
      : `new_tags AS (
        INSERT INTO saldo_ledger_entry_tags (tenant, tag, sequence)
        SELECT ${tenant}, given.tag, base + given.n FROM placed, ${tags}
      )`,
    newHolds === undefined
      ? undefined
      : `new_holds AS (
        INSERT INTO saldo_ledger_holds (tenant, ${names(holdColumns)})
        SELECT ${tenant}, ${values("given", holdColumns)} FROM placed, ${newHolds}
      )`,
    changedHolds === undefined ? undefined : `changed_holds AS (${updateHolds(tenant, changedHolds)})`
  ]
  return `
WITH ${newCommands(tenant, commands, seen)}, placed AS (
  UPDATE saldo_ledger_heads SET
    sequence = sequence + ${entryCount},
    booked_at = GREATEST(booked_at + 1, ${micros}) + ${entryCount} - 1,
    hash = encode(sha256(
      decode(hash, 'hex') || int8send(sequence + 1) || int8send(${entryCount})
        || int8send(GREATEST(booked_at + 1, ${micros})) || decode(${hashes}, 'hex')
    ), 'hex')
  WHERE tenant = ${tenant} AND (SELECT count(*) FROM new_commands) = ${commandCount}
  RETURNING sequence - ${entryCount} AS base, booked_at - ${entryCount} AS base_at, hash
), new_entries AS (
  INSERT INTO saldo_ledger_entries (tenant, sequence, booked_at, block_hash, ${names(entryColumns)})
  SELECT ${tenant}, base + given.n, base_at + given.n, CASE WHEN given.n = ${entryCount} THEN hash END,
    ${values("given", entryColumns)}
  FROM placed, ${entries}
), new_postings AS (
  INSERT INTO saldo_ledger_postings (tenant, sequence, ${names(postingColumns)})
  SELECT ${tenant}, base + given.n, ${values("given", postingColumns)} FROM placed, ${postings}
), changed_accounts AS (${updateAccounts(accounts)}
), ${optional.map((part) => (part === undefined ? "" : `${part}, `)).join("")}outcome AS (
  SELECT (SELECT base FROM placed) AS base, (SELECT base_at FROM placed) AS base_at
)
SELECT base, base_at, ${changedCount(seen?.changed)} AS changed,
  CASE WHEN base IS NULL THEN ARRAY(SELECT command_key FROM new_commands) END AS strays
FROM outcome`
}

const refusalsText = (): string => {
  const parameters = new Parameters()
  return `${insertCommands(parameters.one("text"), parameters.rows("given", commandColumns))}
    ON CONFLICT DO NOTHING RETURNING command_key`
}

interface PlacedRow {
  readonly base: bigint | null
  readonly base_at: bigint | null
  readonly changed: bigint
  readonly strays: ReadonlyArray<string> | null
}

const noStanding: StandingRows = { accountRows: [], newHolds: [], changedHolds: [] }

type CommandRows = ReturnType<typeof commandRows>

/** What a block's statement consists of: which parts, and what its parameters are but for those of one that is alone. */
const blockStatement = (
  writing: Writing,
  block: UnplacedBlock,
  rows: BlockRows,
  { accountRows, changedHolds, newHolds }: StandingRows,
  commands: CommandRows,
  nowMicros: number
) => ({
  parts: { tags: rows.tagRows.length > 0, newHolds: newHolds.length > 0, changedHolds: changedHolds.length > 0 },
  parameters: [
    writing.tenant,
    BigInt(commands.length),
    BigInt(block.entries.length),
    BigInt(block.importedMicros ?? nowMicros),
    block.entries.map(({ contentHash }) => contentHash).join(""),
    ...arraysOf(commands, commandColumns),
    ...arraysOf(rows.entryRows, [n, ...entryColumns]),
    ...arraysOf(rows.postingRows, [n, ...postingColumns]),
    ...arraysOf(accountRows, lockedAccountColumns),
    ...(rows.tagRows.length > 0 ? arraysOf(rows.tagRows, [n, ...tagColumns]) : []),
    ...(newHolds.length > 0 ? arraysOf(newHolds, holdColumns) : []),
    ...(changedHolds.length > 0 ? arraysOf(changedHolds, [["hold_id", "text"], ...changedHoldColumns]) : [])
  ]
})

/** The texts of statements, each made once. */
const makeTexts = () => {
  const texts = new Map<number, string>()
  return (parts: Parts): string => {
    const number =
      (parts.tags ? 1 : 0) + (parts.newHolds ? 2 : 0) + (parts.changedHolds ? 4 : 0) + (parts.alone ? 8 : 0)
    const text = texts.get(number) ?? blockText(parts)
    texts.set(number, text)
    return text
  }
}

/** Where a block came to stand; `undefined` when nothing was written. */
const placeOf = (row: PlacedRow | undefined, accounts: number): Place | undefined => {
  if (row === undefined || row.base === null || row.base_at === null) return undefined
  if (Number(row.changed) !== accounts) {
    throw new RangeError("An account's row was not where the transaction had locked it")
  }
  return { sequence: Number(row.base) + 1, micros: Number(row.base_at) + 1 }
}

/** Makes what writes blocks on Postgres, in a transaction that has locked what they change. */
export const makePostgresWriteBlocks = (sql: SqlClient.SqlClient): WriteBlocks => {
  const textOf = makeTexts()
  const refusals = refusalsText()

  const remove = (tenant: string, keys: ReadonlyArray<string>) =>
    keys.length === 0
      ? Effect.void
      : sql`DELETE FROM saldo_ledger_commands WHERE tenant = ${tenant} AND command_key = ANY(${keys})`

  return Effect.fnUntraced(function* (writing, blocks, nowMicros) {
    const { tenant } = writing
    const commands = commandRows(writing)
    if (blocks.length === 0) {
      const parameters = [tenant, ...arraysOf(commands, commandColumns)]
      const rows = yield* sql.unsafe<{ readonly command_key: string }>(refusals, parameters)
      if (rows.length === commands.length) return []
      yield* remove(
        tenant,
        rows.map(({ command_key }) => command_key)
      )
      return undefined
    }
    const prepared = blocks.map((block) => ({ block, rows: blockRows(writing, block) }))
    const standing = standingRows(writing)
    const places = []
    for (const [index, { block, rows }] of prepared.entries()) {
      // All commands, accounts and holds go with the first block.
      const written = index === 0 ? standing : noStanding
      const { parameters, parts } = blockStatement(
        writing,
        block,
        rows,
        written,
        index === 0 ? commands : [],
        nowMicros
      )
      const [row] = yield* sql.unsafe<PlacedRow>(textOf({ ...parts, alone: false }), parameters)
      const place = placeOf(row, written.accountRows.length)
      if (place === undefined) {
        yield* remove(tenant, row?.strays ?? [])
        return undefined
      }
      places.push(place)
    }
    return places
  })
}

/**
 * Makes what writes a block of postings on Postgres, with its records, by one statement without a transaction around it;
 * `undefined` when an account has changed since it was seen, and then nothing is written.
 */
export const makePostgresWriteAlone = (sql: SqlClient.SqlClient) => {
  const textOf = makeTexts()
  return Effect.fnUntraced(function* (
    writing: Writing,
    block: UnplacedBlock,
    nowMicros: number,
    seen: SeenState,
    records: ReadonlyArray<AuditRecord>
  ) {
    const rows = blockRows(writing, block)
    const standing = standingRows(writing)
    const { parameters, parts } = blockStatement(writing, block, rows, standing, commandRows(writing), nowMicros)
    const seenRows = [...seen.accounts.values()].map(({ id, version }) => ({
      account_id: id,
      place: seen.places.get(id) ?? null,
      version: BigInt(version)
    }))
    const [row] = yield* sql.unsafe<PlacedRow>(textOf({ ...parts, alone: true }), [
      ...parameters,
      BigInt(seenRows.length),
      ...arraysOf(seenRows, seenColumns),
      BigInt(standing.accountRows.length),
      ...appendValues(records)
    ])
    return placeOf(row, standing.accountRows.length)
  })
}
