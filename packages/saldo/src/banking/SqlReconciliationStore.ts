import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { Fragment } from "effect/sql/Statement"
import * as Page from "../core/Page.ts"
import { jsonText } from "../core/JsonText.ts"
import * as Dialect from "../sql/Dialect.ts"
import { ReconciliationStore } from "./ReconciliationStore.ts"
import { SettlementAccount, type SettlementAccountId, SettlementStatement } from "./SettlementAccount.ts"
import { itemsQuery, matchesQuery, statementsQuery } from "./SettlementFilter.ts"
import { Aside, ItemFacts, ItemSide, ItemState, type SettlementItem, sideOf } from "./SettlementItem.ts"
import { SettlementMatch, SettlementMatchId, SettlementReview } from "./SettlementMatch.ts"
import { tables } from "./SqlReconciliationTables.ts"

type Store = ReconciliationStore["Service"]

const AsideText = jsonText(Schema.toCodecJson(Aside))
const AccountText = jsonText(Schema.toCodecJson(SettlementAccount))
const StatementText = jsonText(Schema.toCodecJson(SettlementStatement))
const FactsText = jsonText(Schema.toCodecJson(ItemFacts))
const MatchText = jsonText(Schema.toCodecJson(SettlementMatch))
const ReviewText = jsonText(Schema.toCodecJson(SettlementReview))

const encodeAside = Schema.encodeEffect(AsideText)
const encodeAccount = Schema.encodeEffect(AccountText)
const encodeStatement = Schema.encodeEffect(StatementText)
const encodeFacts = Schema.encodeEffect(FactsText)
const encodeMatch = Schema.encodeEffect(MatchText)
const encodeReview = Schema.encodeEffect(ReviewText)

const contentsOf = <A>(content: Schema.Codec<A, string>) => {
  const decode = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ content })))
  return (rows: unknown) => Effect.map(decode(rows), (all) => all.map((row) => row.content))
}

const accountsOf = contentsOf(AccountText)
const statementsOf = contentsOf(StatementText)
const matchesOf = contentsOf(MatchText)
const reviewsOf = contentsOf(ReviewText)

const decodeItems = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      content: FactsText,
      state: ItemState,
      match_id: Schema.NullOr(SettlementMatchId),
      aside: Schema.NullOr(AsideText),
      automatic: Schema.Union([Schema.BigInt, Schema.Int])
    })
  )
)

const itemsOf = (rows: unknown) =>
  Effect.map(decodeItems(rows), (all) =>
    all.map(({ aside, automatic, content, match_id: matchId, state }): SettlementItem => ({
      facts: content,
      state,
      matchId,
      aside,
      automatic: BigInt(automatic) === 1n
    }))
  )

const decodeSums = Schema.decodeUnknownEffect(
  Schema.Array(
    Schema.Struct({
      side: ItemSide,
      state: ItemState,
      items: Schema.Union([Schema.BigInt, Schema.Int]),
      high: Schema.Union([Schema.BigInt, Schema.Int]),
      low: Schema.Union([Schema.BigInt, Schema.Int])
    })
  )
)

/** So many rows, with their values, fit into one statement of every database. */
const chunksOf = Arr.chunksOf(500)

