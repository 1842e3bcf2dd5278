/**
 * Payments on paper: what ordering them must come to, what a bank may say of them, and what the rail has really done.
 */
import * as Money from "saldo/money/Money"
import type { PaymentOrder } from "saldo/banking/PaymentOrder"
import type { RailPayment } from "../RailSimulator.ts"
import { dateOf } from "./simulationInterest.ts"
import type { Act, Person } from "./simulationPlan.ts"
import type { Outcome, Tally, TallyAccount } from "./simulationTally.ts"

const limits = { aDay: 60_000n, aMonth: 4, withoutApproval: 30_000n, approvalMs: 2 * 86_400_000 } as const

/** A payment that was ordered. */
interface TallyOrder {
  readonly number: number
  readonly account: TallyAccount
  readonly amount: bigint
  readonly executeOn: number
  readonly requestedBy: Person
  readonly waitsUntil: number | undefined
  state: PaymentOrder["state"]
}

/** What a payment is ordered with. */
interface OrderDraft extends Pick<TallyOrder, "account" | "amount" | "executeOn" | "requestedBy"> {
  readonly consented: boolean
}

type Of<Name extends Act["act"]> = Extract<Act, { readonly act: Name }>

const isWithRail = (state: PaymentOrder["state"]): boolean => state === "sent" || state === "held"

/** What a rail's word makes of an order. */
const stateBy = ({ report, returned }: RailPayment): PaymentOrder["state"] => {
  if (returned !== null) return "returned"
  if (report.status === "ACSC") return "settled"
  return report.status === "RJCT" ? "failed" : report.status === "PDNG" ? "held" : "sent"
}

/** How far a payment has come with a rail; what is greater is later. */
const progress: Readonly<Record<PaymentOrder["state"], number>> = {
  created: 0,
  approved: 0,
  cancelled: 0,
  sent: 1,
  held: 2,
  settled: 3,
  failed: 3,
  returned: 4
}

/** All payments, by the number of the action that ordered them. */
export class TallyOrders {
  readonly all = new Map<number, TallyOrder>()
  /** What has left over the rail, less what came back. */
  moved = 0n
  private readonly tally: Tally

  constructor(tally: Tally) {
    this.tally = tally
  }

  pay(act: Of<"pay">, number: number, today: number, now: number): ReadonlyArray<Outcome> | undefined {
    const account = this.tally.accounts.get(act.account)
    const { amount, by } = act
    if (account === undefined || (typeof by === "number" && !this.tally.customers.has(by))) return undefined
    if (typeof by === "number" && by !== account.owner) return ["PayerNotFound"]
    const draft = { account, amount, executeOn: today + act.inDays, requestedBy: by, consented: false }
    return [this.place(draft, number, now)]
  }

  /** Until when a payment or standing order waits for consent; undefined when it needs none. */
  waitsUntil(amount: bigint, now: number): number | undefined {
    return amount > limits.withoutApproval ? now + limits.approvalMs : undefined
  }

  /** Orders a payment if that may be, or as somebody says that it was. */
  place(draft: OrderDraft, number: number, now: number, said?: Outcome): Outcome {
    const { account, amount, consented, executeOn, requestedBy } = draft
    const waitsUntil = consented ? undefined : this.waitsUntil(amount, now)
    const outcome = said ?? this.refusalOf(draft, now, waitsUntil !== undefined) ?? "done"
    if (outcome !== "done") return outcome
    if (waitsUntil === undefined) account.held += amount
    const state = waitsUntil === undefined ? "approved" : "created"
    this.all.set(number, { number, account, amount, executeOn, requestedBy, waitsUntil, state })
    return outcome
  }

  private refusalOf({ account, amount, executeOn }: OrderDraft, now: number, waits: boolean): Outcome | undefined {
    if (account.state === "closed" || !this.tally.isActive(account.owner, now)) return "PayerUnavailable"
    const counting = [...this.all.values()].filter(
      (one) => one.account === account && one.state !== "failed" && one.state !== "cancelled"
    )
    const sameDay = counting.filter((one) => one.executeOn === executeOn)
    const month = dateOf(executeOn).slice(0, 7)
    const sameMonth = counting.filter((one) => dateOf(one.executeOn).startsWith(month))
    if (sameDay.reduce((sum, one) => sum + one.amount, amount) > limits.aDay) return "PaymentLimitExceeded"
    if (sameMonth.length >= limits.aMonth) return "PaymentLimitExceeded"
    return !waits && account.available < amount ? "InsufficientFunds" : undefined
  }

  decide({ approve, by, of }: Of<"decide">, now: number): ReadonlyArray<Outcome> | undefined {
    const order = this.all.get(of)
    if (order === undefined || (typeof by === "number" && !this.tally.customers.has(by))) return undefined
    if (typeof by === "number") return ["NotPermitted"]
    if (order.waitsUntil === undefined || order.state !== "created") return ["PaymentOrderUnfit"]
    const { account } = order
    if (approve && (account.state === "closed" || !this.tally.isActive(account.owner, now))) return ["PayerUnavailable"]
    if (now >= order.waitsUntil) return ["ApprovalEnded"]
    if (by === order.requestedBy) return ["ApprovalByRequester"]
    if (!approve) {
      order.state = "cancelled"
      return ["done"]
    }
    if (order.account.available < order.amount) return ["InsufficientFunds"]
    order.account.held += order.amount
    order.state = "approved"
    return ["done"]
  }

