/**
 * The checks of a `ReconciliationStore` on matches, and on what keeps tenants and transactions apart.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import type { SettlementAccount } from "saldo/banking/SettlementAccount"
import type { ItemFacts } from "saldo/banking/SettlementItem"
import type { SettlementReview } from "saldo/banking/SettlementMatch"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { Check } from "../Check.ts"
import {
  accountText,
  added,
  allPages,
  check,
  entryOf,
  lineOf,
  matchOf,
  matchText,
  noon,
  open,
  reviewText,
  sek,
  stands,
  type Store,
  texts,
  undoneOf
} from "./settlementSamples.ts"

/** Matches, items set aside, and reviews. */
export const matching: ReadonlyArray<Check<ReconciliationStore | Atomic>> = [
  check("match", "takes all items of a match or none, and keeps the match exactly", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const line = yield* lineOf(account)
      const [first, second, third] = [yield* entryOf(account), yield* entryOf(account), yield* entryOf(account)]
      yield* store.addItems([line, first, second, third])
      const match = yield* matchOf(account, [line], [first, second])
      expect(yield* atomic.runLocking(store.match([match]))).toBe(true)
      expect(Option.map(yield* store.findMatch(tenant, match.id), matchText)).toEqual(Option.some(matchText(match)))
      const taken = { state: "matched", matchId: match.id, automatic: true }
      for (const item of [line, first, second]) expect(yield* stands(subject, item)).toEqual(taken)
      const more = yield* matchOf(account, [], [third, second])
      expect(yield* atomic.runLocking(store.match([more]))).toBe(false)
      expect(yield* store.findMatch(tenant, more.id)).toEqual(Option.none())
      expect(yield* stands(subject, third)).toMatchObject({ state: "open" })
      const overlap = yield* matchOf(account, [], [third, yield* entryOf(account)])
      expect(yield* atomic.runLocking(store.match([overlap, overlap]))).toBe(false)
      const unknown = yield* matchOf(account, [yield* lineOf(account)], [third])
      expect(yield* atomic.runLocking(store.match([unknown]))).toBe(false)
      expect(yield* stands(subject, third)).toMatchObject({ state: "open" })
      expect(yield* stands(subject, second)).toEqual(taken)
    })
  ),
  check("matches-together", "writes many matches of an account together, or none of them", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const other = yield* added(subject, { currency: "EUR" })
      const lines = yield* Effect.replicateEffect(lineOf(account), 700)
      const entries = yield* Effect.replicateEffect(entryOf(account), 700)
      const same = yield* Effect.forEach([...lines, ...entries], (item) =>
        Effect.succeed({ ...item, accountId: other.id })
      )
      yield* store.addItems([...lines, ...entries, ...same])
      const matches = yield* Effect.forEach(lines, (line, index) =>
        matchOf(account, [line], entries.slice(index, index + 1))
      )
      const [first] = matches
      if (first === undefined) return
      const twice = { ...first, id: yield* Id.make("rmat"), entries: [] }
      expect(yield* atomic.runLocking(store.match([...matches, twice]))).toBe(false)
      expect(yield* store.openItems(tenant, account.id)).toHaveLength(1400)
      expect(yield* atomic.runLocking(store.match([]))).toBe(true)
      expect(yield* atomic.runLocking(store.match(matches))).toBe(true)
      expect(yield* store.openItems(tenant, account.id)).toEqual([])
      expect(yield* store.openItems(tenant, other.id)).toHaveLength(1400)
      for (const match of [first, ...matches.slice(-1)]) {
        const items = yield* store.findItems(tenant, account.id, [...match.lines, ...match.entries])
        expect(items.map(({ matchId }) => matchId)).toEqual([match.id, match.id])
        expect(Option.map(yield* store.findMatch(tenant, match.id), matchText)).toEqual(Option.some(matchText(match)))
      }
      expect(yield* store.findMatch(tenant, twice.id)).toEqual(Option.none())
    })
  ),
  check("one-match", "lets one of many concurrent matches have an item", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const wanted = yield* lineOf(account)
      const entries = yield* Effect.replicateEffect(entryOf(account), 8)
      yield* store.addItems([wanted, ...entries])
      const won = yield* Effect.forEach(
        entries,
        Effect.fnUntraced(function* (entry) {
          const match = yield* matchOf(account, [wanted], [entry])
          return (yield* atomic.runLocking(store.match([match]))) ? [match] : []
        }),
        { concurrency: "unbounded" }
      )
      expect(won.flat()).toHaveLength(1)
      const standing = yield* store.listMatches(tenant, account.id, {}, {})
      expect(standing.items.map(matchText)).toEqual(won.flat().map(matchText))
      expect((yield* store.openItems(tenant, account.id)).map(({ facts }) => facts.id)).toHaveLength(7)
    })
  ),
  check("unmatch", "gives the items of a match back once, for persons only, and keeps who undid it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const line = yield* lineOf(account)
      const entry = yield* entryOf(account)
      yield* store.addItems([line, entry])
      const match = yield* matchOf(account, [line], [entry])
      expect(yield* atomic.runLocking(store.unmatch(undoneOf(match)))).toBe(false)
      yield* atomic.runLocking(store.match([match]))
      expect(yield* atomic.runLocking(store.unmatch(undoneOf(match)))).toBe(true)
      expect(yield* atomic.runLocking(store.unmatch({ ...undoneOf(match), comment: "again" }))).toBe(false)
      const found = yield* store.findMatch(tenant, match.id)
      expect(Option.map(found, matchText)).toEqual(Option.some(matchText(undoneOf(match))))
      const free = { state: "open", matchId: null, automatic: false }
      for (const item of [line, entry]) expect(yield* stands(subject, item)).toEqual(free)
      const again = yield* matchOf(account, [line], [entry])
      expect(yield* atomic.runLocking(store.match([again]))).toBe(true)
      expect(yield* stands(subject, line)).toMatchObject({ state: "matched", matchId: again.id })
    })
  ),
  check("matches", "lists matches newest first, page by page, undone or standing", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const other = yield* added(subject, { currency: "EUR" })
      const make = Effect.fnUntraced(function* (of: SettlementAccount) {
        const line = yield* lineOf(of)
        const entry = yield* entryOf(of)
        yield* store.addItems([line, entry])
        const match = yield* matchOf(of, [line], [entry])
        yield* atomic.runLocking(store.match([match]))
        return match
      })
      const [a, b, c, d] = [yield* make(account), yield* make(account), yield* make(account), yield* make(account)]
      yield* make(other)
      yield* atomic.runLocking(store.unmatch(undoneOf(b)))
      const ids = (filter: Parameters<Store["listMatches"]>[2]) =>
        Effect.map(
          allPages((page) => store.listMatches(tenant, account.id, filter, page)),
          (all) => all.map(({ id }) => id)
        )
      expect(yield* ids({})).toEqual([d.id, c.id, b.id, a.id])
      expect(yield* ids({ undone: true })).toEqual([b.id])
      expect(yield* ids({ undone: false })).toEqual([d.id, c.id, a.id])
    })
  ),
  check("aside", "sets open items aside and takes them back for persons only, all or none", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const [line, entry, matched] = [yield* lineOf(account), yield* entryOf(account), yield* entryOf(account)]
      const partner = yield* lineOf(account)
      yield* store.addItems([line, entry, matched, partner])
      yield* atomic.runLocking(store.match([yield* matchOf(account, [partner], [matched])]))
      const aside = { reason: "the bank's mistake", by: "officer", at: noon }
      const set = (...all: ReadonlyArray<ItemFacts>) =>
        atomic.runLocking(
          store.setAside(
            tenant,
            account.id,
            all.map(({ id }) => id),
            aside
          )
        )
      expect(yield* set(line, matched)).toBe(false)
      expect(yield* stands(subject, line)).toMatchObject({ state: "open" })
      expect(yield* set(line, entry)).toBe(true)
      expect(yield* set(line)).toBe(false)
      const found = yield* store.findItems(tenant, account.id, [line.id])
      expect(texts(found)).toEqual(texts([{ ...open(line), state: "setAside", aside }]))
      const match = yield* matchOf(account, [line], [entry])
      expect(yield* atomic.runLocking(store.match([match]))).toBe(false)
      const back = (...all: ReadonlyArray<ItemFacts>) =>
        atomic.runLocking(
          store.takeBack(
            tenant,
            account.id,
            all.map(({ id }) => id)
          )
        )
      expect(yield* back(line, matched)).toBe(false)
      expect(yield* back(line)).toBe(true)
      expect(texts(yield* store.findItems(tenant, account.id, [line.id]))).toEqual(
        texts([{ ...open(line), automatic: false }])
      )
      expect(yield* stands(subject, entry)).toMatchObject({ state: "setAside" })
    })
  ),
  check("reviews", "keeps reviews until they end, by id", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const account = yield* added(subject)
      const reviewOf = Effect.fnUntraced(function* () {
        const review: SettlementReview = {
          id: yield* Id.make("rrev"),
          tenant,
          accountId: account.id,
          reason: "amountDiffers",
          rule: "reference",
          lines: [yield* Id.make("line")],
          entries: [yield* Id.make("entry"), yield* Id.make("entry")],
          difference: sek(-(2n ** 62n))
        }
        return review
      })
      const [a, b, c] = [yield* reviewOf(), yield* reviewOf(), yield* reviewOf()]
      yield* store.addReviews([c, a])
      yield* store.addReviews([b])
      yield* store.addReviews([])
      expect((yield* store.reviews(tenant, account.id)).map(reviewText)).toEqual([a, b, c].map(reviewText))
      yield* store.endReviews(tenant, account.id, [a.id, yield* Id.make("rrev"), c.id])
      yield* store.endReviews(tenant, account.id, [])
      expect((yield* store.reviews(tenant, account.id)).map(reviewText)).toEqual([reviewText(b)])
    })
  )
]

