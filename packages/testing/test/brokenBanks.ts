/**
 * Banks that go wrong, each in one way, as banks do: in the ledger, with deposits, payments, customers, the trail, and
 * where commands are kept from happening twice.
 */
import {
  type Bank,
  bank,
  bankOver,
  bankWith,
  current,
  policy,
  savingsRates,
  savingsWith
} from "@saldo/testing/SimulationBank"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { AuditStore } from "saldo/audit/AuditStore"
import { ApprovalStore } from "saldo/banking/ApprovalStore"
import type { StoredCustomer } from "saldo/banking/Customer"
import { CustomerStore } from "saldo/banking/CustomerStore"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import type { InterestTerms } from "saldo/banking/InterestTerms"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import { PaymentPlanStore } from "saldo/banking/PaymentPlanStore"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { Atomic } from "saldo/core/Atomic"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { IdempotencyStore } from "saldo/core/IdempotencyStore"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"

/** A bank whose commands to the ledger are changed on the way. */
const sending = (change: (command: LedgerCommand) => LedgerCommand): Bank =>
  bankOver(LedgerStore, (store) => ({
    commit: (request) => store.commit({ ...request, commands: request.commands.map(change) })
  }))

const operations = (change: (operation: Operation) => Operation): Bank =>
  sending((command) => ({ ...command, operations: command.operations.map(change) }))

const savingWith = (change: Partial<InterestTerms>): Bank => bankWith({ products: [current, savingsWith(change)] })

const active = (customer: StoredCustomer): StoredCustomer =>
  customer.state === "restricted" ? { ...customer, state: "active" } : customer

const minor = (money: Money.Money, change: bigint) => Money.fromMinor(money.amount + change, money.currency)

const ledger: Readonly<Record<string, Bank>> = {
  "a capture takes all that was held": operations((one) =>
    one._tag === "Capture" ? { _tag: "Capture", holdId: one.holdId } : one
  ),
  "a capture keeps the rest held": operations((one) => (one._tag === "Capture" ? { ...one, rest: "keep" } : one)),
  "holds never expire": operations((one) => {
    if (one._tag !== "PlaceHold") return one
    const { expiresAfterMs: _never, ...hold } = one
    return hold
  }),
  "the sweep leaves out the hold that is overdue for longest": bankOver(LedgerStore, (store) => ({
    dueHolds: (now, limit) => Effect.map(store.dueHolds(now, limit), (due) => due.slice(1))
  })),
  "a reversal counts from the day on which it is made": operations((one) => {
    if (one._tag !== "Reverse") return one
    const { valueOn: _today, ...reversal } = one
    return reversal
  }),
  "the ledger knows no command again": bankOver(LedgerStore, (store) => ({
    commit: (request) =>
      Effect.flatMap(Id.make("entry"), (id) =>
        store.commit({
          ...request,
          commands: request.commands.map((one) => ({ ...one, key: CommandKey.make(`${one.key} ${id}`.slice(-255)) }))
        })
      )
  })),
  "a balance of the past counts what is held": bankOver(LedgerStore, (store) => ({
    counters: (tenant, id, asOf) =>
      Effect.map(store.counters(tenant, id, asOf), (found) =>
        asOf.valueOn === undefined
          ? found
          : Option.map(found, (counters) => ({
              ...counters,
              debitsPosted: counters.debitsPosted + counters.debitsPending
            }))
      )
  }))
}

const deposits: Readonly<Record<string, Bank>> = {
  "interest is rounded up": savingWith({ rounding: "up" }),
  "a year has 360 days": savingWith({ dayCount: "ACT/360" }),
  "interest bears interest from the day it is paid": savingWith({
    credit: { ...savingsRates, compounding: "monthly" }
  }),
  "interest is booked twice": sending((command) =>
    command.key.startsWith("deposit interest")
      ? { ...command, operations: [...command.operations, ...command.operations] }
      : command
  ),
  "the end of day leaves out the last account": bankOver(DepositAccountStore, (store) => ({
    due: (request) => Effect.map(store.due(request), (due) => due.slice(0, -1))
  })),
  "transfers do not count as withdrawals": bankOver(DepositAccountStore, (store) => ({
    addEvent: (event) => (event.event.endsWith("transfer") ? Effect.void : store.addEvent(event))
  })),
  "small transfers cost nothing": sending((command) =>
    command.key.startsWith("banking.transfer") &&
    command.operations.some((one) => one._tag === "Post" && one.postings.some(({ amount }) => amount.amount > 5_000n))
      ? command
      : { ...command, operations: command.operations.filter((one) => !("code" in one) || one.code !== "fee") }
  ),
  "whoever transfers twice at once is served twice": Layer.effect(
    DepositTransactions,
    Effect.map(DepositTransactions, (right) => ({
      ...right,
      transfer: (order: Parameters<typeof right.transfer>[0]) =>
        Effect.flatMap(Id.make("key"), (id) => right.transfer({ ...order, key: CommandKey.make(id) }))
    }))
  ).pipe(Layer.provideMerge(bank))
}

