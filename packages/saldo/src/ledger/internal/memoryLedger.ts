/**
 * The ledger's store in memory: the contract in its plainest form.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { IdempotencyMismatch } from "../../core/Command.ts"
import * as Id from "../../core/Id.ts"
import * as MemoryTable from "../../core/MemoryTable.ts"
import * as MemoryTransaction from "../../core/MemoryTransaction.ts"
import * as Page from "../../core/Page.ts"
import { toMicros } from "../BookingTime.ts"
import { commandDifference } from "../commandDifference.ts"
import { commandReferences } from "../commandReferences.ts"
import { commandText } from "../commandText.ts"
import { decideAll } from "../decideAll.ts"
import { isOverdue } from "../decideHold.ts"
import type { Hold } from "../Hold.ts"
import type { AccountLine, EntryId, JournalEntry, JournalHead } from "../JournalEntry.ts"
import { blocksOf, noHash, place, type PlacedBlock } from "../journalBlocks.ts"
import { type AccountId, type Counters, type LedgerAccount, noCounters } from "../LedgerAccount.ts"
import type { LedgerCommand } from "../LedgerCommand.ts"
import { accountMatches, entryMatches, holdMatches, lineMatches } from "./ledgerFilters.ts"
import type { LedgerRefusal } from "../LedgerRefusal.ts"
import { settingsText } from "../settingsText.ts"
import type { AsOf } from "../LedgerFilter.ts"
import type { CommitOutcome, CommitRequest, LedgerStore } from "../LedgerStore.ts"

/** What is remembered under a key: the text of the command, and the numbers of its entries or why there are none. */
interface Remembered {
  readonly text: string
  readonly outcome: Result.Result<ReadonlyArray<number>, LedgerRefusal>
}

const makeTables = Effect.all({
  accounts: MemoryTable.make<string, LedgerAccount>(),
  codes: MemoryTable.make<string, AccountId>(),
  heads: MemoryTable.make<string, JournalHead>(),
  commands: MemoryTable.make<string, Remembered>(),
  entries: MemoryTable.make<string, JournalEntry>(),
  entryIds: MemoryTable.make<string, number>(),
  reversals: MemoryTable.make<string, EntryId>(),
  lines: MemoryTable.make<string, AccountLine>(),
  lineCounts: MemoryTable.make<string, number>(),
  holds: MemoryTable.make<string, Hold>(),
  /** The hash of a block by the number of its last entry. */
  blocks: MemoryTable.make<string, string>()
})

type Tables = Effect.Success<typeof makeTables>

/** No id, code or number has an @ in it. */
const keyOf = (tenant: string, id: string | number): string => `${id}@${tenant}`
const commandKey = (tenant: string, key: string): string => JSON.stringify([tenant, key])

const headOf = (tables: Tables, tenant: string): Effect.Effect<JournalHead> =>
  Effect.map(
    tables.heads.get(tenant),
    Option.getOrElse(() => ({ tenant, sequence: 0, bookedAt: null, hash: noHash }))
  )

const found = <V>(
  table: MemoryTable.MemoryTable<string, V>,
  tenant: string,
  ids: Iterable<string>
): Effect.Effect<Map<string, V>> =>
  table.read((rows) => {
    const map = new Map<string, V>()
    for (const id of ids) {
      const value = rows.get(keyOf(tenant, id))
      if (value !== undefined) map.set(id, value)
    }
    return map
  })

const present = <V>(values: Iterable<V | undefined>): Array<V> => [...values].filter((value) => value !== undefined)

/** What commands refer to, and what that refers to. */
const lookupFor = Effect.fnUntraced(function* (tables: Tables, tenant: string, commands: ReadonlyArray<LedgerCommand>) {
  const references = commandReferences(commands)
  const holds = yield* found(tables.holds, tenant, references.holds)
  const numbers = yield* found(tables.entryIds, tenant, references.entries)
  const listed = yield* tables.entries.read((rows) =>
    present([...numbers.values()].map((number) => rows.get(keyOf(tenant, number))))
  )
  const entries = new Map(listed.map((entry) => [entry.id, entry]))
  const reversals = yield* found(tables.reversals, tenant, references.entries)
  const accountIds = new Set(references.accounts)
  for (const { credit, debit } of holds.values()) accountIds.add(debit).add(credit)
  for (const { lines } of listed) for (const { accountId } of lines) accountIds.add(accountId)
  const accounts = yield* found(tables.accounts, tenant, accountIds)
  return {
    account: (id: string) => accounts.get(id),
    hold: (id: string) => holds.get(id),
    entry: (id: EntryId) => entries.get(id),
    reversal: (id: string) => reversals.get(id)
  }
})

