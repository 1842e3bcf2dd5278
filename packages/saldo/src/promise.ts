/**
 * Saldo for hosts that do not use Effect: plain methods that return promises, plain data, `AbortSignal`, `AsyncIterable`.
 *
 * Every rejection is the tagged error itself, so `error._tag` tells what happened. An aborted call rejects with the
 * signal's reason.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { AccessRefusals } from "./audit/AccessRefusals.ts"
import { AuditRetention } from "./audit/AuditRetention.ts"
import { AuditTrail } from "./audit/AuditTrail.ts"
import * as Actor from "./core/Actor.ts"
import * as Id from "./core/Id.ts"
import { Storage } from "./core/Storage.ts"
import { Ledger as LedgerUseCase } from "./ledger/Ledger.ts"
import { WebhookDispatch } from "./notifications/WebhookDispatch.ts"
import type { ActorOptions } from "./promise/internal/actors.ts"
import type { Audit } from "./promise/internal/audit.ts"
import type { Bank, BankOptions } from "./promise/internal/bank.ts"
import type { BankServices } from "./promise/internal/bankCalls.ts"
import { Calls, Engine, type Services } from "./promise/internal/calls.ts"
import { runsOn, runsWithIdentityOn } from "./promise/internal/engines.ts"
import type { Identity, IdentityOptions } from "./promise/internal/identity.ts"
import type { IdentityServices } from "./promise/internal/identityCalls.ts"
import type { Ledger } from "./promise/internal/ledger.ts"
import type { Loans } from "./promise/internal/loans.ts"
import { makeAudit } from "./promise/internal/makeAudit.ts"
import { bankLayer, bankWorkers, makeBank } from "./promise/internal/makeBank.ts"
import { identityLayer, identityWorkers, makeIdentity } from "./promise/internal/makeIdentity.ts"
import { makeLedger } from "./promise/internal/makeLedger.ts"
import { makeLoans } from "./promise/internal/makeLoans.ts"
import { makeWebhooks, webhooksLayer } from "./promise/internal/makeWebhooks.ts"
import { identityOf } from "./promise/internal/readActor.ts"
import { inWhole, reader } from "./promise/internal/reading.ts"
import type { Webhooks, WebhooksOptions } from "./promise/internal/webhooks.ts"
import * as SqlStores from "./sql/SqlStores.ts"

export type * from "./promise/internal/actors.ts"
export type * from "./promise/internal/audit.ts"
export type * from "./promise/internal/bank.ts"
export type * from "./promise/internal/bankAccounts.ts"
export type * from "./promise/internal/bankCustomers.ts"
export type * from "./promise/internal/bankPayments.ts"
export type * from "./promise/internal/bankPlans.ts"
export type * from "./promise/internal/bankReconciliation.ts"
export * from "./promise/internal/bankRoles.ts"
export * from "./promise/internal/callOptions.ts"
export type * from "./promise/internal/externalAccount.ts"
export type * from "./promise/internal/identity.ts"
export type * from "./promise/internal/identitySessions.ts"
export type * from "./promise/internal/identityUsers.ts"
export type * from "./promise/internal/ledger.ts"
export type * from "./promise/internal/loans.ts"
export type * from "./promise/internal/rail.ts"
export * from "./promise/internal/secret.ts"
export type * from "./promise/internal/webhooks.ts"

/** An open Saldo, in the hands of one actor. */
export interface Saldo extends AsyncDisposable {
  readonly loans: Loans
  readonly ledger: Ledger
  readonly audit: Audit
  readonly webhooks: Webhooks
  /** The same Saldo in the hands of somebody else. Throws `InputInvalid` for an actor that cannot be. */
  readonly as: (actor: ActorOptions) => Saldo
  /** An id that was never given before, such as those of accounts (`acct`), holds (`hold`) and entries (`entry`). */
  readonly newId: (prefix: string) => string
  /** Takes no more calls, waits for those that run, and closes the database. */
  readonly close: () => Promise<void>
}

/** An open Saldo with a bank, in the hands of one actor. */
export interface BankSaldo extends Saldo {
  readonly bank: Bank
  readonly as: (actor: ActorOptions) => BankSaldo
}

