/**
 * The bank behind a server: each function of the desk is one call of the client.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Client } from "@saldo/http/client"
import type { Approval } from "saldo/banking/Approval"
import type { OnCustomer } from "saldo/banking/Customers"
import * as Id from "saldo/core/Id"
import * as LocalDate from "saldo/time/LocalDate"
import * as Desk from "./BankDesk.ts"
import { asking, freshKey, keyed, Server } from "./server.ts"

const asked = Effect.map(Server, asking)

/** A write under the key of its command. */
const written = <Given extends { readonly key: Parameters<typeof keyed>[0] }, A, E>(
  { key, ...rest }: Given,
  write: (headers: Effect.Success<ReturnType<typeof keyed>>, rest: Omit<Given, "key">) => Effect.Effect<A, E>
) => Effect.flatMap(keyed(key), (headers) => write(headers, rest))

const customers = Layer.effect(
  Desk.Customers,
  Effect.map(asked, (ask) => {
    type Group = Client["customers"]
    const acting =
      (name: "activate" | "close" | "erase") =>
      ({ customerId, key }: OnCustomer) =>
        written({ key }, (headers) => ask(({ customers: group }) => group[name]({ headers, params: { customerId } })))
    const reasoned =
      (name: "lift" | "restrict") =>
      ({ customerId, key, reason }: OnCustomer & Parameters<Group["lift"]>[0]["params"]) =>
        written({ key }, (headers) =>
          ask(({ customers: group }) => group[name]({ headers, params: { customerId, reason } }))
        )
    return {
      activate: acting("activate"),
      close: acting("close"),
      erase: acting("erase"),
      lift: reasoned("lift"),
      restrict: reasoned("restrict"),
      find: (customerId) => ask(({ customers: group }) => group.find({ params: { customerId } })),
      list: (filter = {}, page = {}) => ask(({ customers: group }) => group.list({ query: { ...filter, ...page } })),
      register: (opening) =>
        written(opening, (headers, payload) => ask(({ customers: group }) => group.register({ headers, payload }))),
      submitDocuments: (given) =>
        written(given, (headers, { customerId, documents }) =>
          ask(({ customers: group }) =>
            group.submitDocuments({ headers, params: { customerId }, payload: { documents } })
          )
        ),
      verify: ({ customerId, key }) =>
        written({ key }, (headers) => ask(({ customers: group }) => group.verify({ headers, params: { customerId } }))),
      decide: (given) =>
        written(given, (headers, { customerId, ...payload }) =>
          ask(({ customers: group }) => group.decide({ headers, params: { customerId }, payload }))
        )
    }
  })
)

const accounts = Layer.effect(
  Desk.DepositAccounts,
  Effect.map(asked, (ask) => ({
    balance: (id) => ask(({ accounts: group }) => group.balance({ params: { id } })),
    find: (id) => ask(({ accounts: group }) => group.find({ params: { id } })),
    list: (filter = {}, page = {}) => ask(({ accounts: group }) => group.list({ query: { ...filter, ...page } })),
    open: (opening) =>
      written(opening, (headers, payload) => ask(({ accounts: group }) => group.open({ headers, payload }))),
    close: (closing) =>
      written(closing, (headers, { accountId, ...payload }) =>
        ask(({ accounts: group }) => group.close({ headers, params: { id: accountId }, payload }))
      ),
    block: (id) =>
      Effect.flatMap(Id.make("cli"), (key) =>
        ask(({ accounts: group }) => group.block({ headers: freshKey(key), params: { id } }))
      ),
    unblock: (id) =>
      Effect.flatMap(Id.make("cli"), (key) =>
        ask(({ accounts: group }) => group.unblock({ headers: freshKey(key), params: { id } }))
      )
  }))
)

const transactions = Layer.effect(
  Desk.DepositTransactions,
  Effect.map(asked, (ask) => ({
    announce: (given) =>
      written(given, (headers, payload) => ask(({ transactions: group }) => group.announce({ headers, payload }))),
    deposit: (given) =>
      written(given, (headers, payload) => ask(({ transactions: group }) => group.deposit({ headers, payload }))),
    transfer: (given) =>
      written(given, (headers, payload) => ask(({ transactions: group }) => group.transfer({ headers, payload }))),
    withdraw: (given) =>
      written(given, (headers, payload) => ask(({ transactions: group }) => group.withdraw({ headers, payload })))
  }))
)

const statements = Layer.effect(
  Desk.DepositStatements,
  Effect.map(asked, (ask) => ({
    statement: (id, query) => ask(({ accounts: group }) => group.statement({ params: { id }, query }))
  }))
)

const payments = Layer.effect(
  Desk.Payments,
  Effect.map(asked, (ask) => ({
    find: (id) => ask(({ payments: group }) => group.find({ params: { id } })),
    list: (filter = {}, page = {}) => ask(({ payments: group }) => group.list({ query: { ...filter, ...page } })),
    create: (given) =>
      written(given, (headers, payload) => ask(({ payments: group }) => group.create({ headers, payload }))),
    decide: (given) =>
      written(given, (headers, { approve, comment, id }) => {
        const payload = { approve, ...(comment === null ? {} : { comment }) }
        return ask(({ payments: group }) => group.decide({ headers, params: { id }, payload }))
      }),
    cancel: (given) =>
      written(given, (headers, { id }) => ask(({ payments: group }) => group.cancel({ headers, params: { id } })))
  }))
)

/** A server lists the consents that are waited for, and says nothing of those that were given. */
const approvals = Layer.effect(
  Desk.Approvals,
  Effect.map(asked, (ask) => ({
    find: Effect.fnUntraced(function* (id: Approval["id"]) {
      let page = yield* ask(({ payments: group }) => group.approvals({ query: { limit: 500 } }))
      for (;;) {
        const found = page.items.find((each) => each.id === id)
        if (found !== undefined || page.next === null) return found ?? null
        const { next: cursor } = page
        page = yield* ask(({ payments: group }) => group.approvals({ query: { limit: 500, cursor } }))
      }
    })
  }))
)

/** A server does not say which day its bank has, so it is that of UTC. */
const today = Layer.succeed(
  Desk.Today,
  Effect.map(DateTime.now, (now) => LocalDate.of(DateTime.formatIsoDateUtc(now)))
)

/** The desk over the server in scope. */
export const layer = Layer.mergeAll(accounts, approvals, customers, payments, statements, today, transactions)
