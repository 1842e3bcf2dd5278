/**
 * That no text reaches a storage that some storage cannot keep: in each call of `saldo/promise`, each text in turn is
 * given with NUL and with half a character in it.
 */
import { describe, expect, it } from "@effect/vitest"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { Storage } from "saldo/core/Storage"
import * as Money from "saldo/money/Money"
import { type IdentityBankSaldo, InputInvalid, Secret } from "saldo/promise"
import { calls, openAll, others } from "./promiseCalls.ts"

const amount = Money.of("1.00", "SEK")

/** Calls with texts that those of the coverage leave out. */
const wordy: Readonly<Record<string, (saldo: IdentityBankSaldo, id: IdentityBankSaldo["newId"]) => unknown>> = {
  "the market's filter": ({ loans }) =>
    loans.list({ text: "trä", currency: "SEK", riskGrades: ["A"], countries: ["SE"] }),
  "the market's order": ({ loans }) => loans.count({ text: "trä" }),
  "the trail's filter": ({ audit }) =>
    audit.query(
      { action: "host.act", actorId: "x", owner: "y", subject: { type: "thing", id: "1" }, requestId: "r" },
      { cursor: "c" }
    ),
  "the trail's record": ({ audit }) =>
    audit.record({
      action: "host.act",
      subject: { type: "thing", id: "1" },
      reason: "why",
      onBehalfOf: { tenant: "default", id: "1" }
    }),
  "a scope of the trail": ({ audit }) => audit.hold({ _tag: "Subject", type: "thing", id: "1" }, "a court asks"),
  "an entry": ({ ledger }, id) =>
    ledger.post({
      key: "1",
      code: "sale",
      description: "a sale",
      metadata: { invoice: "1" },
      postings: [{ accountId: id("acct"), side: "debit", amount }]
    }),
  "a filter of entries": ({ ledger }) => ledger.entries({ code: "sale", metadata: { invoice: "1" } }),
  "a filter of accounts": ({ ledger }) => ledger.accounts({ currency: "SEK", codePrefix: "cash" }),
  "a payment": ({ bank }, id) =>
    bank.payments.create({
      key: "1",
      accountId: id("dep"),
      amount,
      creditor: { name: "Bo Ek", account: { scheme: "Iban", text: new Secret("SE45 5000 0000 0583 9825 7466") } },
      message: { _tag: "Text", text: "Hyra" }
    }),
  "a decision": ({ bank }, id) => bank.payments.decide({ key: "1", id: id("pay"), approve: false, comment: "no" }),
  "a customer": ({ bank }) =>
    bank.customers.register({
      key: "1",
      kind: "person",
      registration: { scheme: "SwedishPersonalNumber", number: new Secret("19811218-9876") },
      details: { name: "Bo Ek", email: "bo@example.test", phone: "1", address: "Vägen 1" }
    }),
  "a sign-in": ({ identity }) =>
    identity.sessions.signIn({
      email: new Secret("anna@example.test"),
      password: new Secret("four random wombats sing"),
      code: "123456",
      client: { address: "192.0.2.1", agent: "Firefox" }
    }),
  "a user's party": ({ identity }, id) => identity.users.setParty({ key: "4", userId: id("user"), party: "cust_1" }),
  "whoever acts": (saldo) => saldo.as({ tenant: "default", id: "anna", roles: ["teller"], onBehalfOf: "cust_1" })
}

const isPlain = (value: unknown): value is object =>
  Array.isArray(value) ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)

type Poisoned = readonly [pointer: string, value: unknown]

/** The value once for each text in it, which has something added, with the pointer to it. */
const poisonings = (value: unknown, poison: string): ReadonlyArray<Poisoned> => {
  if (typeof value === "string") return [["", `${value}${poison}`]]
  if (value instanceof Secret) return [["", new Secret(`${value.reveal()}${poison}`, value.label)]]
  if (!isPlain(value)) return []
  return Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
    poisonings(field, poison).map(([pointer, changed]): Poisoned => {
      const copy: object = Array.isArray(value) ? [...(value as ReadonlyArray<unknown>)] : { ...value }
      Reflect.set(copy, name, changed)
      return [`/${name}${pointer}`, copy]
    })
  )
}