/** An open Saldo that knows its users, in the hands of one actor. */
export interface IdentitySaldo extends Saldo {
  readonly identity: Identity
  readonly as: (actor: ActorOptions) => IdentitySaldo
}

/** An open Saldo with a bank and its users, in the hands of one actor. */
export interface IdentityBankSaldo extends BankSaldo, IdentitySaldo {
  readonly as: (actor: ActorOptions) => IdentityBankSaldo
}

/** How to open Saldo. */
export interface SaldoOptions {
  /** `sqlite({ filename })` of `@saldo/sqlite`, `postgres({ url })` of `@saldo/postgres`, or the host's own `Storage`. */
  readonly storage: Storage
  /** Whose books the calls are about until `as` says otherwise; `main` when left out. They may do everything there. */
  readonly tenant?: string
  /** IANA name of the time zone whose calendar gives value dates; UTC when left out. */
  readonly timeZone?: string
  /**
   * Whether this process does what the clock asks for: seals the audit trail, ends overdue holds, and in a bank restricts
   * customers whose approval has ended, orders what is planned, pays what is due, and forgets old commands; where it
   * knows users, sends their mails, rotates the keys that sign, and forgets old sessions and tokens; where it has webhooks,
   * tells them. True when left out;
   * false leaves it to another process.
   */
  readonly workers?: boolean
  /** What webhooks need, so that addresses outside are told of what happens: keys for their secrets. */
  readonly webhooks?: WebhooksOptions
}

/** How to open Saldo with a bank. */
export interface BankSaldoOptions extends SaldoOptions {
  /** What a bank needs: keys for personal data, products, a verifier of customers, a rail. */
  readonly bank: BankOptions
}

/** How to open Saldo so that it knows its users. */
export interface IdentitySaldoOptions extends SaldoOptions {
  /** What identity needs: keys, tools, somebody who carries mails, pages for their links. */
  readonly identity: IdentityOptions
}

/** How to open Saldo with a bank and its users. */
export interface IdentityBankSaldoOptions extends BankSaldoOptions, IdentitySaldoOptions {}

/** Tells the ways to open a Saldo apart before the compiler looks into functions among the options. */
type Without<Option extends string> = { readonly [K in Option]?: never }

const booksLayer = (timeZone: string | undefined) =>
  LedgerUseCase.layerWith(timeZone === undefined ? {} : { timeZone }).pipe(Layer.provideMerge(AuditTrail.layer))

/** What is asked of the trail, and who was refused. */
const guards = Layer.merge(AuditRetention.layer, AccessRefusals.layer)

const workersOf = Layer.merge(AuditTrail.layerSealing, LedgerUseCase.layerExpiry)

const readTenant = reader(Actor.Identity.fields.tenant)

const inHandsOf = (engine: Engine, actor: Actor.Identity): Saldo => {
  const calls = new Calls<Services>(engine, actor)
  const close = () => engine.close()
  return {
    loans: makeLoans(calls),
    ledger: makeLedger(calls),
    audit: makeAudit(calls),
    webhooks: makeWebhooks(calls),
    as: (other) => inHandsOf(engine, identityOf(other)),
    newId: (prefix) => Effect.runSync(Id.make(prefix)),
    close,
    [Symbol.asyncDispose]: close
  }
}

const bankInHandsOf = (engine: Engine<BankServices>, actor: Actor.Identity, options: BankOptions): BankSaldo => {
  const saldo: BankSaldo = {
    ...inHandsOf(engine, actor),
    bank: makeBank(new Calls<BankServices>(engine, actor), options),
    as: (other) => bankInHandsOf(engine, identityOf(other), options)
  }
  runsOn(saldo, engine)
  return saldo
}

const identityInHandsOf = (engine: Engine<IdentityServices>, actor: Actor.Identity): IdentitySaldo => ({
  ...inHandsOf(engine, actor),
  identity: makeIdentity(new Calls<IdentityServices>(engine, actor)),
  as: (other) => identityInHandsOf(engine, identityOf(other))
})

