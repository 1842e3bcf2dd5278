/**
 * What holds of a bank that pays, whenever it is looked at, and once nothing more can happen.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuditRecord } from "saldo/audit/AuditRecord"
import { AuditStore } from "saldo/audit/AuditStore"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import { BankBooks } from "saldo/banking/BankBooks"
import type { StoredPaymentOrder } from "saldo/banking/PaymentOrder"
import { isFinal } from "saldo/banking/PaymentOrder"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { StoredPaymentPlan } from "saldo/banking/PaymentPlan"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import type { PaymentOrderState } from "saldo/banking/PaymentStatus"
import { as, system } from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import type { Money } from "saldo/money/Money"
import { tenant, trialBalance } from "./depositBank.ts"
import { askAgain, dailyMaximum, work, type World } from "./paymentWorld.ts"

const opening = 200_000n

const sum = (amounts: ReadonlyArray<{ readonly amount: bigint }>): bigint =>
  amounts.reduce((total, { amount }) => total + amount, 0n)

const amountsOf = (orders: ReadonlyArray<StoredPaymentOrder>): bigint => sum(orders.map(({ amount }) => amount))

const isPaid = ({ state }: StoredPaymentOrder): boolean => state === "settled" || state === "returned"
const isSetAside = ({ holdId, state }: StoredPaymentOrder): boolean =>
  state === "sent" || state === "held" || (state === "approved" && holdId !== null)

/** What left for other banks and has not come back. */
const gone = (orders: ReadonlyArray<StoredPaymentOrder>): bigint =>
  amountsOf(orders.filter(isPaid)) - sum(orders.flatMap(({ returned }) => (returned === null ? [] : [returned.amount])))

const readSettlement = Effect.gen(function* () {
  const [books, ledger] = [yield* BankBooks, yield* Ledger]
  const { id } = yield* books.account(tenant, "settlement", "SEK")
  const { balance } = yield* ledger.balance(id)
  return balance.amount
}).pipe(as(system(tenant)))

/** The money is where the orders say that it is. */
const checkMoney = Effect.fnUntraced(function* ({ payers, use }: World, orders: ReadonlyArray<StoredPaymentOrder>) {
  yield* use(trialBalance)
  for (const { account } of payers) {
    const own = orders.filter(({ accountId }) => accountId === account.id)
    const read = Ledger.use((ledger) => ledger.balance(account.ledgerAccountId)).pipe(as(system(tenant)))
    const { available, balance, pendingOut } = yield* use(read)
    expect(pendingOut.amount, "money set aside").toBe(amountsOf(own.filter(isSetAside)))
    expect(balance.amount, "balance").toBe(opening - gone(own))
    expect(available?.amount).toBe(balance.amount - pendingOut.amount)
    expect(available?.amount).toBeGreaterThanOrEqual(0n)
    const counted = own.filter(({ state }) => state !== "failed" && state !== "cancelled")
    for (const ofDay of Map.groupBy(counted, ({ executeOn }) => executeOn).values()) {
      expect(amountsOf(ofDay), "payments of a day").toBeLessThanOrEqual(dailyMaximum.amount)
    }
  }
  expect(yield* use(readSettlement), "settlement account").toBe(-gone(orders))
})

const nextStates: Readonly<Record<PaymentOrderState, ReadonlyArray<PaymentOrderState>>> = {
  created: ["approved", "cancelled", "failed"],
  approved: ["approved", "sent", "cancelled", "failed"],
  sent: ["sent", "held", "settled", "failed", "returned"],
  held: ["held", "sent", "settled", "failed", "returned"],
  settled: ["returned"],
  failed: [],
  returned: [],
  cancelled: []
}

/** The values that a part of a thing took, one for each record; one that a record does not name stayed as it was. */
const course = (records: ReadonlyArray<AuditRecord>, path: string): ReadonlyArray<unknown> => {
  const values: Array<unknown> = []
  for (const { changes } of records) {
    const change = changes.find((each) => each.path === path)
    values.push(change?.after._tag === "Plain" ? change.after.value : values.at(-1))
  }
  return values
}

