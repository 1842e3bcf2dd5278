/**
 * What must hold in the books of a simulated bank after every day.
 */
import * as Effect from "effect/Effect"
import type { Ledger } from "saldo/ledger/Ledger"
import type { BookingTime } from "saldo/ledger/BookingTime"
import { type AccountId, type Counters, noCounters } from "saldo/ledger/LedgerAccount"
import type { Cursor } from "saldo/core/Page"
import type { BankAccounts } from "../SimulationBank.ts"
import type { Tally } from "./simulationTally.ts"

/** What was read of the journal so far. */
export interface JournalSeen {
  sequence: number
  bookedAt: BookingTime | undefined
  readonly counters: Map<AccountId, Counters>
  /** How many entries each command made. */
  readonly perKey: Map<string, number>
}

/** A journal of which nothing was read. */
export const nothingSeen = (): JournalSeen => ({
  sequence: 0,
  bookedAt: undefined,
  counters: new Map(),
  perKey: new Map()
})

const readOn = Effect.fnUntraced(function* (ledger: Ledger["Service"], seen: JournalSeen) {
  const filter = seen.bookedAt === undefined ? {} : { bookedFrom: seen.bookedAt }
  let cursor: Cursor | null | undefined
  while (cursor !== null) {
    const page = yield* ledger.entries(filter, { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
    for (const entry of page.items) {
      if (entry.sequence <= seen.sequence) continue
      if (entry.sequence !== seen.sequence + 1) return `entry ${entry.sequence} follows entry ${seen.sequence}`
      seen.sequence = entry.sequence
      seen.bookedAt = entry.bookedAt
      seen.perKey.set(entry.key, (seen.perKey.get(entry.key) ?? 0) + 1)
      for (const { accountId, pending, posted, side } of entry.lines) {
        const before = seen.counters.get(accountId) ?? noCounters
        seen.counters.set(
          accountId,
          side === "debit"
            ? {
                ...before,
                debitsPosted: before.debitsPosted + posted.amount,
                debitsPending: before.debitsPending + pending.amount
              }
            : {
                ...before,
                creditsPosted: before.creditsPosted + posted.amount,
                creditsPending: before.creditsPending + pending.amount
              }
        )
      }
    }
    cursor = page.next
  }
  return undefined
})

const heldBy = Effect.fnUntraced(function* (ledger: Ledger["Service"]) {
  const held = new Map<AccountId, { debit: bigint; credit: bigint }>()
  let cursor: Cursor | null | undefined
  while (cursor !== null) {
    const page = yield* ledger.holds({ state: "held" }, { limit: 500, ...(cursor === undefined ? {} : { cursor }) })
    for (const { credit, debit, remaining } of page.items) {
      const [from, to] = [held.get(debit) ?? { debit: 0n, credit: 0n }, held.get(credit) ?? { debit: 0n, credit: 0n }]
      held.set(debit, { ...from, debit: from.debit + remaining.amount })
      held.set(credit, { ...to, credit: to.credit + remaining.amount })
    }
    cursor = page.next
  }
  return held
})

/** What the books are held against. */
export interface Expected {
  readonly accounts: BankAccounts
  readonly tally: Tally
  /** What the rail moved out by its own books. */
  readonly railMoved: bigint
  /** How many entries each command of a customer must have made. */
  readonly commands: ReadonlyMap<string, number>
}

const same = (left: Counters, right: Counters): boolean =>
  left.debitsPosted === right.debitsPosted &&
  left.creditsPosted === right.creditsPosted &&
  left.debitsPending === right.debitsPending &&
  left.creditsPending === right.creditsPending

const sumsOf = ({ accounts, railMoved, tally }: Expected): ReadonlyArray<readonly [AccountId, string, bigint]> => {
  const interest = tally.customers.map((_, index) => tally.interest(index))
  return [
    [accounts.cash, "cash", tally.cash],
    [accounts.fees, "fees", tally.fees],
    [accounts.settlement, "what went over the rail", railMoved],
    [accounts.interest, "interest", interest.reduce((sum, one) => sum + one, 0n)],
    ...accounts.customers.flatMap(
      ({ account, accrued }, index): ReadonlyArray<readonly [AccountId, string, bigint]> => {
        const one = tally.customers[index]
        if (one === undefined) return []
        return [
          [account, `the balance of customer ${index}`, one.balance],
          [accrued, `the interest not yet paid of customer ${index}`, (interest[index] ?? 0n) - one.interestPaid]
        ]
      }
    )
  ]
}

/** The first thing that does not hold, in words; undefined when the books are right. */
export const inspect = Effect.fnUntraced(function* (ledger: Ledger["Service"], seen: JournalSeen, expected: Expected) {
  const gap = yield* readOn(ledger, seen)
  if (gap !== undefined) return gap
  const { balanced, lines } = yield* ledger.trialBalance()
  if (!balanced) return "the trial balance does not balance"
  const held = yield* heldBy(ledger)
  for (const { account, counters } of lines) {
    if (!same(counters, seen.counters.get(account.id) ?? noCounters)) {
      return `the counters of ${account.code} are not the sum of its lines`
    }
    const own = held.get(account.id) ?? { debit: 0n, credit: 0n }
    if (own.debit !== counters.debitsPending || own.credit !== counters.creditsPending) {
      return `what is pending on ${account.code} is not what its holds hold`
    }
  }
  const byId = new Map(lines.map((line) => [line.account.id, line]))
  for (const [id, what, wanted] of sumsOf(expected)) {
    const line = byId.get(id)
    const found = line === undefined ? undefined : signedOf(line)
    if (found !== wanted) return `${what} should be ${wanted} and is ${found}`
  }
  for (const [index, { account }] of expected.accounts.customers.entries()) {
    const [found, wanted] = [byId.get(account)?.counters.debitsPending, expected.tally.customers[index]?.held]
    if (found !== wanted) return `what is held of customer ${index} should be ${wanted} and is ${found}`
  }
  for (const [key, wanted] of expected.commands) {
    const found = seen.perKey.get(key) ?? 0
    if (found !== wanted) return `${key} should have made ${wanted} entries and made ${found}`
  }
  return undefined
})

/** The balance of an account on the side on which its type grows. */
const signedOf = ({
  account,
  counters
}: {
  readonly account: { readonly type: string }
  readonly counters: Counters
}) => {
  const debits = counters.debitsPosted - counters.creditsPosted
  return account.type === "asset" || account.type === "expense" ? debits : -debits
}
