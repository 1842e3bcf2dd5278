/**
 * What a person does about lines and entries: match, set aside, write off, and undo. Each is part of the caller's
 * transaction.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import { Actor, asSystem } from "../../core/Actor.ts"
import { CommandKey } from "../../core/Command.ts"
import * as Id from "../../core/Id.ts"
import type { EntryId } from "../../ledger/JournalEntry.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import * as Money from "../../money/Money.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import type { BankBooks } from "../BankBooks.ts"
import type { BankCalendar } from "../BankCalendar.ts"
import { candidatesOf, matchOf } from "../matchEvidence.ts"
import { checkMatch } from "../matchExplanation.ts"
import type { ReconciliationStore } from "../ReconciliationStore.ts"
import type { SettlementAccount, SettlementAccountId } from "../SettlementAccount.ts"
import type { ReviewAcceptance, SettingAside, TakingBack, WritingOff } from "../SettlementCommand.ts"
import type { ItemFacts, ItemState, SettlementItemId, StatementLineId } from "../SettlementItem.ts"
import type { MatchRule, SettlementMatch, SettlementMatchId } from "../SettlementMatch.ts"
import * as Refusal from "../SettlementRefusal.ts"
import { ledgerKey } from "./depositAccess.ts"
import { moving } from "./ledgerLines.ts"
import { isBookingRefusal } from "./settlementCommands.ts"
import type { makeTakeOver } from "./settlementEntries.ts"
import { comparable, type makeRules, matchRecord } from "./settlementRules.ts"

interface Acting {
  readonly audit: AuditTrail["Service"]
  readonly bankBooks: BankBooks["Service"]
  readonly calendar: BankCalendar["Service"]
  readonly ledger: Ledger["Service"]
  readonly store: ReconciliationStore["Service"]
  readonly rules: ReturnType<typeof makeRules>
  readonly takeOver: ReturnType<typeof makeTakeOver>
}

interface Sides {
  readonly lines: ReadonlyArray<StatementLineId>
  readonly entries: ReadonlyArray<EntryId>
}

interface About {
  readonly action: AuditEntry["action"]
  readonly rule: MatchRule
  readonly comment: string | null
}

type StandingRefusal = Refusal.SettlementItemNotFound | Refusal.SettlementItemUnfit

const unique = <A>(all: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(all)]

const amountsOf = (facts: ReadonlyArray<ItemFacts>) => facts.map(({ amount }) => amount)

/** What agrees between two sides, whoever says that they belong together. */
const evidenceOf = (lines: ReadonlyArray<ItemFacts>, entries: ReadonlyArray<ItemFacts>) => {
  if (lines.length === 0 || entries.length === 0) return { agreed: [], differed: [], score: null }
  const [ours, theirs] = [candidatesOf(lines.map(comparable)), candidatesOf(entries.map(comparable))]
  const { agreed, differed, score } = matchOf("reference", { lines: ours, expected: theirs })
  return { agreed, differed, score }
}

const impossible = (what: string) => Effect.die(new RangeError(`${what} changed while its account was locked`))