const recordsOf = Effect.fnUntraced(function* (type: string) {
  const store = yield* AuditStore
  const filter = { subject: { type }, outcome: "succeeded" } as const
  const { items, next } = yield* store.list({ tenant, filter, order: "oldest-first", limit: 500 })
  expect(next).toBe(null)
  return Map.groupBy(items, ({ subject }) => subject.id)
})

/** Every change of an order is recorded once, and its states are a path of the state machine. */
const checkHistory = Effect.fnUntraced(function* ({ use }: World, orders: ReadonlyArray<StoredPaymentOrder>) {
  const records = yield* use(recordsOf("payment"))
  expect(records.size).toBe(orders.length)
  for (const { attempts, id, state, version } of orders) {
    const own = records.get(id) ?? []
    expect(own, `records of ${id}`).toHaveLength(version)
    const states = course(own, "/state") as ReadonlyArray<PaymentOrderState>
    expect(["created", "approved"]).toContain(states[0])
    expect(states.at(-1)).toBe(state)
    for (const [index, after] of states.slice(1).entries()) {
      const before = states[index]
      if (before !== undefined) expect(nextStates[before], `after ${before} in ${states.join(", ")}`).toContain(after)
    }
    const handed = own.filter(({ action }) => action === "banking.send-payment" || action === "banking.resend-payment")
    expect(handed).toHaveLength(attempts)
  }
})

/** What came of the payments of a plan: one thing for each, in order, and an order of its own where there is one. */
const checkPlans = Effect.fnUntraced(function* ({ plans, use }: World, orders: ReadonlyArray<StoredPaymentOrder>) {
  const records = yield* use(recordsOf("payment-plan"))
  const all = yield* plans
  expect(records.size).toBe(all.length)
  const planned: Array<string> = []
  for (const { id, last, state, version } of all) {
    const own = records.get(id) ?? []
    expect(own, `records of ${id}`).toHaveLength(version)
    expect(course(own, "/state").at(-1)).toBe(state)
    const { items } = yield* use(PaymentPlanStore.use((store) => store.payments(tenant, id, { limit: 100 })))
    expect(items.map(({ number }) => number)).toEqual(items.map((_, index) => items.length - index))
    expect(last?.number ?? 0).toBe(items.length)
    for (const { number, orderId, refusal } of items) {
      expect(orderId === null).toBe(refusal !== null)
      if (orderId === null) continue
      planned.push(orderId)
      expect(orders.find((order) => order.id === orderId)?.plan).toEqual({ planId: id, number })
    }
  }
  expect(new Set(planned)).toEqual(new Set(orders.flatMap(({ id, plan }) => (plan === null ? [] : [id]))))
  return all
})

type Waiting = Pick<StoredPaymentOrder, "approvalId"> & {
  readonly state: StoredPaymentOrder["state"] | StoredPaymentPlan["state"]
}

/** What needs consent waits as long as its approval does, and ends with it. */
const checkApprovals = Effect.fnUntraced(function* ({ use }: World, all: ReadonlyArray<Waiting>) {
  const records = yield* use(recordsOf("approval"))
  for (const { approvalId, state } of all) {
    if (approvalId === null) {
      expect(state).not.toBe("created")
      continue
    }
    const found = yield* use(ApprovalStore.use((store) => store.find(tenant, approvalId)))
    const approval = Option.getOrThrow(found)
    expect(records.get(approvalId)).toHaveLength(approval.state === "waiting" ? 1 : 2)
    const consented = state !== "created" && state !== "cancelled"
    if (state === "created") expect(approval.state).toBe("waiting")
    else if (consented) expect(approval.state).toBe("approved")
    else expect(approval.state).not.toBe("waiting")
  }
  expect(records.size).toBe(all.filter(({ approvalId }) => approvalId !== null).length)
})

/** What holds at any time, also right after a process was stopped. */
export const checkWorld = Effect.fnUntraced(function* (world: World) {
  const orders = yield* world.orders
  yield* checkMoney(world, orders)
  yield* checkHistory(world, orders)
  const plans = yield* checkPlans(world, orders)
  yield* checkApprovals(world, [...orders, ...plans])
  return orders
})

const hour = 3_600_000