const makeAccounts = (sql: SqlClient.SqlClient) => {
  const accounts = sql(tables.accounts)
  const statements = sql(tables.statements)
  return {
    insertAccount: Effect.fn("SqlReconciliationStore.insertAccount")(function* (account) {
      const { currency, id, tenant } = account
      const row = { tenant, account_id: id, currency, content: yield* encodeAccount(account) }
      const written = yield* sql`
        INSERT INTO ${accounts} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING account_id`
      return written.length === 1
    }, Effect.orDie),
    findAccount: Effect.fn("SqlReconciliationStore.findAccount")(function* (tenant, id) {
      const rows = yield* sql`SELECT content FROM ${accounts} WHERE tenant = ${tenant} AND account_id = ${id}`
      return Option.fromNullishOr((yield* accountsOf(rows))[0])
    }, Effect.orDie),
    accounts: Effect.fn("SqlReconciliationStore.accounts")(function* (tenant) {
      return yield* accountsOf(yield* sql`SELECT content FROM ${accounts} WHERE tenant = ${tenant} ORDER BY currency`)
    }, Effect.orDie),
    lockAccounts: Effect.fn("SqlReconciliationStore.lockAccounts")(function* (tenant, ids) {
      if (ids.length === 0) return []
      return yield* accountsOf(
        yield* sql`
          SELECT content FROM ${accounts} WHERE tenant = ${tenant} AND ${sql.in("account_id", ids)}
          ORDER BY account_id ${Dialect.forUpdate(sql)}`
      )
    }, Effect.orDie),
    saveAccount: Effect.fn("SqlReconciliationStore.saveAccount")(function* (account) {
      const { currency, id, tenant } = account
      const changed = { currency, content: yield* encodeAccount(account) }
      const written = yield* sql`
        UPDATE ${accounts} SET ${sql.update(changed)} WHERE tenant = ${tenant} AND account_id = ${id}
        RETURNING account_id`
      return written.length === 1
    }, Effect.orDie),
    insertStatement: Effect.fn("SqlReconciliationStore.insertStatement")(function* (statement) {
      const row = {
        tenant: statement.tenant,
        account_id: statement.accountId,
        number: statement.number,
        bank_statement_id: statement.statementId,
        content: yield* encodeStatement(statement)
      }
      const written = yield* sql`
        INSERT INTO ${statements} ${sql.insert(row)} ON CONFLICT DO NOTHING RETURNING number`
      return written.length === 1
    }, Effect.orDie),
    findStatement: Effect.fn("SqlReconciliationStore.findStatement")(function* (tenant, accountId, statementId) {
      const rows = yield* sql`
        SELECT content FROM ${statements}
        WHERE tenant = ${tenant} AND account_id = ${accountId} AND bank_statement_id = ${statementId}`
      return Option.fromNullishOr((yield* statementsOf(rows))[0])
    }, Effect.orDie),
    listStatements: Effect.fn("SqlReconciliationStore.listStatements")(function* (tenant, accountId, page) {
      const query = statementsQuery(tenant, accountId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const earlier = typeof before === "number" ? [sql`number < ${before}`] : []
      const rows = yield* Effect.orDie(sql`
        SELECT content FROM ${statements}
        WHERE ${sql.and([sql`tenant = ${tenant}`, sql`account_id = ${accountId}`, ...earlier])}
        ORDER BY number DESC LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(statementsOf(rows)), ({ number }) => [number])
    })
  } satisfies Partial<Store>
}

const ofAccount = (sql: SqlClient.SqlClient, tenant: string, accountId: SettlementAccountId): Fragment =>
  sql`tenant = ${tenant} AND account_id = ${accountId}`

const makeItems = (sql: SqlClient.SqlClient) => {
  const items = sql(tables.items)
  const columns = sql.literal("content, state, match_id, aside, automatic")
  const order = sql.literal("ORDER BY on_day, item_id")
  const rowOf = Effect.fnUntraced(function* (facts: ItemFacts) {
    return {
      tenant: facts.tenant,
      account_id: facts.accountId,
      item_id: facts.id,
      side: sideOf(facts),
      on_day: facts.on,
      amount: facts.amount.amount,
      statement_id: facts._tag === "Line" ? facts.statementId : null,
      state: "open",
      match_id: null,
      aside: null,
      automatic: 1,
      content: yield* encodeFacts(facts)
    }
  })
  return {
    addItems: Effect.fn("SqlReconciliationStore.addItems")(function* (all) {
      let added = 0
      for (const part of chunksOf(all)) {
        const rows = yield* Effect.forEach(part, rowOf)
        const written = yield* sql`INSERT INTO ${items} ${sql.insert(rows)} ON CONFLICT DO NOTHING RETURNING item_id`
        added += written.length
      }
      return added
    }, Effect.orDie),
    openItems: Effect.fn("SqlReconciliationStore.openItems")(function* (tenant, accountId) {
      return yield* itemsOf(
        yield* sql`
          SELECT ${columns} FROM ${items} WHERE ${ofAccount(sql, tenant, accountId)} AND state = 'open' ${order}`
      )
    }, Effect.orDie),
    findItems: Effect.fn("SqlReconciliationStore.findItems")(function* (tenant, accountId, ids) {
      const found = yield* Effect.forEach(chunksOf(ids), (part) =>
        Effect.flatMap(
          sql`
            SELECT ${columns} FROM ${items}
            WHERE ${ofAccount(sql, tenant, accountId)} AND ${sql.in("item_id", part)}`,
          itemsOf
        )
      )
      const unique = new Map(found.flat().map((item) => [item.facts.id, item]))
      const placeOf = ({ facts }: SettlementItem) => `${facts.on} ${facts.id}`
      return [...unique.values()].sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1))
    }, Effect.orDie),
    listItems: Effect.fn("SqlReconciliationStore.listItems")(function* (tenant, accountId, filter, page) {
      const query = itemsQuery(tenant, accountId, filter)
      const [day, id] = (yield* Page.startOf(query, page)) ?? []
      const conditions = [
        ofAccount(sql, tenant, accountId),
        ...(filter.side === undefined ? [] : [sql`side = ${filter.side}`]),
        ...(filter.state === undefined ? [] : [sql`state = ${filter.state}`]),
        ...(filter.statementId === undefined ? [] : [sql`statement_id = ${filter.statementId}`]),
        ...(typeof day === "string" && typeof id === "string"
          ? [sql`(on_day > ${day} OR (on_day = ${day} AND item_id > ${id}))`]
          : [])
      ]
      const rows = yield* Effect.orDie(sql`
        SELECT ${columns} FROM ${items} WHERE ${sql.and(conditions)} ${order} LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(itemsOf(rows)), ({ facts }) => [facts.on, facts.id])
    }),
    sums: Effect.fn("SqlReconciliationStore.sums")(function* (tenant, accountId) {
      // In two halves of 32 bits, so that no sum overflows the integers of a database.
      const rows = yield* sql`
        SELECT side, state, COUNT(*) AS items,
          CAST(SUM(amount >> 32) AS BIGINT) AS high, CAST(SUM(amount & 4294967295) AS BIGINT) AS low
        FROM ${items} WHERE ${ofAccount(sql, tenant, accountId)}
        GROUP BY side, state ORDER BY side, state`
      return (yield* decodeSums(rows)).map(({ high, items: count, low, side, state }) => ({
        side,
        state,
        count: Number(count),
        amount: (BigInt(high) << 32n) + BigInt(low)
      }))
    }, Effect.orDie)
  } satisfies Partial<Store>
}

const makeMatches = (sql: SqlClient.SqlClient) => {
  const items = sql(tables.items)
  const matches = sql(tables.matches)

  /** Whether each is there and stands as expected, as nobody else can change it from now on. */
  const allStand = Effect.fnUntraced(function* (where: Fragment, ids: ReadonlyArray<string>, stands: Fragment) {
    for (const part of chunksOf(ids.toSorted())) {
      const found = yield* sql`
        SELECT item_id FROM ${items} WHERE ${where} AND ${sql.in("item_id", part)} AND ${stands}
        ORDER BY item_id ${Dialect.forUpdate(sql)}`
      if (found.length !== part.length) return false
    }
    return true
  })

  /** Changes items all or none. */
  const changeAll = Effect.fnUntraced(function* (
    where: Fragment,
    wanted: ReadonlyArray<string>,
    stands: Fragment,
    change: Fragment
  ) {
    const ids = [...new Set(wanted)]
    if (!(yield* allStand(where, ids, stands))) return false
    for (const part of chunksOf(ids)) {
      yield* sql`UPDATE ${items} SET ${change} WHERE ${where} AND ${sql.in("item_id", part)}`
    }
    return true
  })

  const rowOf = Effect.fnUntraced(function* (match: SettlementMatch) {
    return {
      tenant: match.tenant,
      match_id: match.id,
      account_id: match.accountId,
      undone: match.undone === null ? 0 : 1,
      content: yield* encodeMatch(match)
    }
  })

  const isOpen = sql`state = 'open'`
  const reopened = sql`state = 'open', match_id = NULL, aside = NULL, automatic = 0`

  return {
    match: Effect.fn("SqlReconciliationStore.match")(function* (all) {
      const [first] = all
      if (first === undefined) return true
      const where = ofAccount(sql, first.tenant, first.accountId)
      const pairs = all.flatMap(({ entries, id, lines }) => [...lines, ...entries].map((item) => [item, id] as const))
      const ids = new Set<string>(pairs.map(([item]) => item))
      if (ids.size !== pairs.length || !(yield* allStand(where, [...ids], isOpen))) return false
      for (const part of chunksOf(all)) {
        const rows = yield* Effect.forEach(part, rowOf)
        yield* sql`INSERT INTO ${matches} ${sql.insert(rows)}`
      }
      for (const part of chunksOf(pairs)) {
        // Both databases name the columns of values so.
        yield* sql`
          UPDATE ${items} SET state = 'matched', match_id = taken.column2
          FROM (VALUES ${sql.csv(part.map(([item, id]) => sql`(${item}, ${id})`))}) AS taken
          WHERE ${where} AND item_id = taken.column1`
      }
      return true
    }, Effect.orDie),
    unmatch: Effect.fn("SqlReconciliationStore.unmatch")(function* (undone) {
      const changed = { undone: 1, content: yield* encodeMatch(undone) }
      const written = yield* sql`
        UPDATE ${matches} SET ${sql.update(changed)}
        WHERE ${ofAccount(sql, undone.tenant, undone.accountId)} AND match_id = ${undone.id} AND undone = 0
        RETURNING match_id`
      if (written.length === 0) return false
      const isIn = sql`match_id = ${undone.id}`
      const ids = [...undone.lines, ...undone.entries]
      return yield* changeAll(ofAccount(sql, undone.tenant, undone.accountId), ids, isIn, reopened)
    }, Effect.orDie),
    findMatch: Effect.fn("SqlReconciliationStore.findMatch")(function* (tenant, id) {
      const rows = yield* sql`SELECT content FROM ${matches} WHERE tenant = ${tenant} AND match_id = ${id}`
      return Option.fromNullishOr((yield* matchesOf(rows))[0])
    }, Effect.orDie),
    listMatches: Effect.fn("SqlReconciliationStore.listMatches")(function* (tenant, accountId, filter, page) {
      const query = matchesQuery(tenant, accountId, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const conditions = [
        ofAccount(sql, tenant, accountId),
        ...(filter.undone === undefined ? [] : [sql`undone = ${filter.undone ? 1 : 0}`]),
        ...(typeof before === "string" ? [sql`match_id < ${before}`] : [])
      ]
      const rows = yield* Effect.orDie(sql`
        SELECT content FROM ${matches} WHERE ${sql.and(conditions)}
        ORDER BY match_id DESC LIMIT ${Page.limitOf(page) + 1}`)
      return Page.pageOf(query, page, yield* Effect.orDie(matchesOf(rows)), ({ id }) => [id])
    }),
    setAside: Effect.fn("SqlReconciliationStore.setAside")(function* (tenant, accountId, ids, aside) {
      const change = sql`state = 'setAside', aside = ${yield* encodeAside(aside)}`
      return yield* changeAll(ofAccount(sql, tenant, accountId), ids, isOpen, change)
    }, Effect.orDie),
    takeBack: Effect.fn("SqlReconciliationStore.takeBack")(function* (tenant, accountId, ids) {
      return yield* changeAll(ofAccount(sql, tenant, accountId), ids, sql`state = 'setAside'`, reopened)
    }, Effect.orDie)
  } satisfies Partial<Store>
}

const makeReviews = (sql: SqlClient.SqlClient) => {
  const reviews = sql(tables.reviews)
  return {
    addReviews: Effect.fn("SqlReconciliationStore.addReviews")(function* (all) {
      for (const part of chunksOf(all)) {
        const rows = yield* Effect.forEach(part, (review) =>
          Effect.map(encodeReview(review), (content) => ({
            tenant: review.tenant,
            account_id: review.accountId,
            review_id: review.id,
            content
          }))
        )
        yield* sql`INSERT INTO ${reviews} ${sql.insert(rows)}`
      }
    }, Effect.orDie),
    endReviews: Effect.fn("SqlReconciliationStore.endReviews")(function* (tenant, accountId, ids) {
      for (const part of chunksOf(ids)) {
        yield* sql`
          DELETE FROM ${reviews} WHERE ${ofAccount(sql, tenant, accountId)} AND ${sql.in("review_id", part)}`
      }
    }, Effect.orDie),
    reviews: Effect.fn("SqlReconciliationStore.reviews")(function* (tenant, accountId) {
      return yield* reviewsOf(
        yield* sql`SELECT content FROM ${reviews} WHERE ${ofAccount(sql, tenant, accountId)} ORDER BY review_id`
      )
    }, Effect.orDie)
  } satisfies Partial<Store>
}

/** Reconciliation in any SQL database of which Effect has a client. Run `Migrations` first. */
export const layer: Layer.Layer<ReconciliationStore, never, SqlClient.SqlClient> = Layer.effect(
  ReconciliationStore,
  Effect.map(SqlClient.SqlClient, (sql) =>
    ReconciliationStore.of({
      ...makeAccounts(sql),
      ...makeItems(sql),
      ...makeMatches(sql),
      ...makeReviews(sql)
    })
  )
)
