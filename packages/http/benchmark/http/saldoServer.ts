/**
 * A bank behind HTTP in a process of its own: it tells its parent where it is and who may call, and posts transfers by the
 * use case itself when it is asked to, so that both ways are measured in one process on one database.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Argon2PasswordHasher from "@saldo/identity/Argon2PasswordHasher"
import * as JoseAccessTokens from "@saldo/identity/JoseAccessTokens"
import * as TotpOneTimeCodes from "@saldo/identity/TotpOneTimeCodes"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import { current, policy } from "@saldo/testing/SimulationBank"
import * as SqliteClient from "@saldo/sqlite/SqliteClient"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { Customers } from "saldo/banking/Customers"
import type { DepositAccountId } from "saldo/banking/DepositAccount"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { sha256 } from "saldo/core/sha256"
import * as SqlOutbox from "saldo/core/SqlOutbox"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import * as IdentityUseCases from "saldo/identity/IdentityUseCases"
import { mailSubscription } from "saldo/identity/MailDue"
import { Sessions } from "saldo/identity/Sessions"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import * as Money from "saldo/money/Money"
import * as SqlStores from "saldo/sql/SqlStores"
import * as http from "../../src/http.ts"
import { Authenticator } from "../../src/server/Authenticator.ts"
import type { Direct, Ready } from "./messages.ts"

const tenant = "bank"
const [filename = ""] = process.argv.slice(2)
const key = (id: string) => ({ id, key: Redacted.make(sha256(id)) })

const identity = IdentityUseCases.layer({
  accessTokens: JoseAccessTokens.layer({ issuer: "benchmark" }),
  policy: { signUpRoles: ["admin"] }
}).pipe(
  Layer.provide(
    Layer.mergeAll(
      Argon2PasswordHasher.layer,
      TotpOneTimeCodes.layer,
      BreachedPasswordSource.layerList([]),
      IdentityKeys.layer({ current: key("identity"), index: Redacted.make(sha256("index")) })
    )
  )
)

const system = Authenticator.layerIdentity.pipe(
  Layer.provideMerge(identity),
  Layer.provideMerge(BankUseCases.layer({ products: [current], payments: policy })),
  Layer.provide(WrappingKeys.layer({ current: key("bank"), index: Redacted.make(sha256("bank index")) })),
  Layer.provide(Layer.merge(KycVerifier.layerReference, RailSimulator.layer({ seed: "benchmark" }))),
  Layer.provideMerge(SqlOutbox.layer([mailSubscription])),
  Layer.provideMerge(SqlStores.layer),
  Layer.provideMerge(SqliteClient.layer({ filename, synchronous: "full" }))
)

const kronor = (text: string) => Money.of(text, "SEK")

/** A customer with accounts, and money on each. */
const accounts = Effect.gen(function* () {
  const [customers, deposits, transactions] = [yield* Customers, yield* DepositAccounts, yield* DepositTransactions]
  const named = (name: string) => CommandKey.make(name)
  const { id: customerId } = yield* customers.register({
    key: named("register"),
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number: Redacted.make("19811218-9876") },
    details: { name: Redacted.make("Quirina Testsson") }
  })
  yield* customers.submitDocuments({
    key: named("documents"),
    customerId,
    documents: [
      { kind: "passport", digest: sha256("passport"), expiresOn: null },
      { kind: "proof-of-address", digest: sha256("bill"), expiresOn: null }
    ]
  })
  yield* customers.verify({ key: named("verify"), customerId })
  yield* customers.activate({ key: named("activate"), customerId })
  const ids: Array<DepositAccountId> = []
  for (let number = 0; number < 100; number++) {
    const { id } = yield* deposits.open({ key: named(`open ${number}`), customerId, productId: current.id })
    yield* transactions.deposit({ key: named(`till ${number}`), accountId: id, amount: kronor("100000.00") })
    ids.push(id)
  }
  return ids
}).pipe(Actor.as(Actor.system(tenant)))

/** Somebody who has signed in and may do everything. */
const signedIn = Effect.gen(function* () {
  const [users, store, sessions] = [yield* Users, yield* UserStore, yield* Sessions]
  const credentials = {
    tenant,
    email: Redacted.make("adam@bank.example"),
    password: Redacted.make("lantern-over-quiet-water")
  }
  yield* users.signUp({ ...credentials, name: Redacted.make("Adam") })
  const { items } = yield* store.list(tenant, {}, {})
  for (const user of items) yield* store.save({ ...user, state: "active", version: user.version + 1 })
  const { accessToken } = yield* sessions.signIn({ ...credentials, client: { address: "127.0.0.1", agent: "bench" } })
  return Redacted.value(accessToken)
})

const send = (message: unknown) => Effect.sync(() => process.send?.(message))

const program = Effect.gen(function* () {
  const ids = yield* accounts
  const { address } = yield* HttpServer.HttpServer
  const transactions = yield* DepositTransactions
  let count = 0
  const transfer = Effect.suspend(() => {
    count += 1
    const [from, to] = [ids[count % ids.length], ids[(count + 1) % ids.length]]
    if (from === undefined || to === undefined) throw new RangeError("there are no accounts")
    return transactions.transfer({ key: CommandKey.make(`direct ${count}`), from, to, amount: kronor("0.01") })
  })
  const context = yield* Effect.context()
  const done = yield* Deferred.make()
  const direct = ({ clients, milliseconds }: Direct) =>
    Effect.gen(function* () {
      const [begun, before] = [performance.now(), count]
      const client = Effect.gen(function* () {
        while (performance.now() - begun < milliseconds) yield* transfer
      })
      yield* Effect.replicateEffect(client, clients, { concurrency: "unbounded", discard: true })
      yield* send({ rate: ((count - before) * 1000) / (performance.now() - begun) })
    }).pipe(Actor.as(Actor.system(tenant)))
  process.on("message", (message: Direct) => void Effect.runPromiseWith(context)(direct(message)))
  process.on("disconnect", () => Deferred.doneUnsafe(done, Effect.void))
  // The key that signs is made with the first token.
  const token = yield* signedIn
  const jwks = yield* SigningKeys.use(({ published }) => published)
  const ready: Ready = {
    port: address._tag === "UnixPathAddress" ? 0 : address.port,
    token,
    accounts: ids,
    jwks: JSON.stringify(jwks)
  }
  yield* send(ready)
  yield* Deferred.await(done)
})

const served = HttpRouter.serve(http.layer().pipe(Layer.provide(system)), {
  disableListenLog: true,
  disableLogger: true
}).pipe(Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })), Layer.merge(system))

await Effect.runPromise(Effect.provide(program, served))