  cancel(of: number): ReadonlyArray<Outcome> | undefined {
    const order = this.all.get(of)
    if (order === undefined) return undefined
    if (order.state !== "created" && order.state !== "approved") return ["PaymentOrderUnfit"]
    if (order.state === "approved") order.account.held -= order.amount
    order.state = "cancelled"
    return ["done"]
  }

  /** Whether a customer has payments that have not ended. */
  owedBy(customer: number): boolean {
    return [...this.all.values()].some(
      ({ account, state }) =>
        account.owner === customer && (state === "created" || state === "approved" || isWithRail(state))
    )
  }

  /** Those about which the bank may have heard something new. */
  get open(): ReadonlyArray<TallyOrder> {
    return [...this.all.values()].filter(
      ({ state }) => state !== "failed" && state !== "cancelled" && state !== "returned"
    )
  }

  /** Takes over what the bank says of an order, if it may: nothing comes from nowhere. Gives what is wrong with it. */
  learn(order: TallyOrder, said: PaymentOrder, rail: RailPayment | undefined, today: number, now: number) {
    const { number, state: before } = order
    const { state } = said
    if (state === before) return undefined
    const isActive = this.tally.isActive(order.account.owner, now)
    if (state === "cancelled") {
      const late = before === "created" && order.waitsUntil !== undefined && now >= order.waitsUntil
      const unfit = before === "approved" && order.executeOn <= today && !isActive
      if (!late && !unfit) return `payment ${number} is cancelled, and nobody did that`
      if (unfit) order.account.held -= order.amount
      order.state = state
      return undefined
    }
    if (before === "created") return `payment ${number} is ${state} without the consent it needs`
    if (before === "approved" && !isActive) return `payment ${number} is ${state}, and its customer may not pay`
    if (before === "approved" && order.executeOn > today) return `payment ${number} is ${state} before its day`
    const truth = rail === undefined ? "sent" : stateBy(rail)
    // A hold may be lifted again, so of these two either may be heard after the other.
    const forward = progress[state] >= progress[before] || (before === "held" && state === "sent")
    const known = progress[state] <= progress[truth] && forward
    if (!known || (state === "failed") !== (truth === "failed" && progress[state] === 3)) {
      return `payment ${number} was ${before} and is ${state}, and on the rail it is ${truth}`
    }
    this.follow(order, state, rail, today)
    return undefined
  }

  private follow(order: TallyOrder, state: PaymentOrder["state"], rail: RailPayment | undefined, today: number): void {
    const { account, amount, state: before } = order
    const wasOut = before === "settled"
    if (state === "failed") account.held -= amount
    if ((state === "settled" || state === "returned") && !wasOut) {
      account.held -= amount
      account.lines.push({ day: today, amount: -amount })
      this.moved += amount
    }
    if (state === "returned") {
      const back = rail?.returned?.amount ?? 0n
      if (account.state === "closed") this.tally.bank.unapplied += back
      else account.lines.push({ day: today, amount: back })
      this.moved -= back
      this.tally.book("payment-return")
    }
    order.state = state
  }

  /** What the bank should know by now and does not, if the rail has told all it knows. */
  behind(order: TallyOrder, rail: RailPayment | undefined, today: number, now: number): string | undefined {
    const { executeOn, number, state, waitsUntil } = order
    if (state === "created" && waitsUntil !== undefined && now >= waitsUntil) {
      return `payment ${number} still waits for consent that nobody gave in time`
    }
    if (state === "approved" && executeOn <= today) return `payment ${number} should have been sent`
    if (state !== "settled" && !isWithRail(state)) return undefined
    if (rail === undefined) return `payment ${number} is ${state} and never got to the rail`
    const truth = stateBy(rail)
    return truth === state ? undefined : `payment ${number} is ${state}, and on the rail it is ${truth}`
  }

  /** What the rail itself has moved out, less what came back. */
  static movedBy(payments: Iterable<RailPayment>): bigint {
    let sum = 0n
    for (const { instruction, report, returned } of payments) {
      if (report.status === "ACSC") sum += instruction.amount.amount
      if (returned !== null) sum -= returned.amount
    }
    return sum
  }

  /** What the rail carried out that nobody ordered so. */
  stray(ids: ReadonlyMap<string, number>, payments: ReadonlyMap<string, RailPayment>): string | undefined {
    for (const [reference, { instruction }] of payments) {
      const order = this.all.get(ids.get(reference) ?? -1)
      if (order === undefined) return `the rail carried out ${reference}, which nobody ordered`
      if (!Money.equals(instruction.amount, Money.fromMinor(order.amount, "SEK"))) {
        return `payment ${order.number} was carried out over another amount`
      }
      if (order.state === "created" || order.state === "cancelled") {
        return `payment ${order.number} was carried out, though it is ${order.state}`
      }
    }
    return undefined
  }
}
