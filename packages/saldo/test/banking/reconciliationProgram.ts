/**
 * Random work on a settlement account: entries are booked, statements come, rules and persons match. After every step
 * everything that is stored is compared with the oracle.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import type { SettlementAccountId } from "saldo/banking/SettlementAccount"
import type { SettlementItem, SettlementItemId, StatementLineId } from "saldo/banking/SettlementItem"
import type { SettlementMatch, SettlementMatchId } from "saldo/banking/SettlementMatch"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { as } from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import type * as Page from "saldo/core/Page"
import type { EntryId } from "saldo/ledger/JournalEntry"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { key, officer } from "./depositBank.ts"
import * as Oracle from "./reconciliationOracle.ts"
import { type About, booked, camt053, importing, registered, type Written } from "./settlementBank.ts"

const first = LocalDate.of("2026-03-10")
const days = fc.integer({ min: 0, max: 8 })
const about = fc.record(
  {
    reference: fc.constantFrom("1", "2", "3", "4"),
    endToEndId: fc.constantFrom("A", "B", "C", "D"),
    counterparty: fc.constantFrom("Ek", "Al")
  },
  { requiredKeys: [] }
)
const moved = fc.tuple(fc.integer({ min: -5, max: 8 }), days, about)
const picks = fc.array(fc.nat(40), { maxLength: 3, size: "max" })

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ _tag: fc.constant("book" as const), moved }) },
  {
    weight: 4,
    arbitrary: fc.record({
      _tag: fc.constant("import" as const),
      kind: fc.constantFrom(
        "next" as const,
        "next" as const,
        "next" as const,
        "gap" as const,
        "again" as const,
        "conflict" as const
      ),
      lines: fc.array(moved, { maxLength: 3, size: "max" }),
      /** Lines that say what was booked, by its number. */
      copies: fc.array(fc.nat(40), { maxLength: 4, size: "max" })
    })
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("reconcile" as const) }) },
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant("match" as const), lines: picks, entries: picks }) },
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant("matchWell" as const), choice: fc.nat(999) }) },
  {
    weight: 2,
    arbitrary: fc.record({ _tag: fc.constant("accept" as const), review: fc.nat(9), lines: picks, entries: picks })
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("acceptAll" as const), review: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("setAside" as const), lines: picks, entries: picks }) },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("takeBack" as const), lines: picks, entries: picks }) },
  { weight: 2, arbitrary: fc.record({ _tag: fc.constant("writeOff" as const), line: fc.nat(40) }) },
  { weight: 3, arbitrary: fc.record({ _tag: fc.constant("undo" as const), match: fc.nat(40) }) }
)

/** One thing that happens. */
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** A program, and the opening balance of the first statement. */
export const programs = fc.record({
  opening: fc.constantFrom(0, 0, 7, -3),
  steps: fc.array(step, { minLength: 5, maxLength: 50, size: "max" })
})

/** A program. */
export type Program = typeof programs extends fc.Arbitrary<infer P> ? P : never

const decimal = (minor: bigint | number): string => Money.toDecimal(Money.fromMinor(BigInt(minor), "SEK"))

interface World {
  readonly id: SettlementAccountId
  readonly oracle: Oracle.Oracle
  /** How often each step had each outcome. */
  readonly outcomes: Map<string, number>
  last: Written | undefined
  /** What was booked, in order. */
  readonly booked: Array<Moved>
}

type Moved = readonly [amount: number, day: number, about: About]

/** Some of a list, as what the caller knows them to be. */
const chosen = <I>(all: ReadonlyArray<I | string>, indices: ReadonlyArray<number>): ReadonlyArray<I> =>
  all.length === 0 ? [] : indices.map((index) => all[index % all.length] as I)

const allOf = Effect.fnUntraced(function* <A, E, R>(
  list: (page: Page.PageRequest) => Effect.Effect<Page.Page<A>, E, R>
) {
  const found: Array<A> = []
  let page = yield* list({ limit: 7 })
  for (;;) {
    found.push(...page.items)
    if (page.next === null) return found
    page = yield* list({ limit: 7, cursor: page.next })
  }
})

const count = (world: World, name: string): void => {
  world.outcomes.set(name, (world.outcomes.get(name) ?? 0) + 1)
}