type Callable = (...given: ReadonlyArray<unknown>) => unknown

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value

const taken = "an answer"

const outcome = async (call: () => unknown): Promise<unknown> => {
  try {
    const answer: unknown = await call()
    if (isIterable(answer)) for await (const each of answer) void each
    return taken
  } catch (error) {
    return error
  }
}

/** Stands for an answer: whatever is asked of it is an id. */
const answer = (id: string): object => new Proxy({}, { get: (_, name) => (name === "then" ? undefined : id) })

/** Gives each call with each poison in each text, notes what came of it, and then answers without having called. */
const poisoning = (facade: object, tried: (name: string, pointer: string, got: unknown) => void, id: string) => {
  const wrap = (part: object, path: string): object =>
    new Proxy(part, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver)
        if (typeof name !== "string") return value
        if (typeof value === "object" && value !== null) return wrap(value, `${path}${name}.`)
        if (typeof value !== "function") return value
        return async (...given: ReadonlyArray<unknown>) => {
          for (const poison of ["\u0000", "\uD800"]) {
            for (const [pointer, changed] of poisonings(given, poison)) {
              const call = () => Reflect.apply(value as Callable, part, changed as ReadonlyArray<unknown>)
              tried(`${path}${name}`, pointer, await outcome(call))
            }
          }
          return answer(id)
        }
      }
    })
  return wrap(facade, "")
}

const dump = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql.onDialectOrElse({
    pg: () =>
      sql<{
        name: string
      }>`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1`,
    orElse: () => sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1`
  })
  return yield* Effect.forEach(tables, ({ name }) =>
    Effect.map(sql<{ n: number | string }>`SELECT COUNT(*) AS n FROM ${sql(name)}`, ([row]) => `${name}: ${row?.n}`)
  )
})

/** What is told of in words of its own. */
const spoken = new Set(["AccountNumberInvalid", "FilterInvalid", "InvalidCursor", "StatementMalformed"])

/** A market has no loan of a name that no loan can have, and says so before it looks. */
const absent = new Set(["loans.find", "loans.history"])

/** Which calls were made with such text, and which of them did not say so. */
const everyCall = async (saldo: IdentityBankSaldo) => {
  const [called, wrong] = [new Set<string>(), new Set<string>()]
  const tried = (method: string, pointer: string, got: unknown): void => {
    called.add(method)
    const fits =
      got instanceof InputInvalid
        ? pointer.replace(/^\/\d+/u, "") === got.path
        : absent.has(method)
          ? got === taken
          : spoken.has(String((got as { readonly _tag?: unknown })._tag))
    if (!fits) wrong.add(`${method} ${pointer}: ${String(got)}`)
  }
  const poisoned = poisoning(saldo, tried, saldo.newId("appr")) as IdentityBankSaldo
  for (const call of Object.values({ ...calls, ...wordy, ...others })) await call(poisoned, saldo.newId)
  return { called, wrong }
}

describe("text that no storage can keep", () => {
  for (const [name, made] of [
    ["SQLite", TestSqlite.file],
    ["Postgres", TestPostgres.schema]
  ] as const) {
    it.live(`is refused by its path in every call, and nothing is written (${name})`, () =>
      Effect.gen(function* () {
        const client = yield* made
        const saldo = yield* Effect.acquireRelease(
          Effect.promise(() => openAll(new Storage(name.toLowerCase(), client))),
          (open) => Effect.promise(() => open.close())
        )
        const before = yield* Effect.provide(dump, client)
        const { called, wrong } = yield* Effect.promise(() => everyCall(saldo))
        expect([...wrong]).toEqual([])
        expect(called.size).toBeGreaterThan(80)
        expect(yield* Effect.provide(dump, client)).toEqual(before)
      })
    )
  }
})
