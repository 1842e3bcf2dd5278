/**
 * The command through a server and on the server's own database: the same data, the same words.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { createServer } from "node:http"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as http from "@saldo/http/http"
import { Authenticator } from "@saldo/http/server/Authenticator"
import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { kameo } from "@saldo/kameo/kameo"
import { layer as sqlite } from "@saldo/sqlite/SqliteClient"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import { roles } from "saldo/banking/BankAccess"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { Customers } from "saldo/banking/Customers"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { ProductId } from "saldo/banking/DepositProduct"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { permissive } from "saldo/banking/PaymentPolicy"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { RateLimitStore } from "saldo/core/RateLimitStore"
import { sha256 } from "saldo/core/sha256"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { LoanPlatform } from "saldo/lending/LoanPlatform"
import * as Money from "saldo/money/Money"
import * as SqlStores from "saldo/sql/SqlStores"
import { offered } from "../src/bank/products.ts"
import * as keys from "../src/bank/keys.ts"
import { Database } from "../src/GlobalFlags.ts"
import { failureOf, type RunOptions, settings, useSaldo } from "./saldo.ts"

const { path, run } = useSaldo()
const db = path("bank.sqlite")

const may = (...names: ReadonlyArray<string>) => names.map((name) => Actor.Permission.make(name))
const permissions = {
  officer: [...roles.officer, ...may("ledger:*", "lending:*")],
  reader: may("bank:read")
}

/** Keys that say who has them: a role, and whom else than Ada. */
const authenticator = Layer.succeed(
  Authenticator,
  Authenticator.of({
    authenticate: (_, credential) => {
      const [role = "", id = "ada"] = Redacted.value(credential).split("~")
      return role === "officer" || role === "reader"
        ? Effect.succeed(
            new Actor.Identity({ kind: "user", tenant: "main", id, roles: [role], permissions: permissions[role] })
          )
        : Effect.fail(new CredentialsInvalid())
    }
  })
)

/** The settings of a command that collects from where the server does. */
const atKameo = { env: {} }

const market = LoanCollection.layer.pipe(
  Layer.provide(
    Layer.unwrap(
      Effect.map(
        Effect.acquireRelease(
          Effect.promise(() => startKameoEmulator({ loans: 40, frozen: true, user: { factor: "none" } })),
          (emulator) => Effect.promise(() => emulator.close())
        ),
        (emulator) => {
          atKameo.env = settings(emulator)
          return LoanPlatform.source(kameo({ baseUrl: emulator.wwwUrl, apiBaseUrl: emulator.apiUrl }))
        }
      )
    )
  )
)

/** The bank that the command would find in the file, behind HTTP; whoever calls as Eve may do so ten times a minute. */
const bank = market.pipe(
  Layer.provideMerge(
    Layer.unwrap(
      Effect.map(offered, (products) =>
        BankUseCases.layer({ products, payments: { ...permissive, approval: "always" } })
      )
    )
  ),
  Layer.provide([RailSimulator.layer({ seed: "cli" }), KycVerifier.layerReference]),
  Layer.provideMerge(keys.layer(true)),
  Layer.provideMerge(SqlStores.layer),
  Layer.provideMerge(sqlite({ filename: db })),
  Layer.provide(Layer.succeed(Database, db)),
  Layer.provide(NodeServices.layer),
  Layer.provideMerge(authenticator)
)

class Address extends Context.Service<Address, string>()("test/Address") {}

const served = (options: http.HttpOptions, store: Layer.Layer<RateLimitStore> | Layer.Layer<never>) =>
  Layer.effect(
    Address,
    Effect.map(HttpServer.HttpServer, ({ address }) => HttpServer.formatAddress(address))
  ).pipe(
    Layer.provide(HttpRouter.serve(http.layer(options), { disableListenLog: true, disableLogger: true })),
    Layer.provide(store),
    Layer.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
    Layer.orDie
  )

const ada = new Actor.Identity({ kind: "user", tenant: "main", id: "ada", roles: [], permissions: permissions.officer })
const sek = (amount: string) => Money.of(amount, "SEK")