/** Sends a command twice: the second time it gives the same and does nothing. Checks the outcome and gives what succeeded. */
const twice = Effect.fnUntraced(function* <A, E extends { readonly _tag: string }, R>(
  world: World,
  name: string,
  expected: string,
  command: Effect.Effect<A, E, R>
) {
  const outcome = yield* Effect.result(command)
  expect(Result.isSuccess(outcome) ? "ok" : outcome.failure._tag).toBe(expected)
  expect(yield* Effect.result(command)).toEqual(outcome)
  count(world, `${name} ${expected}`)
  return Result.isSuccess(outcome) ? [outcome.success] : []
})

const aboutOf = ([amount, day, named]: Moved) => ({
  ...named,
  amount: decimal(amount),
  on: LocalDate.addDays(first, day)
})

const importStatement = Effect.fnUntraced(function* (
  world: World,
  { copies, kind, lines: own }: Extract<Step, { _tag: "import" }>
) {
  const lines: ReadonlyArray<Moved> = [...chosen<Moved>(world.booked, copies), ...own]
  const { oracle } = world
  const { last } = world
  const next: Written = {
    id: `S-${oracle.statements + 1}`,
    opening: decimal(oracle.closing),
    lines: lines.map(aboutOf),
    on: LocalDate.addDays(first, 10 + oracle.statements)
  }
  if (kind !== "next" && last !== undefined) {
    const wrong = {
      gap: { ...next, opening: decimal(oracle.closing + 1n) },
      again: { ...last, createdAt: "2026-03-12T05:00:00" },
      conflict: { ...last, lines: [...last.lines, { amount: "0.01" }, { amount: "-0.01" }] }
    }[kind]
    const outcome = yield* Effect.result(importing(wrong))
    const expected = { gap: "StatementGap", again: "ok", conflict: "StatementConflict" }[kind]
    expect(Result.isSuccess(outcome) ? "ok" : outcome.failure._tag).toBe(expected)
    if (Result.isSuccess(outcome)) expect(outcome.success.statements.map(({ isNew }) => isNew)).toEqual([false])
    if (Result.isSuccess(outcome)) expect(outcome.success.matches).toEqual([])
    count(world, `import ${kind}`)
    return
  }
  const { matches, statements } = yield* importing(next)
  const [imported] = statements
  if (imported === undefined) throw new RangeError("the statement is not there")
  const statementId = imported.statement.id
  const reconciliation = yield* StatementReconciliation
  const items = yield* allOf((page) => reconciliation.items(world.id, { statementId }, page)).pipe(as(officer))
  const kept = items
    .flatMap(({ facts }) => (facts._tag === "Line" ? [facts] : []))
    .sort((a, b) => a.position - b.position)
  const opened = oracle.statements === 0 && oracle.closing !== 0n ? [decimal(oracle.closing)] : []
  expect(kept.map(({ amount }) => Money.toDecimal(amount))).toEqual([
    ...opened,
    ...next.lines.map(({ amount }) => amount)
  ])
  for (const { amount, id } of kept) Oracle.add(oracle, "line", id, amount.amount)
  oracle.closing += lines.reduce((sum, [amount]) => sum + BigInt(amount), 0n)
  oracle.statements += 1
  world.last = next
  Oracle.takeOver(oracle)
  for (const match of matches) {
    Oracle.keep(oracle, match)
    count(world, `rule ${match.rule}`)
  }
  count(world, "import next")
})

const matchBy = Effect.fnUntraced(function* (
  world: World,
  name: string,
  expected: string,
  command: Effect.Effect<SettlementMatch, { readonly _tag: string }, StatementReconciliation>
) {
  for (const match of yield* twice(world, name, expected, command)) Oracle.keep(world.oracle, match)
})

const accept = Effect.fnUntraced(function* (
  world: World,
  at: number,
  step: Extract<Step, { _tag: "accept" | "acceptAll" }>
) {
  const reconciliation = yield* StatementReconciliation
  const { id: accountId, oracle } = world
  const reviews = yield* reconciliation.reviews(accountId).pipe(as(officer))
  const review = reviews[step.review % Math.max(1, reviews.length)]
  const reviewId = review?.id ?? (yield* Id.make("rrev"))
  const all = { lines: review?.lines ?? [], entries: review?.entries ?? [] }
  const picked =
    step._tag === "acceptAll"
      ? all
      : {
          lines: chosen<StatementLineId>(all.lines, step.lines),
          entries: chosen<EntryId>(all.entries, step.entries)
        }
  const expected =
    review === undefined ? "ReviewNotFound" : Oracle.matching(oracle, new Set(picked.lines), new Set(picked.entries))
  const command = { key: key(`${at}`), accountId, reviewId, ...(step._tag === "acceptAll" ? {} : picked) }
  yield* matchBy(world, "accept", expected, reconciliation.accept(command).pipe(as(officer)))
})

