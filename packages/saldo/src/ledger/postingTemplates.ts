import * as Result from "effect/Result"
import type * as Money from "../money/Money.ts"
import type { AccountType, Side } from "./LedgerAccount.ts"
import type { Posting } from "./LedgerCommand.ts"
import { type Leg, type PostingDraft, PostingUnsuitable } from "./PostingTemplate.ts"

/** What a template comes to. */
export type Drafted = Result.Result<PostingDraft, PostingUnsuitable>

/** One side of a template: its name in the event, the account, the side, the amount, and the types that may stand there. */
export interface TemplateLeg {
  readonly part: string
  readonly account: Leg
  readonly side: Side
  readonly amount: Money.Money
  /** Any type when left out. */
  readonly types?: ReadonlyArray<AccountType>
}

const legProblem = ({ account, amount, types }: TemplateLeg): string | undefined => {
  if (amount.amount <= 0n) return "expected an amount above zero"
  if (account.currency !== amount.currency) {
    return `expected an account in ${amount.currency}, not in ${account.currency}`
  }
  return types === undefined || types.includes(account.type)
    ? undefined
    : `expected an account of the type ${types.join(" or ")}, not ${account.type}`
}

/**
 * The postings of legs whose accounts are of the types and currencies that the template wants; for a host's own templates,
 * too. Whether they balance is for the ledger to check.
 */
export const draftOf = (
  template: string,
  legs: ReadonlyArray<TemplateLeg>,
  more: Pick<PostingDraft, "exchange" | "metadata"> = {}
): Drafted => {
  const postings: Array<Posting> = []
  for (const leg of legs) {
    const problem = legProblem(leg)
    if (problem !== undefined) return Result.fail(new PostingUnsuitable({ template, part: leg.part, problem }))
    postings.push({ accountId: leg.account.id, side: leg.side, amount: leg.amount })
  }
  return Result.succeed({ code: template, postings, ...more })
}

/**
 * Money goes from one account to another: debit `from`, credit `to`. For customers' accounts, which are liabilities.
 *
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import { AccountId } from "saldo/ledger/LedgerAccount"
 * import { transfer } from "saldo/ledger/postingTemplates"
 * import * as Money from "saldo/money/Money"
 *
 * const account = (id: string, currency: string) =>
 *   ({ id: AccountId.make(id), type: "liability", currency, role: "ordinary" }) as const
 * const anna = account("acct_01m7ya0000e008000000000001", "SEK")
 * const bo = account("acct_01m7ya0000e008000000000002", "EUR")
 * const drafted = transfer({ from: anna, to: bo, amount: Money.of("10.00", "SEK") })
 * Result.isFailure(drafted) && drafted.failure.problem // => "expected an account in SEK, not in EUR"
 * ```
 */
export const transfer = (event: { readonly from: Leg; readonly to: Leg; readonly amount: Money.Money }): Drafted => {
  const { amount, from, to } = event
  const types = ["liability"] as const
  return draftOf("transfer", [
    { part: "from", account: from, side: "debit", amount, types },
    { part: "to", account: to, side: "credit", amount, types }
  ])
}

/** A customer pays a fee: debit the payer's account, credit an income account. */
export const fee = (event: { readonly payer: Leg; readonly income: Leg; readonly amount: Money.Money }): Drafted => {
  const { amount, income, payer } = event
  return draftOf("fee", [
    { part: "payer", account: payer, side: "debit", amount, types: ["liability", "asset"] },
    { part: "income", account: income, side: "credit", amount, types: ["income"] }
  ])
}

/** Money will not come back: debit an expense account, credit the asset that shrinks. */
export const writeOff = (event: {
  readonly asset: Leg
  readonly expense: Leg
  readonly amount: Money.Money
}): Drafted => {
  const { amount, asset, expense } = event
  return draftOf("write-off", [
    { part: "expense", account: expense, side: "debit", amount, types: ["expense"] },
    { part: "asset", account: asset, side: "credit", amount, types: ["asset"] }
  ])
}
