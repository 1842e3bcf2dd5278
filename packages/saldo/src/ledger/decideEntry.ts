import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import { capacityOf } from "./accountStanding.ts"
import type { EntryContent, EntryId, EntryKind, Line } from "./JournalEntry.ts"
import type { AccountId, LedgerAccount, Side } from "./LedgerAccount.ts"
import type { Operation, Post, Posting, Reverse } from "./LedgerCommand.ts"
import type { LedgerDraft } from "./ledgerDraft.ts"
import * as Refusal from "./LedgerRefusal.ts"

/** When an operation is decided, and the id for the entry that it may book. */
export interface Moment {
  readonly today: LocalDate
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number
  readonly entryId: EntryId
}

/** What an operation comes to: an entry, or why not. */
export type Decided<A> = Result.Result<A, Refusal.LedgerRefusal>

/** The account of an amount, if it takes money of this currency at all. */
export const openAccount = (draft: LedgerDraft, id: AccountId, currency: string): Decided<LedgerAccount> => {
  const account = draft.account(id)
  if (account === undefined) return Result.fail(new Refusal.AccountNotFound({ accountId: id }))
  if (account.currency !== currency) {
    return Result.fail(new Refusal.WrongCurrency({ accountId: id, expected: account.currency, given: currency }))
  }
  if (account.closed) return Result.fail(new Refusal.AccountUnavailable({ accountId: id, reason: "closed" }))
  if (account.frozen) return Result.fail(new Refusal.AccountUnavailable({ accountId: id, reason: "frozen" }))
  return Result.succeed(account)
}

/** The account of a new amount on a side, if it takes such. */
export const usableAccount = (
  draft: LedgerDraft,
  id: AccountId,
  side: Side,
  currency: string
): Decided<LedgerAccount> =>
  Result.flatMap(openAccount(draft, id, currency), (account) => {
    const blocked = side === "debit" ? account.debitsBlocked : account.creditsBlocked
    if (!blocked) return Result.succeed(account)
    const reason = side === "debit" ? "debits-blocked" : "credits-blocked"
    return Result.fail(new Refusal.AccountUnavailable({ accountId: id, reason }))
  })

/** The value date of an operation: what it says, unless that is in the future without being meant; today otherwise. */
export const valueDate = (
  operation: { readonly valueOn?: LocalDate; readonly allowFutureValue?: boolean },
  { today }: Moment
): Decided<LocalDate> => {
  const { allowFutureValue = false, valueOn = today } = operation
  return valueOn > today && !allowFutureValue
    ? Result.fail(new Refusal.ValueDateInFuture({ valueOn, today }))
    : Result.succeed(valueOn)
}

type Described = Pick<Exclude<Operation, { readonly _tag: "ExpireHold" }>, "code" | "description" | "metadata">

/** An entry of lines, with what its operation says about it. */
export const entryOf = (
  operation: Described,
  fields: Pick<EntryContent, "id" | "lines" | "valueOn"> &
    Partial<Pick<EntryContent, "exchange" | "holdId" | "reverses">> & { readonly kind: EntryKind }
): EntryContent => ({
  holdId: null,
  reverses: null,
  exchange: null,
  ...fields,
  code: operation.code ?? null,
  description: operation.description ?? null,
  metadata: operation.metadata ?? {}
})

const postedLine = ({ accountId, amount, side }: Posting): Line => ({
  accountId,
  side,
  posted: amount,
  pending: Money.zero(amount.currency)
})

const missingLiquidity = (post: Post, accounts: ReadonlyArray<LedgerAccount>): string | undefined => {
  const currencies = new Set(post.postings.map(({ amount }) => amount.currency))
  if (currencies.size === 1) return undefined
  for (const { currency, role } of accounts) if (role === "liquidity") currencies.delete(currency)
  return currencies.values().next().value
}

const smallest = (amounts: ReadonlyArray<bigint>): bigint => amounts.reduce((a, b) => (b < a ? b : a))

/** The postings of a balancing entry: as much of the amount as both accounts have capacity for. */
const balanced = (post: Post, accounts: ReadonlyArray<LedgerAccount>): Decided<ReadonlyArray<Posting>> => {
  const { postings, upToAvailableOn } = post
  if (upToAvailableOn === undefined) return Result.succeed(postings)
  const capacities = postings.flatMap(({ amount, side }, index) => {
    const account = accounts[index]
    return [amount.amount, (account === undefined ? null : capacityOf(account, side)) ?? amount.amount]
  })
  const amount = smallest(capacities)
  if (amount <= 0n) return Result.fail(new Refusal.NothingAvailable({ accountId: upToAvailableOn }))
  return Result.succeed(postings.map((one) => ({ ...one, amount: Money.fromMinor(amount, one.amount.currency) })))
}

/** Decides a posted entry. */
export const decidePost = (draft: LedgerDraft, post: Post, moment: Moment): Decided<void> => {
  const id = post.entryId ?? moment.entryId
  if (draft.entry(id) !== undefined) return Result.fail(new Refusal.EntryIdTaken({ entryId: id }))
  const accounts: Array<LedgerAccount> = []
  for (const { accountId, amount, side } of post.postings) {
    const account = usableAccount(draft, accountId, side, amount.currency)
    if (Result.isFailure(account)) return Result.fail(account.failure)
    accounts.push(account.success)
  }
  const currency = missingLiquidity(post, accounts)
  if (currency !== undefined) return Result.fail(new Refusal.LiquidityAccountMissing({ currency }))
  const valueOn = valueDate(post, moment)
  if (Result.isFailure(valueOn)) return Result.fail(valueOn.failure)
  return Result.flatMap(balanced(post, accounts), (postings) =>
    draft.book(
      entryOf(post, {
        id,
        kind: "posted",
        valueOn: valueOn.success,
        lines: postings.map(postedLine),
        exchange: post.exchange ?? null
      })
    )
  )
}

const opposite = (line: Line): Line => ({
  ...line,
  side: line.side === "debit" ? "credit" : "debit",
  pending: Money.zero(line.posted.currency)
})

/** Decides the entry that takes another one back. */
export const decideReverse = (draft: LedgerDraft, reverse: Reverse, moment: Moment): Decided<void> => {
  const { entryId } = reverse
  const entry = draft.entry(entryId)
  if (entry === undefined) return Result.fail(new Refusal.EntryNotFound({ entryId }))
  if (entry.kind !== "posted" && entry.kind !== "captured") {
    return Result.fail(new Refusal.EntryNotReversible({ entryId, kind: entry.kind }))
  }
  // What was taken back by mistake is booked anew, so that an entry that was taken back stays so.
  if (entry.reverses !== null) return Result.fail(new Refusal.EntryNotReversible({ entryId, kind: "reversal" }))
  const reversedBy = draft.reversal(entryId)
  if (reversedBy !== undefined) return Result.fail(new Refusal.AlreadyReversed({ entryId, reversedBy }))
  const lines = entry.lines.map(opposite)
  for (const { accountId, posted, side } of lines) {
    const account = usableAccount(draft, accountId, side, posted.currency)
    if (Result.isFailure(account)) return Result.fail(account.failure)
  }
  return Result.flatMap(valueDate(reverse, moment), (valueOn) =>
    draft.book(
      entryOf(reverse, {
        id: moment.entryId,
        kind: "posted",
        valueOn,
        lines,
        reverses: entryId,
        exchange: entry.exchange
      })
    )
  )
}
