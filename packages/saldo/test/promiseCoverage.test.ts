/**
 * That `saldo/promise` leaves no use case out: the use cases come from the sources and their methods from what runs, and
 * each has a call here that is seen to reach it, or a reason why a host without Effect has no use for it.
 */
import { sqlite } from "@saldo/sqlite/sqlite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as ManagedRuntime from "effect/ManagedRuntime"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { type IdentityBankSaldo, InputInvalid } from "saldo/promise"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { calls, collect, openAll, others } from "./promiseCalls.ts"

/** What was reached since it was last emptied, as `Ledger.post`. */
const reached = vi.hoisted(() => new Set<string>())
/** Every service in what runs, with its methods. */
const methodsOf = vi.hoisted(() => new Map<string, ReadonlyArray<string>>())

/** A service that tells which of its methods are taken from it. */
const watched = <S extends object>(name: string, service: S): S => {
  methodsOf.set(name, Object.keys(service))
  return new Proxy(service, {
    get: (target, property, receiver) => {
      if (typeof property === "string") reached.add(`${name}.${property}`)
      return Reflect.get(target, property, receiver) as unknown
    }
  })
}

const serviceName = (key: string): string => key.slice(key.lastIndexOf("/") + 1)

/** The same services, watched from outside: what one use case asks of another is not seen. */
const watching = <R, E, RIn>(layer: Layer.Layer<R, E, RIn>): Layer.Layer<R, E, RIn> =>
  Layer.effectContext(
    Effect.map(Layer.build(layer), (context) =>
      Context.makeUnsafe<R>(
        new Map(
          [...context.mapUnsafe].map(([key, service]) =>
            key.startsWith("saldo/") ? [key, watched(serviceName(key), service as object)] : [key, service]
          )
        )
      )
    )
  )

vi.mock("effect/ManagedRuntime", async (importOriginal) => {
  const original = await importOriginal<typeof ManagedRuntime>()
  return {
    ...original,
    make: <R, E>(layer: Layer.Layer<R, E>) => original.make(watching(layer))
  }
})

// A collection is made for each platform that is collected from, so that what runs has none.
Reflect.set(LoanCollection, "layer", watching(LoanCollection.layer))

/** Use cases, and parts of them, that a host without Effect has no call for. */
const exceptions: Readonly<Record<string, string>> = {
  AccessRefusals: "records by itself what is refused in any call",
  AccessTokens: "the option `identity.tools`",
  AccountHolders: "how accounts see customers; a host gives tags by an option",
  Actor: "whoever a Saldo is in the hands of; see `as`",
  "ApiKeys.identify": "for `Authentication`, which refuses in one way whatever is wrong",
  "AuditTrail.append": "for use cases that draft records before they write them",
  "AuditTrail.draft": "for use cases that draft records before they write them",
  "AuditTrail.sealAll": "the worker's round over all tenants; `seal` does it for one",
  BankBooks: "opens the bank's own ledger accounts when they are needed; `ledger.accountByCode` reads them",
  BankCalendar: "the option `timeZone`",
  CustomerObligations: "how customers see accounts",
  "Customers.inBusiness": "a lock within the caller's transaction",
  IdentityKeys: "the option `identity.keys`",
  IdentityMail: "carries mails to the option `identity.mail` by itself",
  Idempotency: "commands of a host's own belong to its own transactions; a worker forgets the old ones",
  LastingData: "for use cases, which keep vouchers sealed",
  PaymentAccounts: "how payments see accounts",
  "Payments.place": "for use cases, which order payments in their own transaction",
  "Payments.policy": "the option `bank.payments`",
  "PersonalData.begin": "for use cases, which check who may; a host has no place to keep what is sealed",
  "PersonalData.destroy": "`customers.erase` checks who may, and when",
  "PersonalData.digest": "for use cases, which find what they keep sealed",
  "PersonalData.open": "for use cases, which check who may read",
  "PersonalData.seal": "for use cases, which keep what is sealed",
  Presence: "who is there, remembered for `Authentication`",
  "SigningKeys.signing": "for access tokens, which sign by it",
  "SigningKeys.verifying": "for access tokens, which are verified by it",
  TrailFeed: "wakes those who follow the trail in a process; a host without Effect reads it with `audit.query`",
  "Users.acting": "for use cases, which look up as whom a user acts",
  "WebhookDispatch.due": "whom `webhooks.tell` gives a turn",
  "WebhookDispatch.tell": "the turn that `webhooks.tell` gives each",
  WebhookKeys: "the option `webhooks.keys`",
  WrappingKeys: "the option `bank.keys`"
}

