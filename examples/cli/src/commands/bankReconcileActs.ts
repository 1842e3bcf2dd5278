/**
 * What a person decides in `saldo bank reconcile`: what goes together, what is left aside, what is written off.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { explainMatch } from "saldo/banking/matchExplanation"
import type { SettlementMatch } from "saldo/banking/SettlementMatch"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { matchRecord } from "../bank/reconciliation.ts"
import { CliFailure } from "../CliFailure.ts"
import { Output } from "../Output.ts"
import { bankFlags, keyFlag, keyOf, onBank } from "./bankBooks.ts"
import {
  currencyFlag,
  itemArgument,
  itemFlag,
  itemsIn,
  matchArgument,
  matchIn,
  reviewArgument,
  reviewIn,
  settlementOf
} from "./bankReconcileItems.ts"

const saying = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withDescription(description),
    Flag.filter(
      (text) => text.length >= 1 && text.length <= 500,
      () => "Use 1 to 500 characters"
    )
  )

const commentFlag = saying("comment", "Why; at most 500 characters").pipe(Flag.optional)
const reasonFlag = saying("reason", "Why; at most 500 characters")

const common = { currency: currencyFlag, key: keyFlag, ...bankFlags }

const told = Effect.fnUntraced(function* (done: string, match: SettlementMatch) {
  const output = yield* Output
  yield* output.result(
    () => matchRecord(match),
    () => `${done} ${match.id}: ${explainMatch(match)}.`
  )
})

/** `accept`: what a rule has found is right. */
export const accept = Command.make(
  "accept",
  { review: reviewArgument, item: itemFlag, comment: commentFlag, ...common },
  ({ comment, currency, item, key, review, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const reconciliation = yield* StatementReconciliation
        const { id: accountId } = yield* settlementOf(currency)
        const reviewId = yield* reviewIn(accountId, review)
        const { entries, lines } = yield* itemsIn(accountId, item)
        const match = yield* reconciliation.accept({
          key: yield* keyOf(key),
          accountId,
          reviewId,
          ...(item.length > 0 && { lines, entries }),
          ...(Option.isSome(comment) && { comment: comment.value })
        })
        yield* told("Matched", match)
      })
    )
).pipe(Command.withDescription("Accept a review, or those of its lines and entries that go together"))

/** `match`: lines and entries go together because a person says so. */
export const match = Command.make(
  "match",
  { items: Argument.atLeast(itemArgument, 2), comment: commentFlag, ...common },
  ({ comment, currency, items, key, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const reconciliation = yield* StatementReconciliation
        const { id: accountId } = yield* settlementOf(currency)
        const { entries, lines } = yield* itemsIn(accountId, items)
        const made = yield* reconciliation.match({
          key: yield* keyOf(key),
          accountId,
          lines,
          entries,
          ...(Option.isSome(comment) && { comment: comment.value })
        })
        yield* told("Matched", made)
      })
    )
).pipe(Command.withDescription("Match lines with entries that come to the same"))

const counted = (count: number): string => `${count} ${count === 1 ? "item" : "items"}`

/** `set-aside`: items that nothing goes with. */
export const setAside = Command.make(
  "set-aside",
  { items: Argument.atLeast(itemArgument, 1), reason: reasonFlag, ...common },
  ({ currency, items, key, reason, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const reconciliation = yield* StatementReconciliation
        const { id: accountId } = yield* settlementOf(currency)
        const { all } = yield* itemsIn(accountId, items)
        yield* reconciliation.setAside({ key: yield* keyOf(key), accountId, items: all, reason })
        yield* output.result(
          () => ({ items: all, state: "setAside", reason }),
          () => `${counted(all.length)} set aside.`
        )
      })
    )
).pipe(Command.withDescription("Leave lines or entries aside, so that nobody looks for their other side any more"))

/** `take-back`: items that were set aside are open again. */
export const takeBack = Command.make(
  "take-back",
  { items: Argument.atLeast(itemArgument, 1), ...common },
  ({ currency, items, key, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const reconciliation = yield* StatementReconciliation
        const { id: accountId } = yield* settlementOf(currency)
        const { all } = yield* itemsIn(accountId, items)
        yield* reconciliation.takeBack({ key: yield* keyOf(key), accountId, items: all })
        yield* output.result(
          () => ({ items: all, state: "open" }),
          () => `${counted(all.length)} open again.`
        )
      })
    )
).pipe(Command.withDescription("Open lines or entries again that were set aside"))

/** `write-off`: a line that the bank bears. */
export const writeOff = Command.make(
  "write-off",
  { item: itemArgument, reason: reasonFlag, ...common },
  ({ currency, item, key, reason, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const reconciliation = yield* StatementReconciliation
        const { id: accountId } = yield* settlementOf(currency)
        const { lines } = yield* itemsIn(accountId, [item])
        const [lineId] = lines
        if (lineId === undefined) {
          return yield* new CliFailure({
            happened: "An entry of the books is not written off.",
            remedy: "Name a line of a statement, or reverse the entry.",
            exitCode: 2
          })
        }
        const made = yield* reconciliation.writeOff({ key: yield* keyOf(key), accountId, lineId, reason })
        yield* told("Written off as", made)
      })
    )
).pipe(Command.withDescription("Book a line against the bank's account for differences"))

/** `undo`: a match that is none. */
export const undo = Command.make(
  "undo",
  { match: matchArgument, reason: reasonFlag, ...common },
  ({ currency, key, match: named, reason, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const reconciliation = yield* StatementReconciliation
        const { id } = yield* settlementOf(currency)
        const matchId = yield* matchIn(id, named)
        yield* told("Undone", yield* reconciliation.undo({ key: yield* keyOf(key), matchId, reason }))
      })
    )
).pipe(Command.withDescription("Undo a match; its lines and entries are open again, for persons only"))
