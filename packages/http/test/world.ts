/**
 * A bank behind a real HTTP server on loopback, on a real SQLite file, and callers with tokens.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import { current, policy, savings } from "@saldo/testing/SimulationBank"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import { type BankRole, roles } from "saldo/banking/BankAccess"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { Customers } from "saldo/banking/Customers"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { sha256 } from "saldo/core/sha256"
import * as SqlStores from "saldo/sql/SqlStores"
import { CredentialsInvalid } from "../src/api/Authentication.ts"
import * as http from "../src/http.ts"
import { Authenticator } from "../src/server/Authenticator.ts"

export const tenant = "bank"

export const secrets = {
  name: "Quirina Testsson-Ångström",
  email: "quirina@example.test",
  number: "19811218-9876"
} as const

const ring = {
  current: { id: "2026", key: Redacted.make(sha256("the wrapping key of 2026")) },
  index: Redacted.make(sha256("the index key"))
}

/** Tokens that say who holds them: `role`, or `role:id` for somebody in particular. */
const authenticator = Layer.succeed(
  Authenticator,
  Authenticator.of({
    authenticate: (scheme, credential) => {
      const [role = "", id = role, of = tenant] = Redacted.value(credential).split(":")
      return Object.hasOwn(roles, role)
        ? Effect.succeed(
            new Actor.Identity({
              kind: scheme === "bearer" ? "user" : "service",
              tenant: of,
              id,
              roles: [role],
              permissions: roles[role as BankRole]
            })
          )
        : Effect.fail(new CredentialsInvalid())
    }
  })
)

export const bank = BankUseCases.layer({ products: [current, savings], payments: policy }).pipe(
  Layer.provideMerge(WrappingKeys.layer(ring)),
  Layer.provide(Layer.merge(KycVerifier.layerReference, RailSimulator.layer({ seed: "http" }))),
  Layer.provideMerge(SqlStores.layer),
  Layer.provideMerge(TestSqlite.layerFile),
  Layer.provideMerge(authenticator)
)

/** What a call says beside its method and path. */
export interface Call {
  readonly as?: string
  readonly body?: unknown
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

const read = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Calls of one server. */
export const callsOf =
  (send: (path: string, init: RequestInit) => Promise<Response>) =>
  (method: string, path: string, { as, body, headers, key }: Call = {}): Effect.Effect<Answer> =>
    Effect.promise(async (signal) => {
      const response = await send(path, {
        method,
        signal,
        headers: {
          ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(key === undefined ? {} : { "idempotency-key": key }),
          ...headers
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, body: read(text) }
    })

/** The server and how to call it. */
export class Served extends Context.Service<
  Served,
  { readonly url: string; readonly call: ReturnType<typeof callsOf> }
>()("test/Served") {}

/** The interface on a Node server at a free port. */
export const served = (options: http.HttpOptions = {}) =>
  Layer.effect(
    Served,
    Effect.gen(function* () {
      const url = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
      return Served.of({ url, call: callsOf((path, init) => fetch(url + path, init)) })
    })
  ).pipe(
    Layer.provide(HttpRouter.serve(http.layer(options), { disableListenLog: true, disableLogger: true })),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(bank),
    Layer.orDie
  )

const officer = new Actor.Identity({ kind: "user", tenant, id: "arranger", roles: [], permissions: roles.officer })

/** A customer whom the bank knows, made by the use cases. */
export const activeCustomer = (name: string, number: string = secrets.number) =>
  Effect.gen(function* () {
    const customers = yield* Customers
    const key = (step: string) => CommandKey.make(`${name} ${step}`)
    const { id: customerId } = yield* customers.register({
      key: key("register"),
      kind: "person",
      registration: { scheme: "SwedishPersonalNumber", number: Redacted.make(number) },
      details: { name: Redacted.make(secrets.name), email: Redacted.make(secrets.email) }
    })
    yield* customers.submitDocuments({
      key: key("documents"),
      customerId,
      documents: [
        { kind: "passport", digest: sha256("passport"), expiresOn: null },
        { kind: "proof-of-address", digest: sha256("bill"), expiresOn: null }
      ]
    })
    yield* customers.verify({ key: key("verify"), customerId })
    yield* customers.activate({ key: key("activate"), customerId })
    return customerId
  }).pipe(Actor.as(officer), Effect.orDie)