const putAside = Effect.fnUntraced(function* (
  world: World,
  at: number,
  { _tag, entries, lines }: Extract<Step, { _tag: "setAside" | "takeBack" }>
) {
  const reconciliation = yield* StatementReconciliation
  const { id: accountId, oracle } = world
  // What is taken back was set aside, unless nothing was.
  const asides = [...oracle.items].flatMap(([id, { state }]) => (state === "setAside" ? [id] : []))
  const items =
    _tag === "takeBack" && asides.length > 0 && entries.length < 3
      ? chosen<SettlementItemId>(asides, lines)
      : [
          ...chosen<SettlementItemId>(Oracle.idsOf(oracle, "line"), lines),
          ...chosen<SettlementItemId>(Oracle.idsOf(oracle, "entry"), entries)
        ]
  if (items.length === 0) return
  const command = { key: key(`${at}`), accountId, items }
  const act =
    _tag === "setAside" ? reconciliation.setAside({ ...command, reason: "why" }) : reconciliation.takeBack(command)
  const expected = Oracle.standing(oracle, items, _tag === "setAside" ? "open" : "setAside")
  const done = yield* twice(world, _tag, expected, act.pipe(as(officer)))
  if (done.length === 1) Oracle[_tag](oracle, items)
})

const writeOff = Effect.fnUntraced(function* (world: World, at: number, line: number) {
  const reconciliation = yield* StatementReconciliation
  const { id: accountId, oracle } = world
  const [lineId] = chosen<StatementLineId>(Oracle.idsOf(oracle, "line"), [line])
  if (lineId === undefined) return
  const amount = Oracle.sum(oracle, [lineId])
  const stands = Oracle.standing(oracle, [lineId], "open")
  const expected = stands === "ok" && amount === 0n ? "NothingToWriteOff" : stands
  const command = { key: key(`${at}`), accountId, lineId, reason: "why" }
  for (const match of yield* twice(world, "writeOff", expected, reconciliation.writeOff(command).pipe(as(officer)))) {
    oracle.ledger += amount
    Oracle.takeOver(oracle)
    for (const id of match.entries) Oracle.add(oracle, "entry", id, amount)
    Oracle.keep(oracle, match)
  }
})

const undo = Effect.fnUntraced(function* (world: World, at: number, index: number) {
  const reconciliation = yield* StatementReconciliation
  const { oracle } = world
  const [matchId] = chosen<SettlementMatchId>([...oracle.matches.keys()], [index])
  if (matchId === undefined) return
  const known = oracle.matches.get(matchId)
  const command = reconciliation.undo({ key: key(`${at}`), matchId, reason: "why" }).pipe(as(officer))
  const [undone] = yield* twice(world, "undo", known?.undone === true ? "MatchUndone" : "ok", command)
  if (undone === undefined) return
  Oracle.undo(oracle, matchId)
  if (undone.rule !== "writeOff") return
  const amount = Oracle.sum(oracle, undone.entries)
  oracle.ledger -= amount
  Oracle.takeOver(oracle)
  // The entry and its reversal are matched with each other.
  const [reversal] = yield* allOf((page) => reconciliation.matches(world.id, { undone: false }, page)).pipe(as(officer))
  if (reversal === undefined) throw new RangeError("the reversal is open")
  const back = reversal.entries.find((id) => !undone.entries.includes(id))
  if (back === undefined) throw new RangeError("the reversal is not matched with what it takes back")
  Oracle.add(oracle, "entry", back, -amount)
  Oracle.keep(oracle, reversal)
})

