/**
 * Standing orders on paper: when each payment is due, and what ordering it must come to.
 */
import type { PaymentPlan, PlannedPayment } from "saldo/banking/PaymentPlan"
import type { TallyOrders } from "./simulationOrders.ts"
import type { Act } from "./simulationPlan.ts"
import type { Outcome, Tally, TallyAccount } from "./simulationTally.ts"

/** A standing order. */
interface TallySchedule {
  readonly number: number
  readonly account: TallyAccount
  readonly amount: bigint
  readonly startOn: number
  readonly every: number
  readonly times: number
  readonly requestedBy: number
  readonly waitsUntil: number | undefined
  /** How many payments were ordered or refused. */
  done: number
  state: PaymentPlan["state"]
}

type Of<Name extends Act["act"]> = Extract<Act, { readonly act: Name }>

/** What a payment of a standing order goes by among all payments. */
export const numberOf = (schedule: number, payment: number): number => schedule + payment / 1000

/** All standing orders, by the number of the action that made them. */
export class TallySchedules {
  readonly all = new Map<number, TallySchedule>()
  private readonly tally: Tally
  private readonly orders: TallyOrders

  constructor(tally: Tally, orders: TallyOrders) {
    this.tally = tally
    this.orders = orders
  }

  schedule(act: Of<"schedule">, number: number, today: number, now: number): ReadonlyArray<Outcome> | undefined {
    const account = this.tally.accounts.get(act.account)
    const { amount, by, every, times } = act
    if (account === undefined || !this.tally.customers.has(by)) return undefined
    if (by !== account.owner) return ["PayerNotFound"]
    if (account.state === "closed" || !this.tally.isActive(account.owner, now)) return ["PayerUnavailable"]
    const waitsUntil = this.orders.waitsUntil(amount, now)
    const state = waitsUntil === undefined ? "active" : "created"
    const startOn = today + act.inDays
    const rest = { account, amount, every, times, startOn, waitsUntil, requestedBy: by, done: 0, state } as const
    this.all.set(number, { number, ...rest })
    return ["done"]
  }

  decide({ approve, by, of }: Of<"decide">, now: number): ReadonlyArray<Outcome> | undefined {
    const one = this.all.get(of)
    if (one === undefined || (typeof by === "number" && !this.tally.customers.has(by))) return undefined
    if (typeof by === "number") return ["NotPermitted"]
    if (one.waitsUntil === undefined || one.state !== "created") return ["PaymentPlanUnfit"]
    if (now >= one.waitsUntil) return ["ApprovalEnded"]
    one.state = approve ? "active" : "cancelled"
    return ["done"]
  }

  cancel(of: number): ReadonlyArray<Outcome> | undefined {
    const one = this.all.get(of)
    if (one === undefined) return undefined
    if (one.state !== "created" && one.state !== "active") return ["PaymentPlanUnfit"]
    one.state = "cancelled"
    return ["done"]
  }

  /** Those that may order something. */
  get active(): ReadonlyArray<TallySchedule> {
    return [...this.all.values()].filter(({ state }) => state === "active")
  }

  /** Whether a customer has any that have not ended. */
  owedBy(customer: number): boolean {
    return [...this.all.values()].some(
      ({ account, state }) => account.owner === customer && (state === "created" || state === "active")
    )
  }

  /** What the bank does by the clock: consent that nobody gave in time is given no more. */
  work(now: number): void {
    for (const one of this.all.values()) {
      if (one.state === "created" && one.waitsUntil !== undefined && now >= one.waitsUntil) one.state = "cancelled"
    }
  }

  /**
   * Takes over what the bank says came of the payments that were due, each once; what ordering one must have come to is
   * known unless something broke meanwhile. Gives what is wrong with it.
   */
  learn(
    one: TallySchedule,
    said: ReadonlyMap<number, PlannedPayment>,
    broke: boolean,
    today: number,
    now: number
  ): string | undefined {
    const { account, amount, every, number, requestedBy, startOn, times } = one
    while (one.done < times && startOn + 7 * every * one.done <= today) {
      const payment = one.done + 1
      const found = said.get(payment)
      if (found === undefined) return `payment ${payment} of standing order ${number} was not ordered on its day`
      const outcome = found.refusal === null ? "done" : found.refusal.tag
      const draft = { account, amount, executeOn: today, requestedBy, consented: true }
      const wanted = this.orders.place(draft, numberOf(number, payment), now, broke ? outcome : undefined)
      if (outcome !== wanted) {
        return `payment ${payment} of standing order ${number} should come to "${wanted}" and came to "${outcome}"`
      }
      one.done = payment
    }
    if (one.done === times) one.state = "ended"
    return said.size > one.done
      ? `standing order ${number} ordered ${said.size} payments, and ${one.done} are due`
      : undefined
  }
}