/** The acts on accounts that they lock. */
export const makeActs = ({ audit, bankBooks, calendar, ledger, rules, store, takeOver }: Acting) => {
  const lock = Effect.fnUntraced(function* (accountId: SettlementAccountId) {
    const [account] = yield* store.lockAccounts((yield* Actor).tenant, [accountId])
    return account ?? (yield* new Refusal.SettlementAccountNotFound({ accountId }))
  })

  /** Items in the order of their ids, which must all be there and stand as expected. */
  const standing = Effect.fnUntraced(function* (
    { id: accountId, tenant }: SettlementAccount,
    ids: ReadonlyArray<SettlementItemId>,
    expected: ItemState
  ) {
    const found = yield* store.findItems(tenant, accountId, ids)
    const byId = new Map<string, (typeof found)[number]>(found.map((item) => [item.facts.id, item]))
    return yield* Effect.forEach(ids, (itemId): Effect.Effect<ItemFacts, StandingRefusal> => {
      const item = byId.get(itemId)
      if (item === undefined) return new Refusal.SettlementItemNotFound({ itemId })
      const { facts, matchId, state } = item
      return state === expected
        ? Effect.succeed(facts)
        : new Refusal.SettlementItemUnfit({ itemId, state, expected, matchId })
    })
  })

  const match = Effect.fnUntraced(function* (account: SettlementAccount, sides: Sides, about: About) {
    const { action, comment, rule } = about
    const [lines, entries] = [unique(sides.lines), unique(sides.entries)]
    const ids = [...lines, ...entries]
    const facts = yield* standing(account, ids, "open")
    const [ours, theirs] = [facts.slice(0, lines.length), facts.slice(lines.length)]
    yield* Effect.fromResult(checkMatch(account.currency, amountsOf(ours), amountsOf(theirs)))
    const made: SettlementMatch = {
      id: yield* Id.make("rmat"),
      tenant: account.tenant,
      accountId: account.id,
      rule,
      lines,
      entries,
      ...evidenceOf(ours, theirs),
      byPerson: rule !== "reversal",
      comment,
      madeBy: (yield* Actor).id,
      madeAt: yield* DateTime.now,
      undone: null
    }
    const taken = yield* store.match([made])
    if (!taken) return yield* impossible("A line or entry")
    yield* rules.endReviewsOf(account, ids)
    yield* audit.record(matchRecord(action, null, made))
    return made.id
  })

  const accept = Effect.fnUntraced(function* (input: ReviewAcceptance) {
    const { accountId, comment = null, reviewId } = input
    const account = yield* lock(accountId)
    const review = (yield* store.reviews(account.tenant, accountId)).find(({ id }) => id === reviewId)
    if (review === undefined) return yield* new Refusal.ReviewNotFound({ reviewId })
    const { entries = review.entries, lines = review.lines } = input
    const stranger =
      lines.find((id) => !review.lines.includes(id)) ?? entries.find((id) => !review.entries.includes(id))
    if (stranger !== undefined) return yield* new Refusal.ReviewChoiceInvalid({ reviewId, itemId: stranger })
    return yield* match(account, { lines, entries }, { action: "banking.accept-review", rule: review.rule, comment })
  })

  const writeOff = Effect.fnUntraced(function* (key: CommandKey, { accountId, lineId, reason }: WritingOff) {
    const account = yield* lock(accountId)
    const { currency, ledgerAccountId, tenant } = account
    const [line] = yield* standing(account, [lineId], "open")
    if (line === undefined) return yield* impossible("A line")
    if (Money.isZero(line.amount)) return yield* new Refusal.NothingToWriteOff({ lineId })
    const differences = yield* bankBooks.account(tenant, "reconciliation-differences", currency)
    const { _tag, ...post } = moving(ledgerAccountId, differences.id, line.amount, {
      code: "write-off",
      description: "Difference of a bank statement written off",
      valueOn: LocalDate.min(line.on, yield* calendar.today),
      metadata: { line: lineId }
    })
    const entry = yield* ledger.post({ key: ledgerKey("banking.write-off", key), ...post }).pipe(
      asSystem(tenant),
      // What no caller can do anything about is a defect.
      Effect.catchIf(
        (error) => !isBookingRefusal(error),
        (error) => Effect.die(error)
      )
    )
    const about = { action: "banking.write-off", rule: "writeOff", comment: reason } as const
    // The entry is among those that are taken over now.
    return yield* match(yield* takeOver(account), { lines: [lineId], entries: [entry.id] }, about).pipe(
      Effect.catchTag(["MatchShapeInvalid", "MatchUnbalanced"], (wrong) => Effect.die(wrong))
    )
  })

  /** Takes the entry of a write-off back, so that nothing of it is left to be matched. */
  const takeOffBack = Effect.fnUntraced(function* (account: SettlementAccount, undone: SettlementMatch) {
    for (const entryId of undone.entries) {
      yield* ledger.reverse({ key: ledgerKey("banking.undo-match", CommandKey.make(undone.id)), entryId }).pipe(
        asSystem(account.tenant),
        // Somebody has done so in the ledger.
        Effect.catchTag("AlreadyReversed", () => Effect.void),
        Effect.catchIf(
          (error) => !isBookingRefusal(error),
          (error) => Effect.die(error)
        )
      )
      const after = yield* takeOver(account)
      const open = yield* store.openItems(account.tenant, account.id)
      const reversal = open.find(({ facts }) => facts._tag === "Entry" && facts.reverses === entryId)?.facts
      if (reversal?._tag !== "Entry") continue
      const about = { action: "banking.match-statement", rule: "reversal", comment: null } as const
      yield* Effect.orDie(match(after, { lines: [], entries: [entryId, reversal.id] }, about))
    }
  })

  const found = Effect.fnUntraced(function* (matchId: SettlementMatchId) {
    const { tenant } = yield* Actor
    return (
      Option.getOrUndefined(yield* store.findMatch(tenant, matchId)) ?? (yield* new Refusal.MatchNotFound({ matchId }))
    )
  })

  const undo = Effect.fnUntraced(function* (matchId: SettlementMatchId, reason: string) {
    const { accountId } = yield* found(matchId)
    const account = yield* Effect.orDie(lock(accountId))
    const before = yield* found(matchId)
    if (before.undone !== null) return yield* new Refusal.MatchUndone({ matchId })
    const after: SettlementMatch = { ...before, undone: { by: (yield* Actor).id, at: yield* DateTime.now, reason } }
    const done = yield* store.unmatch(after)
    if (!done) return yield* impossible("A match")
    yield* audit.record(matchRecord("banking.undo-match", before, after))
    if (before.rule === "writeOff") yield* takeOffBack(account, after)
    return matchId
  })

  const recordOf = (account: SettlementAccount, action: AuditEntry["action"], what: object): AuditEntry => ({
    action,
    subject: { type: "settlement-account", id: account.id },
    changes: changes(null, what, { "/reason": "personal" })
  })

  const setAside = Effect.fnUntraced(function* ({ accountId, items: wanted, reason }: SettingAside) {
    const account = yield* lock(accountId)
    const items = unique(wanted)
    yield* standing(account, items, "open")
    const aside = { reason, by: (yield* Actor).id, at: yield* DateTime.now }
    const done = yield* store.setAside(account.tenant, accountId, items, aside)
    if (!done) return yield* impossible("A line or entry")
    yield* rules.endReviewsOf(account, items)
    yield* audit.record(recordOf(account, "banking.set-aside", { items, reason }))
  })

  const takeBack = Effect.fnUntraced(function* ({ accountId, items: wanted }: TakingBack) {
    const account = yield* lock(accountId)
    const items = unique(wanted)
    yield* standing(account, items, "setAside")
    const done = yield* store.takeBack(account.tenant, accountId, items)
    if (!done) return yield* impossible("A line or entry")
    yield* audit.record(recordOf(account, "banking.take-back", { items }))
  })

  return { accept, found, lock, match, setAside, takeBack, undo, writeOff }
}
