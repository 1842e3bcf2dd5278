/**
 * A bank behind a real HTTP server on loopback, on a real SQLite file, and callers with tokens.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { kameo } from "@saldo/kameo/kameo"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import { current, policy, savings } from "@saldo/testing/SimulationBank"
import * as TestPostgres from "@saldo/testing/TestPostgres"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as SqlClient from "effect/sql/SqlClient"
import { createServer } from "node:http"
import { roles } from "saldo/banking/BankAccess"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { Customers } from "saldo/banking/Customers"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { sha256 } from "saldo/core/sha256"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { LoanPlatform } from "saldo/lending/LoanPlatform"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import { Webhooks } from "saldo/notifications/Webhooks"
import { WebhookSender } from "saldo/notifications/WebhookSender"
import * as SqlStores from "saldo/sql/SqlStores"
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

const machine = ["ledger:*", "lending:*", "audit:*", "identity:*", "webhooks:*", "system:metrics"].map((each) =>
  Actor.Permission.make(each)
)

const everybody = { ...roles, machine }

/** Tokens that say who holds them: `role`, or `role:id` for somebody in particular. */
const authenticator = Layer.succeed(
  Authenticator,
  Authenticator.of({
    authenticate: (scheme, credential) => {
      const [role = "", id = role, of = tenant] = Redacted.value(credential).split(":")
      return Object.hasOwn(everybody, role)
        ? Effect.succeed(
            new Actor.Identity({
              kind: scheme === "bearer" ? "user" : "service",
              tenant: of,
              id,
              roles: [role],
              permissions: everybody[role as keyof typeof everybody]
            })
          )
        : Effect.fail(new CredentialsInvalid())
    }
  })
)

/** Receivers of events stand on loopback here. */
const near = { allowHttp: true, allowedRanges: ["127.0.0.0/8"] }

const webhooks = Layer.merge(Webhooks.layerWith(near), WebhookDispatch.layerWith(near)).pipe(
  Layer.provide(Layer.merge(WebhookKeys.layer(ring), WebhookSender.layerHttp(near)))
)

/** The bank on a database. */
export const bankOn = <A, E>(database: Layer.Layer<A | SqlClient.SqlClient, E>) =>
  webhooks.pipe(
    Layer.provideMerge(BankUseCases.layer({ products: [current, savings], payments: policy })),
    Layer.provideMerge(WrappingKeys.layer(ring)),
    Layer.provide(Layer.merge(KycVerifier.layerReference, RailSimulator.layer({ seed: "http" }))),
    Layer.provideMerge(SqlStores.layer),
    Layer.provideMerge(database),
    Layer.provideMerge(authenticator)
  )

/** The bank on a real SQLite file. */
export const bank = bankOn(TestSqlite.layerFile)

/** The market of a local Kameo, collected into the stores in scope. */
const market = LoanCollection.layer.pipe(
  Layer.provide(
    Layer.unwrap(
      Effect.map(
        Effect.acquireRelease(
          Effect.promise(() => startKameoEmulator({ loans: 60, user: { factor: "none" } })),
          (emulator) => Effect.promise(() => emulator.close())
        ),
        ({ apiUrl, wwwUrl }) => LoanPlatform.source(kameo({ baseUrl: wwwUrl, apiBaseUrl: apiUrl, limit: 20 }))
      )
    )
  )
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

/** The interface on a Node server at a free port, over what it needs. */
export const servedOver = <A, E>(options: http.HttpOptions, needed: Layer.Layer<A | Layer.Success<typeof bank>, E>) =>
  Layer.effect(
    Served,
    Effect.gen(function* () {
      const url = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
      return Served.of({ url, call: callsOf((path, init) => fetch(url + path, init)) })
    })
  ).pipe(
    Layer.provide(HttpRouter.serve(http.layer(options), { disableListenLog: true, disableLogger: true })),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.provideMerge(needed),
    Layer.orDie
  )

/** The interface on a Node server at a free port. */
export const served = (options: http.HttpOptions = {}) => servedOver(options, bank)

/** The same on a real Postgres. */
export const servedOnPostgres = servedOver({}, bankOn(TestPostgres.layer))

/** The same, with a platform to collect from. */
export const servedWithMarket = servedOver({}, market.pipe(Layer.provideMerge(bank)))

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