const writeBlock = Effect.fnUntraced(function* (tables: Tables, tenant: string, { entries, head }: PlacedBlock) {
  yield* tables.heads.set(tenant, head)
  yield* tables.blocks.set(keyOf(tenant, head.sequence), head.hash)
  for (const { decided, entry } of entries) {
    yield* tables.entries.set(keyOf(tenant, entry.sequence), entry)
    yield* tables.entryIds.set(keyOf(tenant, entry.id), entry.sequence)
    if (entry.reverses !== null) yield* tables.reversals.set(keyOf(tenant, entry.reverses), entry.id)
    for (const [index, { accountId, pending, posted, side }] of entry.lines.entries()) {
      const { bookedAt, code, description, id: entryId, kind, sequence, valueOn } = entry
      const account = keyOf(tenant, accountId)
      const number = 1 + Option.getOrElse(yield* tables.lineCounts.get(account), () => 0)
      const line = { sequence, entryId, kind, bookedAt, valueOn, side, posted, pending, code, description }
      yield* tables.lineCounts.set(account, number)
      yield* tables.lines.set(`${number}@${account}`, { ...line, after: decided.after[index] ?? noCounters })
    }
  }
})

const replay = Effect.fnUntraced(function* (
  tables: Tables,
  tenant: string,
  command: LedgerCommand,
  remembered: Remembered
): Effect.fn.Return<CommitOutcome> {
  const text = commandText(command)
  if (text !== remembered.text) {
    const path = commandDifference(remembered.text, text)
    const { key } = command
    const reason = new IdempotencyMismatch({ tenant, operation: "ledger.commit", key, path })
    return Result.fail({ reason, replayed: true })
  }
  if (Result.isFailure(remembered.outcome)) {
    return Result.fail({ reason: remembered.outcome.failure, replayed: true })
  }
  const numbers = remembered.outcome.success
  const entries = yield* tables.entries.read((rows) =>
    present(numbers.map((number) => rows.get(keyOf(tenant, number))))
  )
  return Result.succeed({ entries, replayed: true })
})

/** Carries out commands whose keys are new. */
const carryOut = Effect.fnUntraced(function* (
  tables: Tables,
  { now, tenant, today }: CommitRequest,
  commands: ReadonlyArray<LedgerCommand>
) {
  const nowMicros = now.epochMilliseconds * 1000
  const head = yield* headOf(tables, tenant)
  const operations = commands.reduce((sum, command) => sum + command.operations.length, 0)
  const entryIds = yield* Effect.replicateEffect(Id.make("entry"), operations)
  const lookup = yield* lookupFor(tables, tenant, commands)
  const lastBookedMicros = head.bookedAt === null ? null : toMicros(head.bookedAt)
  const decision = decideAll(lookup, commands, { tenant, today, nowMicros, lastBookedMicros, entryIds })
  for (const [id, account] of decision.accounts) yield* tables.accounts.set(keyOf(tenant, id), account)
  for (const [id, hold] of decision.holds) yield* tables.holds.set(keyOf(tenant, id), hold)
  const placed: Array<JournalEntry> = []
  let last = head
  for (const unplaced of blocksOf(tenant, decision.commands)) {
    const block = place(last, unplaced, nowMicros)
    yield* writeBlock(tables, tenant, block)
    for (const { entry } of block.entries) placed.push(entry)
    last = block.head
  }
  const booked = Map.groupBy(placed, ({ key }) => key)
  const outcomes = new Map<string, CommitOutcome>()
  for (const [index, { key, outcome }] of decision.commands.entries()) {
    const command = commands[index]
    const entries = booked.get(key) ?? []
    const stored = Result.map(outcome, () => entries.map(({ sequence }) => sequence))
    if (command !== undefined) {
      yield* tables.commands.set(commandKey(tenant, key), { text: commandText(command), outcome: stored })
    }
    const accepted = Result.map(outcome, () => ({ entries, replayed: false }))
    outcomes.set(
      key,
      Result.mapError(accepted, (reason) => ({ reason, replayed: false }))
    )
  }
  return outcomes
})