/** Other tenants, and transactions that fail. */
export const apart: ReadonlyArray<Check<ReconciliationStore | Atomic>> = [
  check("tenants", "shows no tenant another's rows, and changes none of them", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const other = `${tenant}2`
      const line = yield* lineOf(account)
      const entry = yield* entryOf(account)
      yield* store.addItems([line, entry])
      expect(yield* store.findAccount(other, account.id)).toEqual(Option.none())
      expect(yield* store.accounts(other)).toEqual([])
      expect(yield* atomic.runLocking(store.lockAccounts(other, [account.id]))).toEqual([])
      expect(yield* store.saveAccount({ ...account, tenant: other })).toBe(false)
      expect(yield* store.openItems(other, account.id)).toEqual([])
      expect(yield* store.findItems(other, account.id, [line.id])).toEqual([])
      expect((yield* store.listItems(other, account.id, {}, {})).items).toEqual([])
      expect(yield* store.sums(other, account.id)).toEqual([])
      const match = yield* matchOf(account, [line], [entry])
      expect(yield* atomic.runLocking(store.match([{ ...match, tenant: other }]))).toBe(false)
      yield* atomic.runLocking(store.match([match]))
      expect(yield* store.findMatch(other, match.id)).toEqual(Option.none())
      expect((yield* store.listMatches(other, account.id, {}, {})).items).toEqual([])
      expect(yield* atomic.runLocking(store.unmatch({ ...undoneOf(match), tenant: other }))).toBe(false)
      expect(yield* atomic.runLocking(store.takeBack(other, account.id, [line.id]))).toBe(false)
      expect(yield* stands(subject, line)).toMatchObject({ state: "matched" })
      // The same id in another tenant is another account.
      expect(yield* store.insertAccount({ ...account, tenant: other, statements: 3 })).toBe(true)
      expect(accountText(Option.getOrThrow(yield* store.findAccount(tenant, account.id)))).toBe(accountText(account))
    })
  ),
  check("rollback", "takes part in a transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store, tenant } = subject
      const account = yield* added(subject)
      const line = yield* lineOf(account)
      const entry = yield* entryOf(account)
      yield* store.addItems([line])
      const match = yield* matchOf(account, [line], [entry])
      yield* store
        .saveAccount({ ...account, statements: 1 })
        .pipe(
          Effect.andThen(store.addItems([entry])),
          Effect.andThen(store.match([match])),
          Effect.andThen(Effect.fail("refused")),
          atomic.runLocking,
          Effect.flip
        )
      expect(Option.getOrThrow(yield* store.findAccount(tenant, account.id)).statements).toBe(0)
      expect(yield* stands(subject, line)).toEqual({ state: "open", matchId: null, automatic: true })
      expect(yield* stands(subject, entry)).toBe(null)
      expect(yield* store.findMatch(tenant, match.id)).toEqual(Option.none())
    })
  )
]