/** Anna with four accounts of one kind, and what Kameo offers. */
const filled = Effect.gen(function* () {
  const [customers, accounts, transactions] = [yield* Customers, yield* DepositAccounts, yield* DepositTransactions]
  let nth = 0
  const key = () => CommandKey.make(`setup-${(nth += 1)}`)
  const { id: customerId } = yield* customers.register({
    key: key(),
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number: Redacted.make("19811218-9876") },
    details: { name: Redacted.make("Anna Andersson"), email: Redacted.make("anna@example.test") }
  })
  const documents = (["passport", "proof-of-address"] as const).map((kind) => ({
    kind,
    digest: sha256(kind),
    expiresOn: null
  }))
  yield* customers.submitDocuments({ key: key(), customerId, documents })
  yield* customers.verify({ key: key(), customerId })
  yield* customers.activate({ key: key(), customerId })
  const ids: Array<string> = []
  for (const amount of ["900.00", "900.00", "70.00", "70.00"]) {
    const account = yield* accounts.open({ key: key(), customerId, productId: ProductId.make("current") })
    yield* transactions.deposit({ key: key(), accountId: account.id, amount: sek(amount) })
    ids.push(account.id)
  }
  yield* LoanCollection.use((collection) => collection.run())
  return { customerId, ids }
}).pipe(Actor.as(ada))

const scope = Scope.makeUnsafe()
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

const addresses = { usual: "", strict: "" }
const world = { customerId: "", ids: [""] as ReadonlyArray<string> }

beforeAll(async () => {
  const built = Effect.gen(function* () {
    const context = yield* Layer.buildWithScope(bank, scope)
    const needed = Layer.succeedContext(context)
    const address = (options: http.HttpOptions, store: Layer.Layer<RateLimitStore> | Layer.Layer<never>) =>
      Effect.map(
        Layer.buildWithScope(Layer.fresh(served(options, store)).pipe(Layer.provide(needed)), scope),
        Context.get(Address)
      )
    addresses.usual = yield* address({}, Layer.empty)
    const limit = { limit: 0, windowSeconds: 60 }
    addresses.strict = yield* address({ rateLimits: { credential: limit } }, RateLimitStore.layerMemory)
    Object.assign(world, yield* Effect.provideContext(filled, context))
  })
  await Effect.runPromise(Effect.scoped(built))
}, 60_000)

const here = (args: ReadonlyArray<string>, options: RunOptions = {}) =>
  run([...args, "--db", db], { ...options, env: { SALDO_USER: "ada", ...options.env } })

const there = (args: ReadonlyArray<string>, options: RunOptions = {}, url = addresses.usual) =>
  run([...args, "--url", url], { ...options, env: { SALDO_API_KEY: "officer", ...options.env } })

const good = async (ended: ReturnType<typeof run>): Promise<string> => {
  const { code, stderr, stdout } = await ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  return stdout
}

