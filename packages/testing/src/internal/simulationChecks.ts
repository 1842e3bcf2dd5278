/**
 * What must hold in a simulated bank after every day, held against the paper and against what the rail knows itself.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { codeOf } from "saldo/banking/BankBooks"
import { Customers } from "saldo/banking/Customers"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositStatements } from "saldo/banking/DepositStatements"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import * as Actor from "saldo/core/Actor"
import type { Cursor } from "saldo/core/Page"
import type { BookingTime } from "saldo/ledger/BookingTime"
import type { EntryId } from "saldo/ledger/JournalEntry"
import { Ledger } from "saldo/ledger/Ledger"
import { type AccountId, type Counters, noCounters } from "saldo/ledger/LedgerAccount"
import type { TrialBalanceLine } from "saldo/ledger/LedgerReport"
import * as LocalDate from "saldo/time/LocalDate"
import { customer, firstDay, staff, tenant } from "../SimulationBank.ts"
import { TallyOrders } from "./simulationOrders.ts"
import type { World } from "./simulationWorld.ts"

/** What was read of the journal so far. */
export interface JournalSeen {
  sequence: number
  bookedAt: BookingTime | undefined
  readonly counters: Map<AccountId, Counters>
  readonly entries: Set<EntryId>
  /** How many entries there are of each kind. */
  readonly perCode: Map<string, number>
}

/** A journal of which nothing was read. */
export const nothingSeen = (): JournalSeen => ({
  sequence: 0,
  bookedAt: undefined,
  counters: new Map(),
  entries: new Set(),
  perCode: new Map()
})

const system = Actor.system(tenant)

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
      seen.entries.add(entry.id)
      // A reversal has the code of what it takes back.
      const code = entry.reverses === null ? entry.code : "reversal"
      if (code !== null) seen.perCode.set(code, (seen.perCode.get(code) ?? 0) + 1)
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

const same = (left: Counters, right: Counters): boolean =>
  left.debitsPosted === right.debitsPosted &&
  left.creditsPosted === right.creditsPosted &&
  left.debitsPending === right.debitsPending &&
  left.creditsPending === right.creditsPending

/** The balance of an account on the side on which its type grows. */
const signedOf = ({ account, counters }: TrialBalanceLine): bigint => {
  const debits = counters.debitsPosted - counters.creditsPosted
  return account.type === "asset" || account.type === "expense" ? debits : -debits
}

const booksProblem = Effect.fnUntraced(function* (ledger: Ledger["Service"], seen: JournalSeen) {
  const gap = yield* readOn(ledger, seen)
  const { balanced, lines } = yield* ledger.trialBalance()
  const held = yield* heldBy(ledger)
  const find = (): string | undefined => {
    if (gap !== undefined) return gap
    if (!balanced) return "the trial balance does not balance"
    for (const { account, counters } of lines) {
      if (!same(counters, seen.counters.get(account.id) ?? noCounters)) {
        return `the counters of ${account.code} are not the sum of its lines`
      }
      const own = held.get(account.id) ?? { debit: 0n, credit: 0n }
      if (own.debit !== counters.debitsPending || own.credit !== counters.creditsPending) {
        return `what is pending on ${account.code} is not what its holds hold`
      }
    }
    return undefined
  }
  return { lines, problem: find() }
})

/** What the bank's own accounts must hold. */
const bankSums = ({ orders, tally }: World, movedByRail: bigint): ReadonlyArray<readonly [string, bigint]> => {
  const of = (count: (account: ReturnType<typeof tally.accountsOf>[number]) => bigint) =>
    [...tally.accounts.values()].reduce((sum, account) => sum + count(account), 0n)
  return [
    [codeOf("cash", "SEK"), tally.bank.cash],
    [codeOf("fees", "SEK"), tally.bank.fees],
    [codeOf("unapplied", "SEK"), tally.bank.unapplied],
    ["cards.SEK", tally.bank.cards],
    // The bank pays through it, so what it moved out is below zero on the side of an asset.
    [codeOf("settlement", "SEK"), -movedByRail],
    [codeOf("settlement", "SEK"), -orders.moved],
    [codeOf("interest-expense", "SEK"), of(({ interest }) => interest.earned)],
    [codeOf("interest-income", "SEK"), of(({ interest }) => interest.owed)],
    [codeOf("accrued-interest-payable", "SEK"), of(({ interest }) => interest.earned - interest.earnedPosted)],
    [codeOf("accrued-interest-receivable", "SEK"), of(({ interest }) => interest.owed - interest.owedPosted)]
  ]
}

const accountsProblem = Effect.fnUntraced(function* ({ notes, tally }: World) {
  const accounts = yield* DepositAccounts
  for (const one of tally.accounts.values()) {
    const account = notes.accounts.get(one.number)
    if (account === undefined) return `account ${one.number} was opened, and its owner was not told which it is`
    const found = yield* accounts.balance(account.id).pipe(Actor.as(staff.officer))
    const compared: ReadonlyArray<readonly [string, bigint | undefined, bigint]> = [
      ["the balance", found.balance.amount, one.balance],
      ["what is held", found.pendingOut.amount, one.held],
      ["what is available", found.available?.amount, one.available]
    ]
    for (const [what, is, wanted] of compared) {
      if (is !== wanted) return `${what} of account ${one.number} should be ${wanted} and is ${is}`
    }
  }
  return undefined
})

