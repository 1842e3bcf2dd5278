/**
 * Reading a deposit account's lines from the ledger, and booking on it whatever hinders its customer.
 */
import * as Effect from "effect/Effect"
import { CommandKey } from "../../core/Command.ts"
import type { Cursor } from "../../core/Page.ts"
import type { AccountLine } from "../../ledger/JournalEntry.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import type { AccountId } from "../../ledger/LedgerAccount.ts"
import type { Post, Posting } from "../../ledger/LedgerCommand.ts"
import type { LineFilter } from "../../ledger/LedgerFilter.ts"
import * as Money from "../../money/Money.ts"

/** The codes of the entries that touch a deposit account, which are the kinds of its statement's lines. */
export const kinds = {
  deposit: "deposit",
  withdrawal: "withdrawal",
  transfer: "transfer",
  fee: "fee",
  interest: "interest",
  closing: "closing"
} as const

/** What a line does to an account of the bank's customers: above zero when it is more afterwards. */
export const amountOf = ({ posted, side }: Pick<AccountLine, "posted" | "side">): Money.Money =>
  side === "credit" ? posted : Money.negate(posted)

/** All lines of an account that moved money, in booking order. */
export const linesOf = Effect.fnUntraced(function* (ledger: Ledger["Service"], id: AccountId, filter: LineFilter) {
  const lines: Array<AccountLine> = []
  let cursor: Cursor | null = null
  do {
    const request: { limit: number; cursor?: Cursor } = cursor === null ? { limit: 500 } : { limit: 500, cursor }
    const page: { readonly items: ReadonlyArray<AccountLine>; readonly next: Cursor | null } = yield* Effect.orDie(
      ledger.activity(id, { ...filter, postedOnly: true }, request)
    )
    for (const line of page.items) lines.push(line)
    cursor = page.next
  } while (cursor !== null)
  return lines
})

/** An entry that moves an amount above zero from one account to another; an amount below zero moves back. */
export const moving = (
  from: AccountId,
  to: AccountId,
  amount: Money.Money,
  described: Pick<Post, "code" | "description" | "valueOn" | "allowFutureValue" | "metadata">
): Post => {
  const [debit, credit] = amount.amount < 0n ? [to, from] : [from, to]
  const size = Money.abs(amount)
  const postings: ReadonlyArray<Posting> = [
    { accountId: debit, side: "debit", amount: size },
    { accountId: credit, side: "credit", amount: size }
  ]
  return { _tag: "Post", postings, ...described }
}

/** What operations take from an account in all; below zero when they give. */
const outflow = (operations: ReadonlyArray<Post>, id: AccountId): bigint => {
  let sum = 0n
  for (const { accountId, amount, side } of operations.flatMap(({ postings }) => postings)) {
    if (accountId === id) sum += side === "debit" ? amount.amount : -amount.amount
  }
  return sum
}

/**
 * The most operations of one command of the end of day, below what the ledger takes at once.
 */
const most = 500

/**
 * Books what the bank is due or owes by its terms, interest and fees, though the account is blocked or has not enough:
 * what hinders is lifted for the moment of the booking, which nobody sees from outside the transaction. Runs in the host's
 * transaction and as the tenant's system.
 */
export const bookUnhindered = Effect.fnUntraced(function* (
  ledger: Ledger["Service"],
  id: AccountId,
  key: string,
  operations: ReadonlyArray<Post>
) {
  if (operations.length === 0) return
  const touches = operations.some(({ postings }) => postings.some(({ accountId }) => accountId === id))
  const { account, available } = yield* ledger.balance(id)
  const { bounds, creditsBlocked, debitsBlocked, frozen } = account
  const short = available !== null && outflow(operations, id) > available.amount
  const hindered = touches && (creditsBlocked || debitsBlocked || frozen || short || operations.length > most)
  if (hindered) {
    const free = { minimum: null, maximum: null }
    yield* ledger.changeAccount(id, { frozen: false, creditsBlocked: false, debitsBlocked: false, bounds: free })
  }
  for (let first = 0; first < operations.length; first += most) {
    yield* ledger.commit({
      key: CommandKey.make(first === 0 ? key : `${key} ${first}`),
      operations: operations.slice(first, first + most)
    })
  }
  if (hindered) yield* ledger.changeAccount(id, { frozen, creditsBlocked, debitsBlocked, bounds })
}, Effect.orDie)
