import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import { normalSide, type Side } from "./LedgerAccount.ts"
import { type Leg, type PostingDraft, PostingUnsuitable } from "./PostingTemplate.ts"
import { draftOf, type TemplateLeg } from "./postingTemplates.ts"

const template = "opening-balance"

/** An entry has 1000 postings at most, one of them for the equity account. */
const largest = 999

/** What an account brings along from the books before these: on its normal side, negative when it stood on the other one. */
export interface OpeningBalance {
  readonly account: Leg
  readonly balance: Money.Money
}

const other = (side: Side): Side => (side === "debit" ? "credit" : "debit")

const legOf = ({ account, balance }: OpeningBalance, index: number): TemplateLeg => {
  const side = normalSide(account.type)
  const signed = balance.amount < 0n ? other(side) : side
  return { part: `balances/${index}`, account, side: signed, amount: Money.abs(balance) }
}

const closing = (legs: ReadonlyArray<TemplateLeg>, equity: Leg): ReadonlyArray<TemplateLeg> => {
  const difference = legs.reduce(
    (sum, { amount, side }) => (side === "debit" ? sum + amount.amount : sum - amount.amount),
    0n
  )
  if (difference === 0n) return []
  const amount = Money.abs(Money.fromMinor(difference, equity.currency))
  return [
    { part: "equity", account: equity, side: difference > 0n ? "credit" : "debit", amount, types: ["equity"] as const }
  ]
}

/**
 * The books begin with what the books before them ended with: one entry for each currency (more when it has over 999
 * accounts), closed by the equity account of that currency. Balances of zero are left out. Send all of them as the operations
 * of one command, so that they are booked together or not at all; for history with its own times, set `importedAt`.
 */
export const openingBalances = (event: {
  readonly balances: ReadonlyArray<OpeningBalance>
  /** One account of the type equity for each currency. */
  readonly equity: ReadonlyArray<Leg>
}): Result.Result<ReadonlyArray<PostingDraft>, PostingUnsuitable> => {
  const drafts: Array<PostingDraft> = []
  const legs = event.balances.map(legOf).filter(({ amount }) => amount.amount !== 0n)
  for (const [currency, all] of Map.groupBy(legs, ({ amount }) => amount.currency)) {
    const equity = event.equity.find((account) => account.currency === currency)
    if (equity === undefined) {
      return Result.fail(
        new PostingUnsuitable({ template, part: "equity", problem: `expected an account in ${currency}` })
      )
    }
    for (let start = 0; start < all.length; start += largest) {
      const some = all.slice(start, start + largest)
      const drafted = draftOf(template, [...some, ...closing(some, equity)])
      if (Result.isFailure(drafted)) return Result.fail(drafted.failure)
      drafts.push(drafted.success)
    }
  }
  return Result.succeed(drafts)
}
