/**
 * What the commands of `saldo bank reconcile` have in common: the account of a currency, and its items, reviews and matches by
 * their ids.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import type { SettlementAccountId } from "saldo/banking/SettlementAccount"
import { SettlementItemId, StatementLineId } from "saldo/banking/SettlementItem"
import { SettlementMatchId, SettlementReviewId } from "saldo/banking/SettlementMatch"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import type { PageRequest } from "saldo/core/Page"
import { EntryId } from "saldo/ledger/JournalEntry"
import { CliFailure } from "../CliFailure.ts"
import { type Kind, named, resolved } from "./bankReferences.ts"

const kinds = {
  item: {
    prefix: "line",
    noun: "item",
    command: "saldo bank reconcile items",
    idIn: (text: string) => Schema.decodeOption(SettlementItemId)(text)
  },
  review: {
    prefix: "rrev",
    noun: "review",
    command: "saldo bank reconcile reviews",
    idIn: (text: string) => SettlementReviewId.makeOption(text)
  },
  match: {
    prefix: "rmat",
    noun: "match",
    command: "saldo bank reconcile matches",
    idIn: (text: string) => SettlementMatchId.makeOption(text)
  }
} as const

/** `--currency`: which of the bank's accounts. */
export const currencyFlag = Flag.String("currency").pipe(
  Flag.withDescription("Which of the bank's accounts with other banks; may be left out when there is one"),
  Flag.optional
)

/** The account of a currency, or the only one. */
export const settlementOf = Effect.fnUntraced(function* (currency: Option.Option<string>) {
  const accounts = yield* StatementReconciliation.use((reconciliation) => reconciliation.accounts)
  const fitting = Option.match(currency, {
    onNone: () => accounts,
    onSome: (wanted) => accounts.filter((account) => account.currency === wanted)
  })
  const [only, ...others] = fitting
  if (only !== undefined && others.length === 0) return only
  const known = accounts.map((account) => account.currency).join(", ")
  return yield* new CliFailure(
    only === undefined
      ? {
          happened: "The bank has no such account with another bank.",
          remedy:
            known === "" ? "Register it with `saldo bank reconcile register`." : `Give --currency as one of ${known}.`,
          exitCode: 1
        }
      : { happened: "The bank has several accounts.", remedy: `Give --currency as one of ${known}.`, exitCode: 2 }
  )
})

const argument = (kind: Kind<string>) =>
  Argument.String(kind.noun).pipe(
    Argument.withDescription(`The ${kind.noun}'s id, or its last eight characters`),
    Argument.filterMap(...named(kind))
  )

/** An argument that names a line or an entry. */
export const itemArgument = argument(kinds.item)

/** An argument that names a review. */
export const reviewArgument = argument(kinds.review)

/** An argument that names a match. */
export const matchArgument = argument(kinds.match)

/** A flag that names lines and entries. */
export const itemFlag = Flag.String("item").pipe(
  Flag.withMetavar("item"),
  Flag.withDescription("One of its lines or entries that go together; all when left out; any number of times"),
  Flag.filterMap(...named(kinds.item)),
  Flag.atLeast(0)
)

/** The items that texts name. */
export const itemsIn = Effect.fnUntraced(function* (id: SettlementAccountId, texts: ReadonlyArray<string>) {
  const reconciliation = yield* StatementReconciliation
  const list = (page: PageRequest) =>
    Effect.map(reconciliation.items(id, {}, page), ({ items, next }) => ({
      items: items.map(({ facts }) => ({ id: facts.id })),
      next
    }))
  const found: ReadonlyArray<SettlementItemId> = yield* Effect.forEach(texts, (text) =>
    resolved(kinds.item, text, list)
  )
  return { all: found, lines: found.filter(Schema.is(StatementLineId)), entries: found.filter(Schema.is(EntryId)) }
})

/** The review that a text names. */
export const reviewIn = (id: SettlementAccountId, text: string) =>
  StatementReconciliation.use(({ reviews }) =>
    resolved(kinds.review, text, () => Effect.map(reviews(id), (items) => ({ items, next: null })))
  )

/** The match that a text names. */
export const matchIn = (id: SettlementAccountId, text: string) =>
  StatementReconciliation.use(({ matches }) => resolved(kinds.match, text, (page) => matches(id, {}, page)))