/** What was acknowledged must be in the journal once, and nothing else of its kind. */
const entriesProblem = ({ notes, seen, tally }: World): string | undefined => {
  for (const [number, id] of notes.entries) {
    if (!seen.entries.has(id)) return `what action ${number} was told to have booked is not in the journal`
  }
  for (const [code, wanted] of tally.booked) {
    const found = seen.perCode.get(code) ?? 0
    if (found !== wanted) return `there should be ${wanted} entries of the kind ${code}, and there are ${found}`
  }
  return undefined
}

/** Everybody sees what is theirs, and nobody what is not. */
const privacyProblem = Effect.fnUntraced(function* ({ notes, orders, tally }: World, day: number) {
  const [accounts, customers, payments] = [yield* DepositAccounts, yield* Customers, yield* Payments]
  const all = [...notes.customers]
  const [own, other] = [all[day % Math.max(1, all.length)], all[(day + 1) % Math.max(1, all.length)]]
  if (own === undefined || other === undefined) return undefined
  const [number, id] = own
  const asOwn = Actor.as(customer(id))
  const listed = yield* accounts.list().pipe(asOwn)
  if (listed.items.length !== tally.accountsOf(number).length || listed.items.some((one) => one.customerId !== id)) {
    return `customer ${number} sees ${listed.items.length} accounts`
  }
  const paid = yield* payments.list({}, { limit: 500 }).pipe(asOwn)
  const wanted = [...orders.all.values()].filter(({ account }) => account.owner === number).length
  if (paid.items.length !== wanted || paid.items.some((one) => one.customerId !== id)) {
    return `customer ${number} sees ${paid.items.length} payments and has ${wanted}`
  }
  const strangers = yield* accounts.list().pipe(Actor.as(staff.stranger))
  if (strangers.items.length > 0) return "another bank sees the accounts of this one"
  if (other[0] === number) return undefined
  const looked = yield* Effect.exit(customers.find(other[1]).pipe(asOwn))
  return looked._tag === "Success" ? `customer ${number} sees customer ${other[0]}` : undefined
})

/** Every standing order is in the state that the paper says. */
const schedulesProblem = Effect.fnUntraced(function* ({ notes, schedules }: World) {
  const plans = yield* PaymentPlans
  for (const [number, wanted] of schedules.all) {
    const id = notes.schedules.get(number)
    const found = id === undefined ? undefined : yield* plans.find(id).pipe(Actor.as(staff.officer))
    if (found?.state !== wanted.state)
      return `standing order ${number} should be ${wanted.state} and is ${found?.state}`
  }
  return undefined
})

/** Every customer is in the state that the paper says, and its name can be read until it is forgotten. */
const customersProblem = Effect.fnUntraced(function* ({ notes, tally }: World) {
  const [customers, keys] = [yield* Customers, yield* DataKeyStore]
  for (const [number, wanted] of tally.customers) {
    const id = notes.customers.get(number)
    if (id === undefined) return `customer ${number} joined, and was not told its id`
    const { file, state } = yield* customers.find(id).pipe(Actor.as(staff.officer))
    if (state !== wanted.state) return `customer ${number} should be ${wanted.state} and is ${state}`
    const name = file === null ? undefined : Redacted.value(file.details.name)
    if (name !== (wanted.erased ? undefined : `Customer ${number}`)) {
      return `the name of customer ${number} ${wanted.erased ? "can still be read" : "cannot be read"}`
    }
    const key = Option.getOrUndefined(yield* keys.find({ tenant, subjectId: id }))
    if (key?._tag !== (wanted.erased ? "Destroyed" : "Present")) {
      return `the key of customer ${number} is ${wanted.erased ? "still there" : "gone"}`
    }
  }
  return undefined
})

/** The summaries of the first year tell of interest, fees and balances what the paper does. */
export const statementsProblem = Effect.fnUntraced(
  function* ({ notes, tally }: World) {
    const statements = yield* DepositStatements
    for (const { balance, fees, interest, number } of tally.accounts.values()) {
      const account = notes.accounts.get(number)
      if (account === undefined) return `account ${number} was opened, and its owner was not told which it is`
      const year = yield* statements.year(account.id, LocalDate.year(firstDay))
      const compared: ReadonlyArray<readonly [string, bigint, bigint]> = [
        ["the balance", year.closing.amount, balance],
        ["the fees", year.fees.amount, fees],
        [
          "the interest",
          year.interestReceived.amount - year.interestPaid.amount,
          interest.earnedPosted - interest.owedPosted
        ]
      ]
      for (const [what, is, wanted] of compared) {
        if (is !== wanted) return `the statement of account ${number} should say ${wanted} of ${what} and says ${is}`
      }
    }
    return undefined
  },
  Effect.orDie,
  Actor.as(staff.officer)
)

/** The first thing that does not hold, in words; undefined when everything is right. */
export const inspect = Effect.fnUntraced(function* (world: World, day: number) {
  const ledger = yield* Ledger
  const { lines, problem } = yield* booksProblem(ledger, world.seen).pipe(Actor.as(system))
  if (problem !== undefined) return problem
  const payments = yield* world.rail.payments
  const byCode = new Map(lines.map((line) => [String(line.account.code), line]))
  for (const [code, wanted] of bankSums(world, TallyOrders.movedBy(payments.values()))) {
    const line = byCode.get(code)
    const found = line === undefined ? 0n : signedOf(line)
    if (found !== wanted) return `${code} should hold ${wanted} and holds ${found}`
  }
  const [violation] = yield* world.rail.violations
  return (
    (yield* accountsProblem(world)) ??
    entriesProblem(world) ??
    world.orders.stray(world.notes.references, payments) ??
    violation ??
    (yield* customersProblem(world)) ??
    (yield* schedulesProblem(world)) ??
    (yield* privacyProblem(world, day))
  )
}, Effect.orDie)
