/**
 * Settlement accounts, statements and items in memory.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MemoryTable from "../../core/MemoryTable.ts"
import * as Page from "../../core/Page.ts"
import type { ReconciliationStore } from "../ReconciliationStore.ts"
import type { SettlementAccount, SettlementAccountId, SettlementStatement } from "../SettlementAccount.ts"
import { itemsQuery, matchesQuery, type SettlementSum, statementsQuery } from "../SettlementFilter.ts"
import { type Aside, type SettlementItem, sideOf } from "../SettlementItem.ts"
import type { SettlementMatch, SettlementMatchId, SettlementReview } from "../SettlementMatch.ts"

type Store = ReconciliationStore["Service"]

const keyOf = (...parts: ReadonlyArray<string>): string => JSON.stringify(parts)

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)

const byDayAndId = ({ facts: left }: SettlementItem, { facts: right }: SettlementItem): number =>
  compare(left.on, right.on) || compare(left.id, right.id)

interface Owned {
  readonly tenant: string
  readonly accountId: SettlementAccountId
}

const isOf =
  (tenant: string, accountId: SettlementAccountId) =>
  (row: Owned): boolean =>
    row.tenant === tenant && row.accountId === accountId

const makeAccounts = Effect.gen(function* () {
  const accounts = yield* MemoryTable.make<string, SettlementAccount>()
  const statements = yield* MemoryTable.make<string, SettlementStatement>()
  const of = (tenant: string) =>
    accounts.read((rows) => [...rows.values()].filter((account) => account.tenant === tenant))
  return {
    insertAccount: (account) =>
      accounts.modify((rows) => {
        const { currency, id, tenant } = account
        const taken = [...rows.values()].some((each) => each.tenant === tenant && each.currency === currency)
        if (taken || rows.has(keyOf(tenant, id))) return false
        rows.set(keyOf(tenant, id), account)
        return true
      }),
    findAccount: (tenant, id) => accounts.get(keyOf(tenant, id)),
    accounts: (tenant) => Effect.map(of(tenant), (all) => all.sort((a, b) => compare(a.currency, b.currency))),
    // One writer at a time holds every lock there is.
    lockAccounts: (tenant, ids) =>
      Effect.map(of(tenant), (all) => all.filter(({ id }) => ids.includes(id)).sort((a, b) => compare(a.id, b.id))),
    saveAccount: (account) =>
      Effect.map(
        accounts.update(keyOf(account.tenant, account.id), () => account),
        Option.isSome
      ),
    insertStatement: (statement) =>
      statements.insert(keyOf(statement.tenant, statement.accountId, statement.statementId), statement),
    findStatement: (tenant, accountId, statementId) => statements.get(keyOf(tenant, accountId, statementId)),
    listStatements: Effect.fnUntraced(function* (tenant, accountId, page) {
      const query = statementsQuery(tenant, accountId)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* statements.values)
        .filter(isOf(tenant, accountId))
        .filter(({ number }) => typeof before !== "number" || number < before)
        .sort((a, b) => b.number - a.number)
      return Page.pageOf(query, page, found, ({ number }) => [number])
    })
  } satisfies Partial<Store>
})

type Items = MemoryTable.MemoryTable<string, SettlementItem>

const makeItems = (items: Items) => {
  const where = (holds: (item: SettlementItem) => boolean) =>
    items.read((rows) => [...rows.values()].filter((item) => holds(item)).sort(byDayAndId))
  return {
    addItems: (all) =>
      items.modify((rows) => {
        let added = 0
        for (const facts of all) {
          const key = keyOf(facts.tenant, facts.accountId, facts.id)
          if (rows.has(key)) continue
          rows.set(key, { facts, state: "open", matchId: null, aside: null, automatic: true })
          added++
        }
        return added
      }),
    openItems: (tenant, accountId) => where(({ facts, state }) => state === "open" && isOf(tenant, accountId)(facts)),
    findItems: (tenant, accountId, ids) => {
      const wanted = new Set<string>(ids)
      return where(({ facts }) => wanted.has(facts.id) && isOf(tenant, accountId)(facts))
    },
    listItems: Effect.fnUntraced(function* (tenant, accountId, filter, page) {
      const query = itemsQuery(tenant, accountId, filter)
      const [day, id] = (yield* Page.startOf(query, page)) ?? []
      const after = typeof day === "string" && typeof id === "string" ? { day, id } : undefined
      const found = yield* where(
        ({ facts, state }) =>
          isOf(tenant, accountId)(facts) &&
          (filter.side ?? sideOf(facts)) === sideOf(facts) &&
          (filter.state ?? state) === state &&
          (filter.statementId === undefined || (facts._tag === "Line" && facts.statementId === filter.statementId)) &&
          (after === undefined || facts.on > after.day || (facts.on === after.day && facts.id > after.id))
      )
      return Page.pageOf(query, page, found, ({ facts }) => [facts.on, facts.id])
    }),
    sums: (tenant, accountId) =>
      Effect.map(
        where(({ facts }) => isOf(tenant, accountId)(facts)),
        (all) =>
          [...Map.groupBy(all, ({ facts, state }) => `${sideOf(facts)} ${state}`)]
            .sort(([a], [b]) => compare(a, b))
            .flatMap(([, [first, ...rest]]): ReadonlyArray<SettlementSum> => {
              if (first === undefined) return []
              const amount = rest.reduce((sum, { facts }) => sum + facts.amount.amount, first.facts.amount.amount)
              return [{ side: sideOf(first.facts), state: first.state, count: rest.length + 1, amount }]
            })
      )
  } satisfies Partial<Store>
}

const makeMatches = Effect.fnUntraced(function* (items: Items) {
  const matches = yield* MemoryTable.make<string, SettlementMatch>()

  /** Changes items all or none: only if each is there and stands as expected. */
  const changeAll = (
    { accountId, tenant }: Owned,
    ids: ReadonlyArray<string>,
    stands: (item: SettlementItem) => boolean,
    change: (item: SettlementItem) => SettlementItem
  ) =>
    items.modify((rows) => {
      const keys = [...new Set(ids)].map((id) => keyOf(tenant, accountId, id))
      const found = keys.flatMap((key) => rows.get(key) ?? [])
      if (found.length !== keys.length || !found.every(stands)) return false
      for (const item of found) rows.set(keyOf(tenant, accountId, item.facts.id), change(item))
      return true
    })

  const isOpen = ({ state }: SettlementItem): boolean => state === "open"
  const reopened = (item: SettlementItem): SettlementItem => ({
    ...item,
    state: "open",
    matchId: null,
    aside: null,
    automatic: false
  })

  return {
    match: Effect.fnUntraced(function* (all: ReadonlyArray<SettlementMatch>) {
      const [first] = all
      if (first === undefined) return true
      const pairs = all.flatMap(({ entries, id, lines }) => [...lines, ...entries].map((item) => [item, id] as const))
      const matchOf = new Map<string, SettlementMatchId>(pairs)
      if (matchOf.size !== pairs.length) return false
      const taken = yield* changeAll(first, [...matchOf.keys()], isOpen, (item) => ({
        ...item,
        state: "matched",
        matchId: matchOf.get(item.facts.id) ?? null
      }))
      if (taken) yield* Effect.forEach(all, (match) => matches.set(keyOf(match.tenant, match.id), match))
      return taken
    }),
    unmatch: Effect.fnUntraced(function* (undone: SettlementMatch) {
      const key = keyOf(undone.tenant, undone.id)
      const stands = yield* matches.modify((rows) => {
        if (rows.get(key)?.undone !== null) return false
        rows.set(key, undone)
        return true
      })
      if (!stands) return false
      const isIn = ({ matchId }: SettlementItem) => matchId === undone.id
      return yield* changeAll(undone, [...undone.lines, ...undone.entries], isIn, reopened)
    }),
    findMatch: (tenant, id) => matches.get(keyOf(tenant, id)),
    listMatches: Effect.fnUntraced(function* (tenant, accountId, filter, page) {
      const query = matchesQuery(tenant, accountId, filter)
      const [before] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* matches.values)
        .filter(isOf(tenant, accountId))
        .filter(({ undone }) => filter.undone === undefined || filter.undone === (undone !== null))
        .filter(({ id }) => typeof before !== "string" || id < before)
        .sort((a, b) => compare(b.id, a.id))
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    setAside: (tenant, accountId, ids, aside: Aside) =>
      changeAll({ tenant, accountId }, ids, isOpen, (item) => ({ ...item, state: "setAside", aside })),
    takeBack: (tenant, accountId, ids) =>
      changeAll({ tenant, accountId }, ids, ({ state }) => state === "setAside", reopened)
  } satisfies Partial<Store>
})

const makeReviews = Effect.gen(function* () {
  const reviews = yield* MemoryTable.make<string, SettlementReview>()
  return {
    addReviews: (all) =>
      reviews.modify((rows) => {
        for (const review of all) rows.set(keyOf(review.tenant, review.accountId, review.id), review)
      }),
    endReviews: (tenant, accountId, ids) =>
      reviews.modify((rows) => {
        for (const id of ids) rows.delete(keyOf(tenant, accountId, id))
      }),
    reviews: (tenant, accountId) =>
      Effect.map(reviews.values, (all) =>
        all.filter(isOf(tenant, accountId)).sort((left, right) => compare(left.id, right.id))
      )
  } satisfies Partial<Store>
})

/** A store in memory, which takes part in `Atomic.layerMemory`. */
export const makeMemoryReconciliation: Effect.Effect<Store> = Effect.gen(function* () {
  const items = yield* MemoryTable.make<string, SettlementItem>()
  return {
    ...(yield* makeAccounts),
    ...makeItems(items),
    ...(yield* makeMatches(items)),
    ...(yield* makeReviews)
  }
})