const bothInHandsOf = (
  engine: Engine<BankServices | IdentityServices>,
  actor: Actor.Identity,
  options: BankOptions
): IdentityBankSaldo => {
  const saldo: IdentityBankSaldo = {
    ...bankInHandsOf(engine, actor, options),
    identity: makeIdentity(new Calls<BankServices | IdentityServices>(engine, actor)),
    as: (other) => bothInHandsOf(engine, identityOf(other), options)
  }
  runsWithIdentityOn(saldo, engine)
  return saldo
}

const opened = async <R>(
  useCases: Layer.Layer<R, unknown>,
  workers: Layer.Layer<never, unknown, NoInfer<R>>,
  works: boolean
): Promise<Engine<R>> => {
  const runtime = ManagedRuntime.make(works ? Layer.provideMerge(workers, useCases) : useCases)
  try {
    await runtime.context()
  } catch (error) {
    await runtime.dispose()
    throw error
  }
  return new Engine(runtime)
}

/** The stores and, where a host has webhooks, these; and what the clock does for every Saldo. */
const foundationOf = (
  webhooks: WebhooksOptions | undefined,
  stores: Layer.Layer<SqlStores.Stores, unknown>
): { readonly foundation: typeof stores; readonly always: typeof workersOf } => {
  if (webhooks === undefined) return { foundation: stores, always: workersOf }
  const telling = Layer.provide(webhooksLayer(webhooks), AuditTrail.layer)
  const working = Layer.provide(WebhookDispatch.layerTelling(), Layer.orDie(Layer.provide(telling, stores)))
  return { foundation: Layer.provideMerge(telling, stores), always: Layer.merge(workersOf, working) }
}

/**
 * Opens Saldo on a storage and brings its tables up to date. Rejects when the database cannot be opened or is newer than
 * this version, when products of the bank contradict themselves, and with `InputInvalid` for rules that cannot be.
 *
 * @example
 * ```ts
 * import { createSaldo } from "saldo/promise"
 * import { sqlite } from "@saldo/sqlite/sqlite"
 *
 * const saldo = await createSaldo({ storage: sqlite({ filename: ":memory:" }) })
 * await saldo.loans.count() // => 0
 * await saldo.close()
 * ```
 */
export function createSaldo(options: IdentityBankSaldoOptions): Promise<IdentityBankSaldo>
/** Without users of its own: the host signs people in itself. */
export function createSaldo(options: BankSaldoOptions & Without<"identity">): Promise<BankSaldo>
/** Without a bank. */
export function createSaldo(options: IdentitySaldoOptions & Without<"bank">): Promise<IdentitySaldo>
/** With neither. */
export function createSaldo(options: SaldoOptions & Without<"bank" | "identity">): Promise<Saldo>
export async function createSaldo(options: SaldoOptions & Partial<IdentityBankSaldoOptions>): Promise<Saldo> {
  const { bank, identity, storage, timeZone, workers = true } = options
  const actor = Actor.system(await Effect.runPromise(readTenant(options.tenant ?? "main").pipe(inWhole("/tenant"))))
  const client = Storage.client(storage)
  const { always, foundation } = foundationOf(options.webhooks, SqlStores.layer.pipe(Layer.provide(client)))
  const users = identity === undefined ? undefined : identityLayer(identity).pipe(Layer.provide(client))
  if (bank === undefined) {
    const books = guards.pipe(Layer.provideMerge(booksLayer(timeZone)), Layer.provideMerge(foundation))
    if (users === undefined) return inHandsOf(await opened(books, always, workers), actor)
    const working = Layer.merge(always, identityWorkers)
    return identityInHandsOf(await opened(Layer.provideMerge(users, books), working, workers), actor)
  }
  const useCases = guards.pipe(Layer.provideMerge(bankLayer(bank, timeZone)), Layer.provideMerge(foundation))
  const working = Layer.merge(always, bankWorkers(bank))
  if (users === undefined) return bankInHandsOf(await opened(useCases, working, workers), actor, bank)
  const both = opened(Layer.provideMerge(users, useCases), Layer.merge(working, identityWorkers), workers)
  return bothInHandsOf(await both, actor, bank)
}
