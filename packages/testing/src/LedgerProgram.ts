/**
 * Random programs of ledger commands, carried out by a store and by the oracle side by side.
 */
import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import type { EntryId } from "saldo/ledger/JournalEntry"
import { beginWalk, endWalk, walkBlock } from "saldo/ledger/journalVerification"
import { AccountId, type AccountSettings, type LedgerAccount } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import * as LocalDate from "saldo/time/LocalDate"
import { eur, key, knownSettings, noon, opened, sek, tagOf, transfer } from "./internal/ledgerBooks.ts"
import { knownOf, LedgerOracle } from "./internal/ledgerOracle.ts"
import { type Act, type Step, step } from "./internal/ledgerSteps.ts"

interface World {
  readonly store: LedgerStore["Service"]
  readonly tenant: string
  readonly oracle: LedgerOracle
  readonly accounts: ReadonlyArray<LedgerAccount>
  readonly euro: LedgerAccount
  readonly meeting: { readonly sek: LedgerAccount; readonly eur: LedgerAccount }
  readonly holds: Array<HoldId>
  readonly sent: Array<LedgerCommand>
  nowMs: number
}

const pick = <A>(list: ReadonlyArray<A>, index: number): A | undefined => list[index % Math.max(1, list.length)]

const open = Effect.fnUntraced(function* (store: LedgerStore["Service"]) {
  const tenant = yield* Id.make("tenant")
  const make = (code: string, more: Partial<LedgerAccount> = {}) => opened(store, tenant, code, more)
  const bounded = (minimum: bigint | null, maximum: bigint | null) => ({ bounds: { minimum, maximum } })
  const accounts = [
    yield* make("cash", { type: "asset" }),
    yield* make("anna", bounded(0n, null)),
    yield* make("bo", bounded(-100n, 500n)),
    yield* make("income", { type: "income" }),
    yield* make("safe", { type: "asset", ...bounded(0n, 1000n) })
  ]
  const world: World = {
    store,
    tenant,
    oracle: new LedgerOracle(),
    accounts,
    euro: yield* make("euro", { currency: "EUR", ...bounded(0n, null) }),
    meeting: {
      sek: yield* make("meeting.sek", { role: "liquidity", type: "asset" }),
      eur: yield* make("meeting.eur", { role: "liquidity", type: "asset", currency: "EUR" })
    },
    holds: [],
    sent: [],
    nowMs: noon.epochMilliseconds
  }
  for (const account of [...accounts, world.euro, world.meeting.sek, world.meeting.eur]) {
    world.oracle.accounts.set(account.id, account)
  }
  return world
})

const dateOf = (world: World) => LocalDate.of(DateTime.formatIsoDate(DateTime.makeUnsafe(world.nowMs)))

const exchange = (
  world: World,
  { a, amount: minor, direct }: Extract<Act, { readonly act: "exchange" }>
): Operation => {
  const { euro, meeting } = world
  const customer = pick(world.accounts, a) ?? euro
  const viaSek = direct ? (pick(world.accounts, a + 1) ?? euro) : meeting.sek
  return {
    _tag: "Post",
    postings: [
      { accountId: customer.id, side: "debit", amount: sek(minor * 11) },
      { accountId: viaSek.id, side: "credit", amount: sek(minor * 11) },
      { accountId: meeting.eur.id, side: "debit", amount: eur(minor) },
      { accountId: euro.id, side: "credit", amount: eur(minor) }
    ],
    exchange: { rate: "11", base: "EUR", quote: "SEK", date: dateOf(world), source: "a bank" }
  }
}

const operationOf = Effect.fnUntraced(function* (world: World, one: Act): Effect.fn.Return<Operation | undefined> {
  const today = dateOf(world)
  if (one.act === "exchange") return exchange(world, one)
  if (one.act === "post" || one.act === "hold") {
    const [debit, credit] = [pick(world.accounts, one.a), pick(world.accounts, one.b)]
    if (debit === undefined || credit === undefined || debit === credit) return undefined
    if (one.act === "post") {
      const upTo = one.upTo === 1 ? debit.id : one.upTo === 2 ? credit.id : undefined
      return transfer(debit.id, credit.id, sek(one.amount), {
        entryId: yield* Id.make("entry"),
        ...(one.day === 0 ? {} : { valueOn: LocalDate.addDays(today, one.day) }),
        ...(one.meant ? { allowFutureValue: true } : {}),
        ...(upTo === undefined ? {} : { upToAvailableOn: upTo })
      })
    }
    const known = one.again ? pick(world.holds, one.amount) : undefined
    const holdId = known ?? (yield* Id.make("hold"))
    world.holds.push(holdId)
    return {
      _tag: "PlaceHold",
      holdId,
      debit: debit.id,
      credit: credit.id,
      amount: sek(one.amount),
      ...(one.seconds === 0 ? {} : { expiresAfterMs: one.seconds * 1000 }),
      ...(one.over === 0 ? {} : { overCapture: sek(one.over) })
    }
  }
  if (one.act === "reverse") {
    const ids = world.oracle.entries.flatMap(({ id, kind }) =>
      id !== undefined && (kind === "posted" || kind === "captured") ? [id] : []
    )
    const entryId = pick(ids, one.which)
    // Every id that the oracle knows was given to a store as such.
    return entryId === undefined ? undefined : { _tag: "Reverse", entryId: entryId as EntryId }
  }
  const holdId = pick(world.holds, one.which)
  if (holdId === undefined) return undefined
  if (one.act !== "capture") return { _tag: one.act === "void" ? "VoidHold" : "ExpireHold", holdId }
  return {
    _tag: "Capture",
    holdId,
    ...(one.amount === 0 ? {} : { amount: sek(one.amount) }),
    ...(one.keep ? { rest: "keep" } : {}),
    ...(one.day === 0 ? {} : { valueOn: LocalDate.addDays(today, one.day) })
  }
})