const source = fileURLToPath(new URL("../src/", import.meta.url))
const domains = ["core", "audit", "ledger", "banking", "lending", "identity", "notifications", "documents", "finance"]

/** Every service in the sources that is no port: the use cases, and what they are made of. */
const useCasesInSources = (): ReadonlyArray<string> =>
  domains
    .filter((domain) => readdirSync(source).includes(domain))
    .flatMap((domain) =>
      readdirSync(`${source}${domain}`)
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => {
          const text = readFileSync(`${source}${domain}/${file}`, "utf8")
          const isPort = (name: string) =>
            /static readonly layerMemory\b/u.test(text) ||
            /(?:Channel|Codes|Hasher|Store|Runs|Source|Rail|Verifier)$/u.test(name)
          return [...text.matchAll(/export class (\w+)\s+extends Context\.Service/gu)].flatMap(([, name = ""]) =>
            isPort(name) ? [] : [name]
          )
        })
    )

/** The functions of a facade, as `ledger.post`; those that were called are noted. */
const functionsOf = (facade: object, path = ""): ReadonlyArray<string> =>
  Object.entries(facade).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "function"
      ? [`${path}${name}`]
      : typeof value === "object" && value !== null
        ? functionsOf(value, `${path}${name}.`)
        : []
  )

const noting = <F extends object>(facade: F, used: Set<string>, path = ""): F =>
  new Proxy(facade, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver)
      if (typeof name !== "string") return value
      if (typeof value === "object" && value !== null) return noting(value, used, `${path}${name}.`)
      used.add(`${path}${name}`)
      return value
    }
  })

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value

/** Waits for an answer; a refusal is one, but not that the call itself was wrong, nor a defect. */
const answered = async (call: () => unknown): Promise<void> => {
  try {
    const answer = await call()
    if (!isIterable(answer)) return
    for await (const each of answer) expect(each).toBeDefined()
  } catch (error) {
    expect(error).not.toBeInstanceOf(InputInvalid)
    expect(error).toHaveProperty("_tag")
  }
}

describe("saldo/promise covers every use case", () => {
  const used = new Set<string>()
  let saldo: IdentityBankSaldo
  beforeAll(async () => {
    saldo = await openAll(sqlite({ filename: ":memory:" }))
    await collect(saldo)
  })
  afterAll(() => saldo.close())

  it("knows each method of each of them", () => {
    const excepted = (name: string) => Object.hasOwn(exceptions, name)
    const found = useCasesInSources()
    const methods = found
      .filter((name) => !excepted(name))
      .flatMap((name) => (methodsOf.get(name) ?? ["(is in no Saldo)"]).map((method) => `${name}.${method}`))
    expect(methods.filter((method) => !excepted(method)).toSorted()).toEqual(Object.keys(calls).toSorted())
    expect(Object.keys(exceptions).filter((name) => !found.includes(name) && !methods.includes(name))).toEqual([])
  })

  for (const [method, call] of Object.entries(calls)) {
    it(`reaches ${method}`, async () => {
      reached.clear()
      const noted = noting(saldo, used)
      await answered(() => call(noted, saldo.newId))
      expect([...reached]).toContain(method)
    })
  }

  it("has no method that nothing here calls", async () => {
    const noted = noting(saldo, used)
    for (const call of Object.values(others)) await answered(() => call(noted))
    const aside = new Set(["as", "close", "newId"])
    expect(functionsOf(saldo).filter((name) => !used.has(name) && !aside.has(name))).toEqual([])
  })
})