/** Repeats what was never answered, and works on until nothing more can happen. */
const settle = Effect.fnUntraced(function* (world: World) {
  const { asked, clock, orders, plans, use } = world
  for (const each of asked.values()) yield* askAgain(world, each)
  for (let round = 0; round < 120; round += 1) {
    const isOver = (yield* plans).every(({ state }) => state === "ended" || state === "cancelled")
    if (isOver && (yield* orders).every(({ state }) => isFinal(state))) break
    clock.now += 6 * hour
    yield* use(work)
  }
  // Payments come back up to a day after they were settled.
  clock.now += 25 * hour
  for (let round = 0; round < 12; round += 1) yield* use(work)
})

/** A payment was sent again only after the rail, asked when nothing could be on its way any more, had not known it. */
const checkCalls = ({ calls, simulator }: World): void => {
  const inTransit = 60_000
  expect(simulator.rail.inTransit).toMatchObject({ value: { millis: inTransit } })
  for (const [id, own] of Map.groupBy(calls, ({ endToEndId }) => endToEndId)) {
    let sentAt: number | undefined
    let mayBeSent = true
    for (const { at, call } of own) {
      if (call === "send") {
        expect(mayBeSent, `${id} is sent blindly`).toBe(true)
        sentAt = at
        mayBeSent = false
      } else if (sentAt === undefined || at >= sentAt + inTransit) mayBeSent = true
    }
  }
}

const expectedState = (report: string, returned: Money | null): PaymentOrderState =>
  report === "RJCT" ? "failed" : returned === null ? "settled" : "returned"

/** Lets everything come to its end, and compares it with what only the other side knows. */
export const checkEnd = Effect.fnUntraced(function* (world: World) {
  const { asked, clock, simulator, use } = world
  yield* settle(world)
  const orders = yield* checkWorld(world)
  const atRail = yield* clock.rule(simulator.payments)
  for (const { amount, attempts, dispute, endToEndId, id, reason, returned, state, uetr } of orders) {
    const payment = atRail.get(endToEndId)
    expect(dispute).toBe(null)
    if (payment === undefined) {
      const lacked = state === "failed" && reason === "AM04" && attempts === 0
      expect(lacked ? "cancelled" : state, `the state of ${id}, of which the rail knows nothing`).toBe("cancelled")
      continue
    }
    expect(payment.arrivals).toBe(1)
    expect([payment.instruction.uetr, String(payment.instruction.amount)]).toEqual([uetr, String(amount)])
    expect(state).toBe(expectedState(payment.report.status, payment.returned))
    expect(String(returned?.amount ?? null)).toBe(String(payment.returned))
  }
  expect([...atRail.keys()].filter((id) => !orders.some(({ endToEndId }) => endToEndId === id))).toEqual([])
  const settledThere = [...atRail.values()].filter(({ report }) => report.status === "ACSC")
  const left =
    sum(settledThere.map(({ instruction }) => instruction.amount)) -
    sum(settledThere.flatMap(({ returned }) => (returned === null ? [] : [returned])))
  expect(yield* use(readSettlement)).toBe(-left)
  // Every command came to one order or none, and no order came from nowhere.
  const ordered = [...asked].flatMap(([name, { answer }]) =>
    name.startsWith("create ") && answer?.startsWith("pay_") ? [answer] : []
  )
  const single = orders.filter(({ plan }) => plan === null)
  expect(ordered).toHaveLength(single.length)
  expect(new Set(ordered)).toEqual(new Set(single.map(({ id }) => id)))
  for (const { id, reason, schedule, state, last } of yield* world.plans) {
    expect(["ended", "cancelled"], `${id} is ${state}`).toContain(state)
    const most = schedule.ends.kind === "after" ? schedule.ends.payments : 0
    if (state === "ended") expect(last?.number, `payments of ${id}, ${reason}`).toBe(most)
  }
  expect(yield* simulator.violations).toEqual([])
  expect(yield* use(PaymentOrderStore.use((store) => store.strays(simulator.rail.name)))).toEqual([])
  checkCalls(world)
  const verdict = yield* use(Ledger.use((ledger) => ledger.verify).pipe(as(system(tenant))))
  expect(verdict.findings).toEqual([])
  yield* use(AuditTrail.use((trail) => trail.seal(tenant)))
  expect((yield* use(AuditTrail.use((trail) => trail.verify(tenant))))._tag).toBe("Intact")
  return orders
})