const makeCommit = (tables: Tables) => (request: CommitRequest) =>
  MemoryTransaction.run(
    Effect.gen(function* () {
      const { commands, tenant } = request
      const remembered = yield* tables.commands.read((rows) =>
        commands.map(({ key }) => rows.get(commandKey(tenant, key)))
      )
      const fresh = commands.filter((_, index) => remembered[index] === undefined)
      const outcomes = fresh.length === 0 ? new Map() : yield* carryOut(tables, request, fresh)
      return yield* Effect.forEach(commands, (command, index): Effect.Effect<CommitOutcome> => {
        const earlier = remembered[index]
        return earlier === undefined
          ? Effect.succeed(outcomes.get(command.key))
          : replay(tables, tenant, command, earlier)
      })
    })
  )

const sum = (a: Counters, line: AccountLine): Counters =>
  line.side === "debit"
    ? {
        ...a,
        debitsPosted: a.debitsPosted + line.posted.amount,
        debitsPending: a.debitsPending + line.pending.amount
      }
    : {
        ...a,
        creditsPosted: a.creditsPosted + line.posted.amount,
        creditsPending: a.creditsPending + line.pending.amount
      }

const linesOf = (tables: Tables, tenant: string, id: AccountId): Effect.Effect<ReadonlyArray<AccountLine>> =>
  Effect.flatMap(tables.lineCounts.get(keyOf(tenant, id)), (count) =>
    tables.lines.read((rows) =>
      present(
        Array.from({ length: Option.getOrElse(count, () => 0) }, (_, index) =>
          rows.get(`${index + 1}@${keyOf(tenant, id)}`)
        )
      )
    )
  )

const makeCounters = (tables: Tables) => (account: LedgerAccount, asOf: AsOf) => {
  const { knownAt, valueOn } = asOf
  if (knownAt === undefined && valueOn === undefined) return Effect.succeed(account.counters)
  return Effect.map(linesOf(tables, account.tenant, account.id), (lines) =>
    lines
      .filter(
        (line) =>
          (knownAt === undefined || line.bookedAt <= knownAt) && (valueOn === undefined || line.valueOn <= valueOn)
      )
      .reduce(sum, noCounters)
  )
}

/** A page of what is in order, behind the position that a cursor names. */
const pageOf = Effect.fnUntraced(function* <A>(
  query: unknown,
  request: Page.PageRequest,
  items: ReadonlyArray<A>,
  keyOfItem: (item: A) => string | number
) {
  const start = (yield* Page.startOf(query, request))?.[0]
  const behind = start === undefined || start === null ? items : items.filter((item) => keyOfItem(item) > start)
  return Page.pageOf(query, request, behind.slice(0, Page.limitOf(request) + 1), (item) => [keyOfItem(item)])
})

const byText =
  <A>(textOf: (item: A) => string) =>
  (a: A, b: A): number =>
    textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0

const dueAt = ({ expiresAt }: Hold): number => expiresAt?.epochMilliseconds ?? Infinity

const accountsOf = (tables: Tables, tenant: string): Effect.Effect<ReadonlyArray<LedgerAccount>> =>
  Effect.map(tables.accounts.values, (all) =>
    all.filter((account) => account.tenant === tenant).sort(byText(({ code }) => code))
  )

const makeLists = (
  tables: Tables
): Pick<LedgerStore["Service"], "listEntries" | "listAccounts" | "listHolds" | "listLines"> => {
  const entriesOf = (tenant: string) =>
    Effect.flatMap(headOf(tables, tenant), ({ sequence }) =>
      tables.entries.read((rows) =>
        present(Array.from({ length: sequence }, (_, index) => rows.get(keyOf(tenant, index + 1))))
      )
    )
  return {
    listAccounts: (tenant, filter, page) =>
      Effect.flatMap(accountsOf(tables, tenant), (all) =>
        pageOf(
          { tenant, filter },
          page,
          all.filter((account) => accountMatches(account, filter)),
          ({ code }) => code
        )
      ),
    listLines: (tenant, id, filter, page) =>
      Effect.flatMap(linesOf(tables, tenant, id), (all) =>
        pageOf(
          { tenant, id, filter },
          page,
          all.filter((line) => lineMatches(line, filter)),
          ({ sequence }) => sequence
        )
      ),
    listEntries: (tenant, filter, page) =>
      Effect.flatMap(entriesOf(tenant), (all) =>
        pageOf(
          { tenant, filter },
          page,
          all.filter((entry) => entryMatches(entry, filter)),
          ({ sequence }) => sequence
        )
      ),
    listHolds: (tenant, filter, page) =>
      Effect.flatMap(tables.holds.values, (all) =>
        pageOf(
          { tenant, filter },
          page,
          all.filter((hold) => hold.tenant === tenant && holdMatches(hold, filter)).sort(byText(({ id }) => id)),
          ({ id }) => id
        )
      )
  }
}

