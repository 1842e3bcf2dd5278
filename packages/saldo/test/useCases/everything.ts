/**
 * What it takes to try every use case: everything that Saldo has over one SQLite database, and a trail that can break.
 */
import * as JoseAccessTokens from "@saldo/identity/JoseAccessTokens"
import * as ScryptPasswordHasher from "@saldo/testing/ScryptPasswordHasher"
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as MemoryLoanSource from "@saldo/testing/MemoryLoanSource"
import * as RailSimulator from "@saldo/testing/RailSimulator"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { AuditRetention } from "saldo/audit/AuditRetention"
import { AuditStore } from "saldo/audit/AuditStore"
import { PaymentFiles } from "saldo/banking/PaymentFiles"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as DomainEvent from "saldo/core/DomainEvent"
import { Outbox } from "saldo/core/Outbox"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { IdentityKeys } from "saldo/identity/IdentityKeys"
import { IdentityMail } from "saldo/identity/IdentityMail"
import * as IdentityUseCases from "saldo/identity/IdentityUseCases"
import { MailChannel } from "saldo/identity/MailChannel"
import { OperatorTenant } from "saldo/identity/OperatorTenant"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { PlatformId } from "saldo/lending/LoanListing"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import { Webhooks } from "saldo/notifications/Webhooks"
import { WebhookSender } from "saldo/notifications/WebhookSender"
import * as SqlStores from "saldo/sql/SqlStores"
import { product, sek } from "../banking/depositBank.ts"
import { creditor } from "../banking/paymentBank.ts"
import { pages, ring } from "../identity/userWorld.ts"
import { wholeBank } from "../banking/wholeBank.ts"

/** Whether the trail takes records at the moment. */
export const trail = { broken: false }

const fragileTrail = Layer.effect(
  AuditStore,
  Effect.map(AuditStore, (store) =>
    AuditStore.of({
      ...store,
      append: (records) =>
        Effect.suspend(() => (trail.broken ? Effect.die(new RangeError("the trail is broken")) : store.append(records)))
    })
  )
).pipe(Layer.provideMerge(SqlStores.layer))

const debtorOf = () => Effect.succeedSome({ debtor: { name: "Bank AB" }, account: creditor.account })

const nowhere = Effect.die(new RangeError("nothing leaves this outbox"))

/** An outbox in the database from which nothing leaves, as whoever waits would wait by the test clock. */
const outbox = Layer.effect(
  Outbox,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE saldo_test_outbox (event TEXT NOT NULL)`
    return Outbox.of({
      append: (definition, event) =>
        Effect.flatMap(
          DomainEvent.store(definition, event),
          (stored) => sql`INSERT INTO saldo_test_outbox (event) VALUES (${JSON.stringify(stored)})`
        ).pipe(Effect.orDie, Effect.asVoid),
      handleNext: () => nowhere,
      deadLetters: () => nowhere,
      redeliver: () => nowhere
    })
  })
)

/** Users and sessions, with everything that they stand on but the stores. */
const identity = Layer.merge(
  IdentityUseCases.layer({ accessTokens: JoseAccessTokens.layer({ issuer: "https://bank.example" }) }),
  IdentityMail.layerWith({ pages })
).pipe(
  Layer.provide(Layer.succeed(OperatorTenant, "bank")),
  Layer.provideMerge(
    Layer.mergeAll(
      IdentityKeys.layer(ring),
      MailChannel.layerMemory,
      TotpCodes.layer,
      ScryptPasswordHasher.layer(),
      BreachedPasswordSource.layerList([]),
      outbox
    )
  )
)

/** Somebody who takes everything, but at one address. */
const receivers = Layer.succeed(WebhookSender, {
  send: ({ url }) =>
    Effect.succeed({ _tag: "Answered", status: url.includes("failing") ? 500 : 204, retryAfter: null, answer: "" })
})

const notifications = Layer.merge(Webhooks.layer, WebhookDispatch.layer).pipe(
  Layer.provide(Layer.merge(WebhookKeys.layer(ring), receivers))
)

/** Every use case, over a database of its own. */
export const useCases = Layer.suspend(() =>
  Layer.mergeAll(LoanCollection.layer, AuditRetention.layer, PaymentFiles.layerWith({ debtorOf }), notifications).pipe(
    Layer.provideMerge(identity),
    Layer.provideMerge(
      wholeBank(fragileTrail, RailSimulator.make({ seed: "audited" }), {
        products: [product({ noticeDays: 1 })],
        policy: { approval: { above: [sek("100.00")] } }
      })
    ),
    Layer.provide(MemoryLoanSource.layer({ platform: PlatformId.make("audited"), pages: () => [{ listings: [] }] })),
    Layer.provideMerge(TestSqlite.layer)
  )
)

/** What a call may use. */
export type Services = Layer.Success<typeof useCases> | Actor.Actor

/** An effect of any outcome in the services. */
export type Call<A = unknown> = Effect.Effect<A, unknown, Services>

/** One call of a method, with what has to be there first. */
export interface Calling {
  /** Prepares as the tenant's system, and hands the call to `around` with who makes it. */
  readonly run: (
    around: (call: Call, by: Actor.Identity) => Effect.Effect<void, unknown, Services>
  ) => Effect.Effect<void, unknown, Services>
  /**
   * To whom it matters who calls: `own` concerns something that is there and belongs to somebody; `new` anybody with the
   * permission may do in its own tenant; `inner` is for other use cases and workers, which have checked.
   */
  readonly reach: "own" | "new" | "inner"
  /** Whether the call goes on with other things when one of them cannot be recorded, and tries that one another time. */
  readonly goesOn: boolean
}

/** What is unusual about a call: who makes it, where it is not the tenant's system. */
interface Unusual<Prepared> extends Partial<Omit<Calling, "run">> {
  readonly by?: (prepared: Prepared) => Actor.Identity
}

/** A call about something that has been prepared. */
export const own = <Prepared>(
  prepare: Call<Prepared>,
  call: (prepared: Prepared) => Call,
  { by = () => Actor.system("bank"), ...more }: Unusual<Prepared> = {}
): Calling => ({
  run: (around) => Effect.flatMap(prepare, (prepared) => around(call(prepared), by(prepared))),
  reach: "own",
  goesOn: false,
  ...more
})

/** A call that needs nothing to be there. */
export const anew = (call: Call): Calling => own(Effect.void, () => call, { reach: "new" })

/** A call of other use cases. */
export const inner = <Prepared>(prepare: Call<Prepared>, call: (prepared: Prepared) => Call): Calling =>
  own(prepare, call, { reach: "inner" })

/** A call of a worker that sweeps over many things, each on its own. */
export const sweep = <Prepared>(prepare: Call<Prepared>, call: Call): Calling =>
  own(prepare, () => call, { reach: "inner", goesOn: true })

/** A use case: the methods that it has, and a call of each. */
export interface UseCase {
  readonly methods: Effect.Effect<ReadonlyArray<string>, never, Services>
  readonly reads: Readonly<Record<string, Calling>>
  readonly writes: Readonly<Record<string, Calling>>
}

export const key = (text: string): CommandKey => CommandKey.make(text)

/** Somebody who may do everything, and is not the one who asked for it. */
export const another = new Actor.Identity({
  kind: "user",
  tenant: "bank",
  id: "another",
  roles: [],
  permissions: Actor.system("bank").permissions
})