const payments: Readonly<Record<string, Bank>> = {
  "what may have been sent is sent again under another reference": bankOver(PaymentRail, (rail) => {
    const sent = new Set<string>()
    return {
      send: (instruction) =>
        Effect.suspend(() => {
          const { endToEndId } = instruction
          const again = sent.has(endToEndId)
          sent.add(endToEndId)
          return rail.send(again ? { ...instruction, endToEndId: endToEndId.replace(/^./u, "9") } : instruction)
        })
    }
  }),
  "no answer counts as a rejection": bankOver(PaymentRail, (rail) => ({
    send: (instruction) =>
      Effect.orElseSucceed(rail.send(instruction), () => ({ status: "RJCT" as const, reason: "TECH" }))
  })),
  "returns are not heard": bankOver(PaymentRail, (rail) => ({
    events: (after, limit) =>
      Effect.map(rail.events(after, limit), ({ events, next }) => ({
        events: events.filter(({ _tag }) => _tag !== "Returned"),
        next
      }))
  })),
  "a return gives back what was paid, and not what came": bankOver(LedgerStore, (store) => ({
    commit: (request) =>
      store.commit({
        ...request,
        commands: request.commands.map((command) =>
          command.key.endsWith(" return")
            ? {
                ...command,
                operations: command.operations.map((one) =>
                  one._tag === "Post"
                    ? { ...one, postings: one.postings.map((each) => ({ ...each, amount: minor(each.amount, 1n) })) }
                    : one
                )
              }
            : command
        )
      })
  })),
  "a second person is not asked": bankWith({ payments: { ...policy, approval: "never" } }),
  "whoever orders a payment may approve it": bankOver(ApprovalStore, (store) => ({
    lock: (tenant, id) =>
      Effect.map(
        store.lock(tenant, id),
        Option.map((one) => ({ ...one, requestedBy: "nobody" }))
      )
  })),
  "payments that were settled do not count towards the limits": bankOver(PaymentOrderStore, (store) => ({
    counted: (tenant, accountId, from) =>
      Effect.map(store.counted(tenant, accountId, from), (orders) => orders.filter(({ state }) => state !== "settled"))
  })),
  "a standing order stops after its first payment": bankOver(PaymentPlanStore, (store) => ({
    save: (plan) => store.save(plan.last?.number === 1 ? { ...plan, lookOn: null } : plan)
  })),
  "what comes of a standing order is not noted": bankOver(PaymentPlanStore, () => ({
    note: () => Effect.succeed(true)
  })),
  "nobody asks about what is on hold": bankOver(PaymentOrderStore, (store) => ({
    save: (order) => store.save(order.state === "held" ? { ...order, askAt: null } : order)
  })),
  "the place among the events moves on before they are taken in": bankOver(PaymentOrderStore, (store) => {
    let read: string | null = null
    return {
      place: (rail) =>
        Effect.map(store.place(rail), (kept) => {
          const place = read ?? kept
          read = String(Number(place ?? 0) + 1)
          return place
        })
    }
  })
}

const customers: Readonly<Record<string, Bank>> = {
  "who is restricted may do business": bankOver(CustomerStore, (store) => ({
    lock: (tenant, id) => Effect.map(store.lock(tenant, id), Option.map(active)),
    find: (tenant, id) => Effect.map(store.find(tenant, id), Option.map(active))
  })),
  "the end of an approval is not noticed": bankOver(CustomerStore, () => ({
    approvalsEnded: () => Effect.succeed([])
  })),
  "an erased customer's key is kept": bankOver(DataKeyStore, () => ({ destroy: () => Effect.succeed(true) })),
  "a customer sees everybody's accounts": bankOver(DepositAccountStore, (store) => ({
    list: (tenant, { customerId: _whose, ...filter }, page) => store.list(tenant, filter, page)
  })),
  "banks share what they keep": bankOver(DepositAccountStore, (store) => ({
    list: (_tenant, filter, page) => store.list("simulation", filter, page)
  }))
}

const trail: Readonly<Record<string, Bank>> = {
  "the trail is written when all is done": bankOver(AuditStore, (store) => {
    const waiting: Array<Parameters<typeof store.append>[0]> = []
    return {
      append: (records) => Effect.sync(() => void waiting.push(records)),
      seal: (tenant, limit) =>
        Effect.andThen(
          Effect.forEach(waiting.splice(0), (records) => store.append(records), { discard: true }),
          store.seal(tenant, limit)
        )
    }
  }),
  "the trail leaves out what is large": bankOver(AuditStore, (store) => ({
    append: (records) => store.append(records.filter(({ changes }) => changes.length < 16))
  }))
}

const commands: Readonly<Record<string, Bank>> = {
  "there are no transactions": bankOver(Atomic, () => ({
    run: (effect) => effect,
    runLocking: (effect) => effect
  })),
  "outcomes are not remembered": bankOver(IdempotencyStore, (store) => ({
    settle: (scope, token) => store.release(scope, token)
  })),
  "a command with another content is taken for the same": bankOver(IdempotencyStore, (store) => ({
    reserve: (wish) =>
      Effect.map(store.reserve(wish), (answer) =>
        answer._tag === "Settled" ? { ...answer, request: wish.request } : answer
      )
  }))
}

/** Every bug, by what is wrong. */
export const bugs: Readonly<Record<string, Bank>> = {
  ...ledger,
  ...deposits,
  ...payments,
  ...customers,
  ...trail,
  ...commands
}
