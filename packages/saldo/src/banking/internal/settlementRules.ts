/**
 * Lets the rules match what is open on a settlement account, and keeps what is left for a person to decide.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import { Actor } from "../../core/Actor.ts"
import * as Id from "../../core/Id.ts"
import { differenceOf } from "../matchExplanation.ts"
import type { ReconciliationItem, ReconciliationOptions } from "../Reconciliation.ts"
import type { ReconciliationStore } from "../ReconciliationStore.ts"
import type { SettlementAccount } from "../SettlementAccount.ts"
import type {
  BookEntryItem,
  ItemFacts,
  SettlementItem,
  SettlementItemId,
  StatementLineItem
} from "../SettlementItem.ts"
import { matchSettlement } from "../settlementMatching.ts"
import type { SettlementMatch, SettlementReview } from "../SettlementMatch.ts"

/** An item as the rules look at it. */
export const comparable = ({ amount, counterparty, endToEndId, id, on, reference }: ItemFacts): ReconciliationItem => ({
  id,
  amount,
  on,
  ...(reference === null ? {} : { reference }),
  ...(endToEndId === null ? {} : { endToEndId }),
  ...(counterparty === null ? {} : { counterparty: Redacted.value(counterparty) })
})

/** The match as the trail shows it: what a person wrote may be about somebody. */
const shown = ({ agreed, byPerson, comment, differed, entries, lines, rule, score, undone }: SettlementMatch) => ({
  rule,
  lines,
  entries,
  agreed,
  differed,
  score,
  byPerson,
  ...(comment === null ? {} : { comment }),
  ...(undone === null ? {} : { undone: undone.reason })
})

/** What is recorded of a match. */
export const matchRecord = (
  action: AuditEntry["action"],
  before: SettlementMatch | null,
  after: SettlementMatch
): AuditEntry => ({
  action,
  subject: { type: "settlement-match", id: after.id },
  changes: changes(before === null ? null : shown(before), shown(after), {
    "/comment": "personal",
    "/undone": "personal"
  })
})

interface Rules {
  readonly audit: AuditTrail["Service"]
  readonly store: ReconciliationStore["Service"]
}

/** The same review has the same text. */
const reviewText = ({ entries, lines, reason, rule }: SettlementReview): string =>
  JSON.stringify([reason, rule, lines, entries])

/** What the rules may match, by id. */
const makeOpen = (items: ReadonlyArray<SettlementItem>) => {
  const facts = items.flatMap((item) => (item.automatic ? [item.facts] : []))
  const lines = facts.filter((item) => item._tag === "Line")
  const entries = facts.filter((item) => item._tag === "Entry")
  const lineById = new Map<string, StatementLineItem>(lines.map((line) => [line.id, line]))
  const entryById = new Map<string, BookEntryItem>(entries.map((entry) => [entry.id, entry]))
  return {
    lines: lines.map((line) => ({
      ...comparable(line),
      parts: line.parts.map(({ amount, endToEndId }) => ({ amount: amount.amount, endToEndId }))
    })),
    entries: entries.map((entry) => ({ ...comparable(entry), reverses: entry.reverses })),
    linesOf: (ids: ReadonlyArray<string>) => ids.flatMap((id) => lineById.get(id) ?? []),
    entriesOf: (ids: ReadonlyArray<string>) => ids.flatMap((id) => entryById.get(id) ?? [])
  }
}

const idsOf = <Item extends { readonly id: string }>(items: ReadonlyArray<Item>): ReadonlyArray<Item["id"]> =>
  items.map(({ id }) => id)

const amountsOf = (items: ReadonlyArray<ItemFacts>) => items.map(({ amount }) => amount)

/** Works on one account, which is locked. */
export const makeRules = ({ audit, store }: Rules, options: ReconciliationOptions) => {
  const write = Effect.fnUntraced(function* (matches: ReadonlyArray<SettlementMatch>) {
    const taken = yield* store.match(matches)
    if (!taken) return yield* Effect.die(new RangeError("A line or entry was taken while its account was locked"))
    const drafts = yield* Effect.forEach(matches, (match) =>
      audit.draft(matchRecord("banking.match-statement", null, match))
    )
    yield* audit.append(drafts)
  })

  /** Ends the reviews that are no longer found, keeps those that are found again, and adds the others. */
  const review = Effect.fnUntraced(function* (account: SettlementAccount, wanted: ReadonlyArray<SettlementReview>) {
    const { id: accountId, tenant } = account
    const known = new Map((yield* store.reviews(tenant, accountId)).map((each) => [reviewText(each), each.id]))
    const still = new Set(wanted.map(reviewText))
    const over = [...known].flatMap(([text, id]) => (still.has(text) ? [] : [id]))
    const fresh = wanted.filter((each) => !known.has(reviewText(each)))
    if (over.length + fresh.length === 0) return
    yield* store.endReviews(tenant, accountId, over)
    yield* store.addReviews(fresh)
    yield* audit.record({
      action: "banking.review-statement",
      subject: { type: "settlement-account", id: accountId },
      changes: changes(
        { reviews: known.size },
        { reviews: wanted.length, added: fresh.map(({ id }) => id), ended: over }
      )
    })
  })

  /** Matches what has one reading only; gives the matches made, recorded. */
  const run = Effect.fn("StatementReconciliation.rules")(function* (account: SettlementAccount) {
    const { currency, id: accountId, tenant } = account
    const open = makeOpen(yield* store.openItems(tenant, accountId))
    const found = Result.getOrThrow(matchSettlement(open.lines, open.entries, options))
    const [madeBy, madeAt] = [(yield* Actor).id, yield* DateTime.now]
    const matches = yield* Effect.forEach(
      found.matches,
      Effect.fnUntraced(function* ({ agreed, differed, expected, lines, rule, score }) {
        const match: SettlementMatch = {
          id: yield* Id.make("rmat"),
          tenant,
          accountId,
          rule,
          lines: idsOf(open.linesOf(lines)),
          entries: idsOf(open.entriesOf(expected)),
          agreed,
          differed,
          score,
          byPerson: false,
          comment: null,
          madeBy,
          madeAt,
          undone: null
        }
        return match
      })
    )
    const reviews = yield* Effect.forEach(
      found.reviews,
      Effect.fnUntraced(function* ({ expected, lines: ids, reason, rule }) {
        const [lines, entries] = [open.linesOf(ids), open.entriesOf(expected)]
        const difference = differenceOf(currency, amountsOf(lines), amountsOf(entries))
        const sides = { lines: idsOf(lines), entries: idsOf(entries) }
        const made: SettlementReview = {
          id: yield* Id.make("rrev"),
          tenant,
          accountId,
          reason,
          rule,
          ...sides,
          difference
        }
        return made
      })
    )
    yield* write(matches)
    yield* review(account, reviews)
    return matches
  })

  /** Ends the reviews that name what was taken. */
  const endReviewsOf = Effect.fnUntraced(function* (
    account: SettlementAccount,
    taken: ReadonlyArray<SettlementItemId>
  ) {
    const gone = new Set<string>(taken)
    const known = yield* store.reviews(account.tenant, account.id)
    const over = known.filter(({ entries, lines }) => [...lines, ...entries].some((id) => gone.has(id)))
    yield* store.endReviews(account.tenant, account.id, idsOf(over))
  })

  return { endReviewsOf, run }
}