const take = Effect.fnUntraced(function* (world: World, at: number, step: Step) {
  const reconciliation = yield* StatementReconciliation
  const { id: accountId, oracle } = world
  switch (step._tag) {
    case "book": {
      const { amount, ...named } = aboutOf(step.moved)
      if (step.moved[0] === 0) return
      const entry = yield* booked(amount, named)
      world.booked.push(step.moved)
      oracle.untaken.push({ id: entry.id, amount: BigInt(step.moved[0]) })
      oracle.ledger += BigInt(step.moved[0])
      return
    }
    case "import":
      return yield* importStatement(world, step)
    case "reconcile": {
      const matches = yield* reconciliation.reconcile(accountId).pipe(as(officer))
      Oracle.takeOver(oracle)
      for (const match of matches) Oracle.keep(oracle, match)
      const reviews = yield* reconciliation.reviews(accountId).pipe(as(officer))
      expect(yield* reconciliation.reconcile(accountId).pipe(as(officer))).toEqual([])
      expect(yield* reconciliation.reviews(accountId).pipe(as(officer))).toEqual(reviews)
      return
    }
    case "match": {
      const lines = chosen<StatementLineId>(Oracle.idsOf(oracle, "line"), step.lines)
      const entries = chosen<EntryId>(Oracle.idsOf(oracle, "entry"), step.entries)
      const command = reconciliation.match({ key: key(`${at}`), accountId, lines, entries }).pipe(as(officer))
      return yield* matchBy(world, "match", Oracle.matching(oracle, new Set(lines), new Set(entries)), command)
    }
    case "matchWell": {
      const choices = Oracle.possible(oracle)
      const [lines, entries] = choices[step.choice % Math.max(1, choices.length)] ?? []
      if (lines === undefined || entries === undefined) return
      const sides = { lines: lines as ReadonlyArray<StatementLineId>, entries: entries as ReadonlyArray<EntryId> }
      const command = reconciliation.match({ key: key(`${at}`), accountId, ...sides }).pipe(as(officer))
      return yield* matchBy(world, `match ${lines.length}:${entries.length}`, "ok", command)
    }
    case "accept":
    case "acceptAll":
      return yield* accept(world, at, step)
    case "setAside":
    case "takeBack":
      return yield* putAside(world, at, step)
    case "writeOff":
      return yield* writeOff(world, at, step.line)
    case "undo":
      return yield* undo(world, at, step.match)
  }
})

const seen = ({ automatic, facts, matchId, state }: SettlementItem): readonly [string, Oracle.Known] => [
  facts.id,
  { side: facts._tag === "Line" ? "line" : "entry", amount: facts.amount.amount, state, matchId, automatic }
]

/** Everything that is stored is what the oracle knows, and the difference is what is open and set aside. */
const compare = Effect.fnUntraced(function* ({ id, oracle }: World) {
  const reconciliation = yield* StatementReconciliation
  const items = yield* allOf((page) => reconciliation.items(id, {}, page))
  expect(new Map(items.map(seen))).toEqual(oracle.items)
  const matches = yield* allOf((page) => reconciliation.matches(id, {}, page))
  expect(new Map(matches.map((match) => [match.id as string, match.undone !== null]))).toEqual(
    new Map([...oracle.matches].map(([matchId, { undone }]) => [matchId, undone]))
  )
  const reviews = yield* reconciliation.reviews(id)
  const named = reviews.flatMap(({ entries, lines }) => [...lines, ...entries] as ReadonlyArray<string>)
  expect(new Set(named).size).toBe(named.length)
  for (const each of named) expect(oracle.items.get(each)).toMatchObject({ state: "open", automatic: true })
  for (const { difference, entries, lines } of reviews) {
    expect(difference.amount).toBe(Oracle.sum(oracle, lines) - Oracle.sum(oracle, entries))
  }
  const report = yield* reconciliation.report(id)
  const statement = oracle.statements === 0 ? 0n : oracle.closing
  const untaken = oracle.untaken.reduce((sum, { amount }) => sum + amount, 0n)
  const book = oracle.ledger - untaken
  expect([report.statement, report.book, report.later, report.unexplained].map(({ amount }) => amount)).toEqual([
    statement,
    book,
    untaken,
    0n
  ])
  const { entries, lines } = report
  for (const state of ["open", "matched", "setAside"] as const) {
    expect(lines[state].amount.amount).toBe(Oracle.total(oracle, "line", state))
    expect(entries[state].amount.amount).toBe(Oracle.total(oracle, "entry", state))
  }
  const explained =
    lines.open.amount.amount -
    entries.open.amount.amount +
    lines.setAside.amount.amount -
    entries.setAside.amount.amount
  expect(report.difference.amount).toBe(explained)
  expect(report.difference.amount).toBe(statement - book)
}, as(officer))

/** Runs a program on a bank that is new, and says how often what happened. */
export const run = Effect.fnUntraced(function* ({ opening, steps }: Program, outcomes: Map<string, number>) {
  const { id } = yield* registered
  const world: World = { id, oracle: Oracle.make(BigInt(opening)), outcomes, last: undefined, booked: [] }
  for (const [at, each] of steps.entries()) {
    yield* take(world, at, each)
    yield* compare(world)
  }
  const document = world.last === undefined ? undefined : camt053(world.last)
  if (document === undefined) return
  const again = yield* StatementReconciliation.use((reconciliation) => reconciliation.import(document)).pipe(
    as(officer)
  )
  expect(again.matches).toEqual([])
  yield* compare(world)
})
