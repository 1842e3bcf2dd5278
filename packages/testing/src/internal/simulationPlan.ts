/**
 * What happens in a simulation, drawn from its seed alone: what customers do, how the rail answers, and where it breaks.
 */

/** How a payment ends on its rail, after how many days, how often each word of it comes, and whether the first is lost. */
export interface Fate {
  readonly ends: "settled" | "failed" | "returned"
  readonly afterDays: number
  readonly repeats: number
  readonly answerLost: boolean
}

/** One thing that somebody does. Customers go by their number, amounts are minor units, `of` is the action of a hold. */
export type Act =
  | { readonly act: "deposit" | "withdraw"; readonly customer: number; readonly amount: bigint }
  | { readonly act: "transfer"; readonly from: number; readonly to: number; readonly amount: bigint }
  | {
      readonly act: "reserve"
      readonly from: number
      readonly to: number
      readonly amount: bigint
      readonly days: number
    }
  | { readonly act: "capture"; readonly of: number; readonly amount: bigint }
  | { readonly act: "release"; readonly of: number }
  | { readonly act: "pay"; readonly customer: number; readonly amount: bigint; readonly fate: Fate }
  /** The rail tells what became of payments, before anything else on a day. */
  | { readonly act: "rail" }
  | { readonly act: "endOfDay" }

/**
 * Where the bank goes down: before or after its n-th call of the ledger (which has a
 * transaction of its own unless the bank has one) or commit in the store (within that transaction), before or after the n-th SQL statement that
 * writes (by an error of the storage or the death of the fibre), or when all is done and nobody has heard of it.
 */
export interface PlannedFault {
  readonly at: "call" | "commit" | "statement" | "answer"
  readonly when: "before" | "after"
  readonly kind: "error" | "interrupt"
  readonly write: number
}

/** An action in its place: the number names it for good, also when others are left out. */
export interface PlannedAction {
  readonly number: number
  readonly day: number
  readonly act: Act
  readonly fault: PlannedFault | undefined
}

/** How many customers the simulated bank has. */
export const customerCount = 5

const perDay = 8

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
const numbersFrom = (seed: number) => {
  let state = seed | 0
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Drawing {
  readonly below: (limit: number) => number
  /** The reservations of the last days, as number and amount. */
  readonly reserved: Array<readonly [number: number, amount: bigint]>
}

const ends = ["settled", "settled", "failed", "returned"] as const

const customerAct = ({ below, reserved }: Drawing, number: number): Act => {
  const from = below(customerCount)
  const to = (from + 1 + below(customerCount - 1)) % customerCount
  const amount = BigInt(1 + below(60_000))
  const one = reserved[below(Math.max(1, reserved.length))]
  switch (below(10)) {
    case 0:
    case 1:
      return { act: "transfer", from, to, amount }
    case 2:
      return { act: "withdraw", customer: from, amount }
    case 3:
    case 4: {
      reserved.push([number, amount])
      if (reserved.length > 12) reserved.shift()
      return { act: "reserve", from, to, amount, days: 1 + below(10) }
    }
    case 5:
      if (one === undefined) break
      return { act: "capture", of: one[0], amount: (one[1] * BigInt(1 + below(100)) + 99n) / 100n }
    case 6:
      if (one === undefined) break
      return { act: "release", of: one[0] }
    case 7:
    case 8: {
      const fate: Fate = {
        ends: ends[below(ends.length)] ?? "settled",
        afterDays: below(4),
        repeats: 1 + below(3),
        answerLost: below(5) === 0
      }
      return { act: "pay", customer: from, amount, fate }
    }
  }
  return { act: "deposit", customer: from, amount: amount * 3n }
}

const faultOf = (below: Drawing["below"], percent: number): PlannedFault | undefined => {
  const hits = below(100) < percent
  // Drawn in any case, so that the rest of the plan is the same with faults and without.
  const fault: PlannedFault = {
    at: (["call", "commit", "statement", "answer"] as const)[below(4)] ?? "answer",
    when: below(2) === 0 ? "before" : "after",
    kind: below(2) === 0 ? "error" : "interrupt",
    write: 1 + below(4)
  }
  return hits ? fault : undefined
}

/** Everything that happens in so many days; `percent` of the actions meet a fault. */
export const planOf = (seed: number, days: number, percent: number): ReadonlyArray<PlannedAction> => {
  const next = numbersFrom(seed)
  const below = (limit: number): number => Math.floor(next() * limit)
  const drawing: Drawing = { below, reserved: [] }
  const plan: Array<PlannedAction> = []
  for (let day = 0; day < days; day++) {
    plan.push({ number: plan.length, day, act: { act: "rail" }, fault: faultOf(below, percent) })
    const count = 2 + below(perDay)
    for (let index = 0; index < count; index++) {
      const number = plan.length
      plan.push({ number, day, act: customerAct(drawing, number), fault: faultOf(below, percent) })
    }
    plan.push({ number: plan.length, day, act: { act: "endOfDay" }, fault: faultOf(below, percent) })
  }
  return plan
}