const commandOf = Effect.fnUntraced(function* (
  world: World,
  { acts, version }: { readonly acts: ReadonlyArray<Act>; readonly version: number }
) {
  const made = yield* Effect.forEach(acts, (one) => operationOf(world, one))
  const operations = made.filter((operation) => operation !== undefined)
  const account = pick(world.accounts, acts.length)
  if (operations.length === 0) return undefined
  // The second choice of version is one that is behind.
  const expected = account === undefined ? 0 : world.oracle.version(account.id) - (version === 2 ? 1 : 0)
  const command: LedgerCommand = {
    key: key(`command ${world.sent.length}`),
    operations,
    ...(version === 0 || account === undefined
      ? {}
      : { expectedVersions: [{ accountId: account.id, version: expected }] })
  }
  world.sent.push(command)
  return command
})

const textOf = (command: LedgerCommand) =>
  JSON.stringify(command.operations, (_, value) => (typeof value === "bigint" ? `${value}` : value))

/** Sends commands to both, and compares what came of each. */
const send = Effect.fnUntraced(function* (world: World, commands: ReadonlyArray<LedgerCommand>) {
  const { oracle, store, tenant } = world
  const today = dateOf(world)
  const expected = commands.map((one) => {
    const before = oracle.entries.length
    const fresh = !oracle.outcomes.has(one.key)
    return { tag: oracle.apply(one, textOf(one), today, world.nowMs), before, after: oracle.entries.length, fresh }
  })
  const outcomes = yield* store.commit({ tenant, commands, now: DateTime.makeUnsafe(world.nowMs), today })
  expect(outcomes.map(tagOf)).toEqual(expected.map(({ tag }) => tag))
  for (const [index, { after, before, fresh }] of expected.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined || Result.isFailure(outcome)) continue
    expect(outcome.success.replayed).toBe(!fresh)
    if (!fresh) continue
    expect(outcome.success.entries).toHaveLength(after - before)
    for (const [offset, entry] of outcome.success.entries.entries()) {
      const known = oracle.entries[before + offset]
      if (known === undefined) continue
      expect(entry.sequence).toBe(before + offset + 1)
      expect(entry.valueOn).toBe(known.valueOn)
      expect(entry.kind).toBe(known.kind)
      expect(
        entry.lines.map(({ accountId: account, pending, posted, side }) => {
          return { account, side, posted: posted.amount, pending: pending.amount }
        })
      ).toEqual(known.lines)
      oracle.entries[before + offset] = { ...known, id: entry.id }
    }
  }
})

/** Whether the store holds what the oracle does, account by account and hold by hold. */
const compare = Effect.fnUntraced(function* ({ holds, oracle, store, tenant }: World) {
  const rows = yield* store.trialBalance(tenant, {})
  expect(rows).toHaveLength(oracle.accounts.size)
  let [debits, credits, debitsPending, creditsPending, held] = [0n, 0n, 0n, 0n, 0n]
  for (const { account, counters } of rows) {
    expect(counters).toEqual(oracle.counters(account.id))
    expect(account.counters).toEqual(counters)
    expect(account.version).toBe(oracle.version(account.id))
    expect(Object.values(counters).every((sum) => sum >= 0n)).toBe(true)
    debits += counters.debitsPosted
    credits += counters.creditsPosted
    debitsPending += counters.debitsPending
    creditsPending += counters.creditsPending
  }
  for (const id of new Set(holds)) {
    const found = yield* store.findHold(tenant, id)
    expect(Option.getOrUndefined(Option.map(found, knownOf))).toEqual(oracle.hold(id))
    if (Option.isSome(found)) held += found.value.remaining.amount
  }
  expect([debits, debitsPending, creditsPending]).toEqual([credits, held, held])
  expect((yield* store.head(tenant)).sequence).toBe(oracle.entries.length)
})