describe("saldo --url", () => {
  it("reads the same as on the database", { timeout: 120_000 }, async () => {
    const [first = ""] = world.ids
    const loan = JSON.parse(await good(here(["loans", "list", "--limit", "1", "--json"]))).items[0].loanId as string
    const commands = [
      ["bank", "customers", "list", "--json"],
      ["bank", "accounts", "list", "--json"],
      ["bank", "accounts", "statement", first.slice(-8)],
      ["ledger", "accounts", "--json"],
      ["ledger", "trial-balance"],
      ["ledger", "verify"],
      ["loans", "history", loan, "--json"],
      ["loans", "stats", "--status", "completed", "--json"],
      ["loans", "export", "--format", "jsonl"]
    ]
    await Promise.all(
      commands.map(async (command) => {
        const [local, remote] = await Promise.all([good(here(command)), good(there(command))])
        expect(local.length, command.join(" ")).toBeGreaterThan(10)
        expect(remote, command.join(" ")).toBe(local)
      })
    )
  })

  it("does the same, once for a key", { timeout: 120_000 }, async () => {
    const [mine = "", theirs = "", saving = "", putting = ""] = world.ids
    /** Without what differs: which account, the number of the entry, and a key that nobody gave. */
    const plain = (text: string) =>
      world.ids.reduce((said, id) => said.replaceAll(id, "dep"), text).replace(/entry \d+|key post_\w+/gu, "…")
    const both = async (command: (account: string, other: string) => ReadonlyArray<string>, options?: RunOptions) => {
      const [local, remote] = await Promise.all([
        good(here(command(mine, saving), options)),
        good(there(command(theirs, putting), options))
      ])
      expect(plain(remote)).toBe(plain(local))
      return remote
    }
    await both((account) => ["bank", "accounts", "deposit", account, "12.50", "--key", "in"])
    await both((account, to) => ["bank", "transfer", "30.00", "--from", account, "--to", to, "--key", "over"])
    // Sent again it is the same receipt, and nothing moves.
    const again = await good(there(["bank", "accounts", "deposit", theirs, "12.50", "--key", "in"]))
    expect(again).toContain("12,50 SEK, key in")
    expect(again).toContain("882,50 SEK")

    const posted = ["ledger", "post", "--debit", "cli.cash=5.00", "--credit", "cli.debt=5.00", "--text", "Loan"]
    await good(there(["ledger", "open", "cli.cash", "--type", "asset"]))
    await good(there(["ledger", "open", "cli.debt", "--type", "liability"]))
    await both(() => posted)
    const collect = ["loans", "fetch", "--no-login"]
    const collected = await good(there(collect))
    expect(collected).toMatch(/^Collected \d+ loans from kameo: 0 new, 0 changed, \d+ unchanged\./u)
    expect(await good(here(collect, atKameo))).toBe(collected)

    const input = JSON.stringify({ name: "Hyresvärden AB", account: "SE4550000000058398257466", message: "April" })
    const order = ["bank", "payments", "order", "25.00", "--from", theirs, "--json"]
    const ordered = JSON.parse(await good(there(order, { input }))) as { paymentId: string }
    const show = ["bank", "payments", "show", ordered.paymentId]
    expect(await good(there(show))).toBe(await good(here(show)))
    const approve = ["bank", "payments", "approve", ordered.paymentId, "--comment", "Seen"]
    expect(failureOf(await there([...approve, "--json"])).remedy).toContain("Have a colleague do it")
    expect(await good(there(approve, { env: { SALDO_API_KEY: "officer~bea" } }))).toContain("Approved")
    expect(await good(here(["bank", "payments", "list"]))).toContain("approved")
    await both((account) => ["bank", "accounts", "block", account])
  })

  it("says what keeps it from its work, and never the key", { timeout: 120_000 }, async () => {
    const list = ["bank", "accounts", "list", "--json"]
    const foreign = createServer((_, response) => response.writeHead(200).end("<h1>Not a bank</h1>"))
    foreign.listen(0, "127.0.0.1")
    await once(foreign, "listening")
    const { port } = foreign.address() as AddressInfo
    const gone = createServer().listen(0, "127.0.0.1")
    await once(gone, "listening")
    const closed = (gone.address() as AddressInfo).port
    gone.close()
    const as = (key: string) => ({ env: { SALDO_API_KEY: key } })
    const cases: ReadonlyArray<readonly [run: ReturnType<typeof run>, code: number, says: RegExp]> = [
      [there(list, {}, `http://127.0.0.1:${closed}`), 1, /cannot be reached/u],
      [there(list, {}, `http://127.0.0.1:${port}`), 1, /does not speak as this version/u],
      [there(list, {}, "http://bank.example"), 2, /in the clear/u],
      [there(list, {}, "https://me:secret@bank.example"), 2, /holds a name or a password/u],
      [there(list, {}, "bank.example"), 2, /not the address of a server/u],
      [there(list, as("sk_nobody_knows")), 3, /does not know the key/u],
      [there(list, as("")), 3, /There is no key/u],
      [there(list, as("two\nlines")), 3, /cannot be sent/u],
      [there(["ledger", "verify", "--json"], as("reader")), 3, /lacks ledger:read/u],
      [there(list, {}, addresses.strict), 1, /asked too often/u],
      [there(["bank", "accounts", "statement", "aaaaaaaa", "--json"]), 1, /no account whose id ends/u],
      [there(["bank", "accounts", "end-day", "--json"]), 2, /cannot be done through a server/u],
      [there(["ledger", "export", "--json"]), 2, /cannot be done through a server/u],
      [there(["bank", "products", "--json"]), 2, /cannot be done through a server/u],
      [there(["ledger", "trial-balance", "--tenant", "other", "--json"]), 2, /knows from the key whose books/u]
    ]
    for (const [running, code, says] of cases) {
      const ended = await running
      const { exitCode, happened, remedy } = failureOf(ended)
      expect([ended.code, exitCode], happened).toEqual([code, code])
      expect(happened).toMatch(says)
      expect(remedy.length).toBeGreaterThan(10)
      expect(ended.stderr).not.toMatch(/sk_nobody|officer|reader|secret|two\nlines|node_modules/u)
    }
    foreign.close()
    const help = await good(run(["--help"]))
    expect(help).toContain("SALDO_API_KEY")
    expect(help).not.toMatch(/--(?:api-)?key/u)
  })
})
