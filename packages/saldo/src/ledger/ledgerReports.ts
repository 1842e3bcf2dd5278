import * as Money from "../money/Money.ts"
import { availableOf, standingOf } from "./accountStanding.ts"
import type { AccountLine } from "./JournalEntry.ts"
import { type AccountId, type Counters, type LedgerAccount, normalSide } from "./LedgerAccount.ts"
import type { Balance, StatementLine, TrialBalance, TrialBalanceLine, TrialBalanceTotal } from "./LedgerReport.ts"

/** What an account holds by given counters. */
export const balanceBy = (account: LedgerAccount, counters: Counters): Balance => {
  const standing = standingOf(account.type, counters)
  const money = (amount: bigint) => Money.fromMinor(amount, account.currency)
  const available = availableOf(standing, account.bounds)
  return {
    account,
    counters,
    balance: money(standing.balance),
    available: available === null ? null : money(available),
    pendingOut: money(standing.pendingOut),
    pendingIn: money(standing.pendingIn)
  }
}

/** A line of a statement. */
export const statementLine = (account: LedgerAccount, line: AccountLine): StatementLine => ({
  ...line,
  amount: line.side === normalSide(account.type) ? line.posted : Money.negate(line.posted),
  balance: Money.fromMinor(standingOf(account.type, line.after).balance, account.currency)
})

/** The sum over each account and all that roll up into it. A parent that is missing ends the way up, as a cycle would. */
const rollUp = (own: ReadonlyMap<AccountId, { readonly account: LedgerAccount; readonly balance: bigint }>) => {
  const sums = new Map<AccountId, bigint>()
  for (const { account, balance } of own.values()) {
    const passed = new Set<AccountId>()
    for (let at = own.get(account.id); at !== undefined;) {
      const { id, parent } = at.account
      if (passed.has(id)) break
      passed.add(id)
      sums.set(id, (sums.get(id) ?? 0n) + balance)
      at = parent === null ? undefined : own.get(parent)
    }
  }
  return sums
}

const totalsOf = (lines: ReadonlyArray<TrialBalanceLine>): ReadonlyArray<TrialBalanceTotal> => {
  const sums = new Map<string, { debit: bigint; credit: bigint }>()
  for (const { account, credit, debit } of lines) {
    const sum = sums.get(account.currency) ?? { debit: 0n, credit: 0n }
    sums.set(account.currency, { debit: sum.debit + debit.amount, credit: sum.credit + credit.amount })
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, { credit, debit }]) => ({
      currency,
      debit: Money.fromMinor(debit, currency),
      credit: Money.fromMinor(credit, currency)
    }))
}

const pendingBalances = (rows: ReadonlyArray<{ readonly account: LedgerAccount; readonly counters: Counters }>) => {
  const sums = new Map<string, bigint>()
  for (const { account, counters } of rows) {
    const difference = counters.debitsPending - counters.creditsPending
    sums.set(account.currency, (sums.get(account.currency) ?? 0n) + difference)
  }
  return [...sums.values()].every((difference) => difference === 0n)
}

/** The trial balance of accounts with their counters. */
export const trialBalanceOf = (
  rows: ReadonlyArray<{ readonly account: LedgerAccount; readonly counters: Counters }>
): TrialBalance => {
  const balances = rows.map(({ account, counters }) => ({
    account,
    balance: standingOf(account.type, counters).balance
  }))
  const sums = rollUp(new Map(balances.map((one) => [one.account.id, one])))
  const lines = rows.map(({ account, counters }): TrialBalanceLine => {
    const net = counters.debitsPosted - counters.creditsPosted
    const money = (amount: bigint) => Money.fromMinor(amount, account.currency)
    return {
      account,
      counters,
      debit: money(net > 0n ? net : 0n),
      credit: money(net < 0n ? -net : 0n),
      rolledUp: money(sums.get(account.id) ?? 0n)
    }
  })
  const totals = totalsOf(lines)
  const posted = totals.every(({ credit, debit }) => credit.amount === debit.amount)
  return { lines, totals, balanced: posted && pendingBalances(rows) }
}