/** Changes an account in both. */
const change = Effect.fnUntraced(function* (world: World, a: number, wanted: Partial<AccountSettings>) {
  const { accounts, oracle, store, tenant } = world
  const id = pick(accounts, a)?.id
  const known = id === undefined ? undefined : oracle.accounts.get(AccountId.make(id))
  if (id === undefined || known === undefined) return
  const next = { ...known, ...wanted }
  if (knownSettings(next) !== knownSettings(known)) oracle.changes.set(id, (oracle.changes.get(id) ?? 0) + 1)
  oracle.accounts.set(id, next)
  yield* store.changeAccount(tenant, id, (account) => Result.succeed({ ...account, ...wanted }))
})

const take = Effect.fnUntraced(function* (world: World, one: Step) {
  switch (one.step) {
    case "wait":
      world.nowMs += one.seconds * 1000
      return
    case "change":
      return yield* change(world, one.a, one.settings)
    case "repeat": {
      const earlier = pick(world.sent, one.which)
      if (earlier === undefined) return
      const [first] = earlier.operations
      const other = { ...earlier, operations: [...earlier.operations, ...(first === undefined ? [] : [first])] }
      return yield* send(world, [one.other ? other : earlier])
    }
    case "commands": {
      const commands: Array<LedgerCommand> = []
      for (const each of one.commands) {
        // An account's version is known only when everything before has been carried out.
        const made = yield* commandOf(world, one.commands.length === 1 ? each : { ...each, version: 0 })
        if (made !== undefined) commands.push(made)
      }
      if (commands.length > 0) yield* send(world, commands)
    }
  }
})

/** Every balance by value date and booking time that the journal allows to ask for, against the oracle's sums. */
const compareTimes = Effect.fnUntraced(function* ({ accounts, oracle, store, tenant }: World) {
  const { items } = yield* store.listEntries(tenant, {}, { limit: 500 })
  const days = [...new Set(oracle.entries.map(({ valueOn }) => valueOn))]
  const times = items.filter((_, index) => index % 5 === 0)
  for (const { id } of accounts) {
    for (const valueOn of days) {
      for (const at of [undefined, ...times]) {
        const asOf = { valueOn: LocalDate.of(valueOn), ...(at === undefined ? {} : { knownAt: at.bookedAt }) }
        const known = oracle.entries.slice(0, at?.sequence ?? oracle.entries.length)
        const expected = oracle.counters(
          id,
          known.filter((entry) => entry.valueOn <= valueOn)
        )
        expect(Option.getOrUndefined(yield* store.counters(tenant, id, asOf))).toEqual(expected)
      }
    }
    const { items: lines } = yield* store.listLines(tenant, id, {}, { limit: 500 })
    const running = lines.map((_, index) => oracle.counters(id, oracle.entries.slice(0, lines[index]?.sequence ?? 0)))
    expect(lines.map(({ after }) => after)).toEqual(running)
  }
})

/** Whether the journal, replayed from nothing block by block, comes to what the accounts hold, with an unbroken chain. */
const compareJournal = Effect.fnUntraced(function* ({ store, tenant }: World) {
  const rows = yield* store.trialBalance(tenant, {})
  const walk = yield* Stream.runFold(store.blocks(tenant), () => beginWalk(tenant), walkBlock)
  const accounts = rows.map(({ account: { id }, counters }) => ({ id, counters }))
  expect(endWalk(walk, yield* store.head(tenant), accounts).findings).toEqual([])
})

/** Carries out a program on a store in a tenant of its own; fails where the store and the oracle first differ. */
export const runProgram = Effect.fnUntraced(function* (store: LedgerStore["Service"], steps: ReadonlyArray<Step>) {
  const world = yield* open(store)
  for (const one of steps) {
    const [head, booked] = [yield* store.head(world.tenant), world.oracle.entries.length]
    yield* take(world, one)
    yield* compare(world)
    // What is refused leaves the journal as it was, to the byte that the head's hash stands for.
    if (world.oracle.entries.length === booked) expect(yield* store.head(world.tenant)).toEqual(head)
  }
  yield* compareTimes(world)
  yield* compareJournal(world)
})

/** How many commands a program sends. */
export const lengthOf = (steps: ReadonlyArray<Step>): number =>
  steps.reduce((sum, one) => sum + (one.step === "commands" ? one.commands.length : 1), 0)

/** A program of up to so many steps. */
export const program = (maxLength: number): fc.Arbitrary<ReadonlyArray<Step>> =>
  fc.array(step, { minLength: 1, maxLength, size: "max" })