const makeAccounts = (tables: Tables): Pick<LedgerStore["Service"], "openAccount" | "changeAccount"> => ({
  openAccount: (account) =>
    MemoryTransaction.run(
      Effect.gen(function* () {
        const { code, id, tenant } = account
        const sameCode = Option.getOrUndefined(yield* tables.codes.get(keyOf(tenant, code)))
        const taken = yield* found(tables.accounts, tenant, [id, ...(sameCode === undefined ? [] : [sameCode])])
        const there = taken.get(id) ?? taken.get(sameCode ?? "")
        if (there !== undefined) return Option.some(there)
        yield* tables.accounts.set(keyOf(tenant, id), account)
        yield* tables.codes.set(keyOf(tenant, code), id)
        return Option.none()
      })
    ),
  changeAccount: (tenant, id, change) =>
    tables.accounts.modify((rows) => {
      const account = rows.get(keyOf(tenant, id))
      if (account === undefined) return Option.none()
      return Option.some(
        Result.map(change(account), (settings) => {
          const changed = { ...account, ...settings }
          if (settingsText(changed) === settingsText(account)) return account
          const next = { ...changed, version: account.version + 1 }
          rows.set(keyOf(tenant, id), next)
          return next
        })
      )
    })
})

const makeBlocks = (tables: Tables) => (tenant: string) =>
  Stream.unwrap(
    Effect.map(headOf(tables, tenant), ({ sequence: last }) =>
      Stream.paginate(1, (first) =>
        Effect.gen(function* () {
          if (first > last) return [[], Option.none()] as const
          const end = yield* tables.blocks.read((rows) => {
            let number = first
            while (!rows.has(keyOf(tenant, number)) && number < last) number++
            return { number, hash: rows.get(keyOf(tenant, number)) ?? "" }
          })
          const entries = yield* tables.entries.read((rows) =>
            present(
              Array.from({ length: end.number - first + 1 }, (_, index) => rows.get(keyOf(tenant, first + index)))
            )
          )
          return [[{ entries, hash: end.hash }], Option.some(end.number + 1)] as const
        })
      )
    )
  )

/** Makes the store. */
export const makeMemoryLedger: Effect.Effect<LedgerStore["Service"]> = Effect.map(makeTables, (tables) => {
  const counters = makeCounters(tables)
  const findAccount = (tenant: string, id: AccountId) => tables.accounts.get(keyOf(tenant, id))
  return {
    ...makeAccounts(tables),
    ...makeLists(tables),
    commit: makeCommit(tables),
    findAccount,
    findAccountByCode: (tenant, code) =>
      Effect.flatMap(tables.codes.get(keyOf(tenant, code)), (id) =>
        Option.isNone(id) ? Effect.succeedNone : findAccount(tenant, id.value)
      ),
    counters: (tenant, id, asOf) =>
      Effect.flatMap(findAccount(tenant, id), (account) =>
        Option.isNone(account) ? Effect.succeedNone : Effect.asSome(counters(account.value, asOf))
      ),
    trialBalance: (tenant, asOf) =>
      Effect.flatMap(accountsOf(tables, tenant), (all) =>
        Effect.forEach(all, (account) => Effect.map(counters(account, asOf), (asked) => ({ account, counters: asked })))
      ),
    findEntry: (tenant, id) =>
      Effect.flatMap(tables.entryIds.get(keyOf(tenant, id)), (number) =>
        Option.isNone(number) ? Effect.succeedNone : tables.entries.get(keyOf(tenant, number.value))
      ),
    findReversal: (tenant, of) => tables.reversals.get(keyOf(tenant, of)),
    findHold: (tenant, id) => tables.holds.get(keyOf(tenant, id)),
    dueHolds: (now, limit) =>
      Effect.map(tables.holds.values, (all) =>
        all
          .filter((hold) => hold.state === "held" && isOverdue(hold, now.epochMilliseconds))
          .sort((a, b) => dueAt(a) - dueAt(b) || byText<Hold>(({ id }) => id)(a, b))
          .slice(0, limit)
      ),
    head: (tenant) => headOf(tables, tenant),
    blocks: makeBlocks(tables)
  }
})
