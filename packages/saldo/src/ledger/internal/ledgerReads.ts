/**
 * What the ledger reads for its use case: balances, statements, and what a command would look up.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Actor, type Permission } from "../../core/Actor.ts"
import type { PageRequest } from "../../core/Page.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import { BookingTime, fromInstant, fromMicros, toMicros } from "../BookingTime.ts"
import { commandReferences } from "../commandReferences.ts"
import type { HoldId } from "../Hold.ts"
import type { EntryId } from "../JournalEntry.ts"
import { type AccountCode, type AccountId, noCounters } from "../LedgerAccount.ts"
import type { LedgerCommand } from "../LedgerCommand.ts"
import { AccountNotFound, EntryNotFound, HoldNotFound } from "../LedgerRefusal.ts"
import type { Ledger } from "../Ledger.ts"
import { balanceBy, statementLine, trialBalanceOf } from "../ledgerReports.ts"
import type { AccountFilter, AsOf, EntryFilter, HoldFilter, LineFilter } from "../LedgerFilter.ts"
import type { LedgerStore } from "../LedgerStore.ts"

const dayMs = 86_400_000

const lastDay = LocalDate.of("9999-12-31")
const lastTime = BookingTime.make("9999-12-31T23:59:59.999999Z")

const justBefore = (time: BookingTime): BookingTime => fromMicros(toMicros(time) - 1)

/** The calendar of a time zone; a name that is none is a mistake in a program, which its first start meets. */
export const calendarOf = (timeZone: string) => {
  const zone = Option.getOrThrowWith(
    DateTime.zoneMakeNamed(timeZone),
    () => new RangeError(`The ledger's time zone must be an IANA name such as Europe/Stockholm, not ${timeZone}`)
  )
  return {
    dateOf: (at: DateTime.Utc): LocalDate.LocalDate => LocalDate.of(DateTime.formatIsoDate(DateTime.setZone(at, zone))),
    startOf: (date: LocalDate.LocalDate): DateTime.Utc =>
      DateTime.toUtc(
        Option.getOrElse(
          DateTime.makeZoned(LocalDate.parts(date), {
            timeZone: zone,
            adjustForTimeZone: true,
            disambiguation: "earlier"
          }),
          () => DateTime.setZone(DateTime.makeUnsafe(LocalDate.toEpochDay(date) * dayMs), zone)
        )
      )
  }
}

/** The reads, each for the actor's tenant and with the permission to read. */
export const makeReads = (
  store: LedgerStore["Service"],
  calendar: ReturnType<typeof calendarOf>,
  permission: Permission
) => {
  const tenant = Effect.andThen(
    Actor.require(permission),
    Effect.map(Actor, (actor) => actor.tenant)
  )
  const account = Effect.fnUntraced(function* (id: AccountId) {
    const found = yield* store.findAccount(yield* tenant, id)
    return Option.isSome(found) ? found.value : yield* new AccountNotFound({ accountId: id })
  })
  const balance = Effect.fnUntraced(function* (id: AccountId, asOf: AsOf = {}) {
    const found = yield* account(id)
    const counters = yield* store.counters(found.tenant, id, asOf)
    return balanceBy(
      found,
      Option.getOrElse(counters, () => noCounters)
    )
  })

  const statement: Ledger["Service"]["statement"] = Effect.fnUntraced(function* (id, { from, to }, page = {}) {
    const found = yield* account(id)
    const first = fromInstant(calendar.startOf(from))
    const start = justBefore(first)
    const last = to === lastDay ? lastTime : justBefore(fromInstant(calendar.startOf(LocalDate.addDays(to, 1))))
    // Nothing up to the head can change any more. What is booked while this reads is left out of the closing and the lines alike.
    const { bookedAt } = yield* store.head(found.tenant)
    const known = bookedAt !== null && bookedAt < last ? bookedAt : last
    const end = known < start ? start : known
    const opening = yield* balance(id, { knownAt: start })
    const closing = yield* balance(id, { knownAt: end })
    const filter = { bookedFrom: first, bookedTo: last, postedOnly: true }
    const { items, next } = yield* store.listLines(found.tenant, id, filter, page)
    const lines = items.filter((line) => line.bookedAt <= end)
    return {
      account: found,
      from,
      to,
      opening: opening.balance,
      closing: closing.balance,
      items: lines.map((line) => statementLine(found, line)),
      next: lines.length === items.length ? next : null
    }
  })

  return {
    account,
    accountByCode: Effect.fnUntraced(function* (code: AccountCode) {
      const found = yield* store.findAccountByCode(yield* tenant, code)
      return Option.isSome(found) ? found.value : yield* new AccountNotFound({ accountId: code })
    }),
    accounts: (filter: AccountFilter = {}, page: PageRequest = {}) =>
      Effect.flatMap(tenant, (own) => store.listAccounts(own, filter, page)),
    balance,
    statement,
    activity: (id: AccountId, filter: LineFilter = {}, page: PageRequest = {}) =>
      Effect.flatMap(account(id), (found) => store.listLines(found.tenant, id, filter, page)),
    trialBalance: (asOf: AsOf = {}) =>
      Effect.map(
        Effect.flatMap(tenant, (own) => store.trialBalance(own, asOf)),
        trialBalanceOf
      ),
    entry: Effect.fnUntraced(function* (id: EntryId) {
      const found = yield* store.findEntry(yield* tenant, id)
      return Option.isSome(found) ? found.value : yield* new EntryNotFound({ entryId: id })
    }),
    entries: (filter: EntryFilter = {}, page: PageRequest = {}) =>
      Effect.flatMap(tenant, (own) => store.listEntries(own, filter, page)),
    hold: Effect.fnUntraced(function* (id: HoldId) {
      const found = yield* store.findHold(yield* tenant, id)
      return Option.isSome(found) ? found.value : yield* new HoldNotFound({ holdId: id })
    }),
    holds: (filter: HoldFilter = {}, page: PageRequest = {}) =>
      Effect.flatMap(tenant, (own) => store.listHolds(own, filter, page))
  }
}

const present = <A>(found: Iterable<Option.Option<A>>): ReadonlyArray<A> =>
  [...found].filter(Option.isSome).map(({ value }) => value)

/** What a plan looks up: as a commit would, without locks. */
export const lookUp = Effect.fnUntraced(function* (
  store: LedgerStore["Service"],
  tenant: string,
  commands: ReadonlyArray<LedgerCommand>
) {
  const references = commandReferences(commands)
  const holds = present(yield* Effect.forEach(references.holds, (id) => store.findHold(tenant, id)))
  const entries = present(yield* Effect.forEach(references.entries, (id) => store.findEntry(tenant, id)))
  const reversals = new Map<EntryId, EntryId>()
  for (const { id } of entries) {
    const reversal = yield* store.findReversal(tenant, id)
    if (Option.isSome(reversal)) reversals.set(id, reversal.value)
  }
  const ids = new Set(references.accounts)
  for (const { credit, debit } of holds) ids.add(debit).add(credit)
  for (const { lines } of entries) for (const { accountId } of lines) ids.add(accountId)
  const accounts = present(yield* Effect.forEach(ids, (id) => store.findAccount(tenant, id)))
  const byId = <A extends { readonly id: string }>(all: ReadonlyArray<A>) => new Map(all.map((one) => [one.id, one]))
  const [accountsById, holdsById, entriesById] = [byId(accounts), byId(holds), byId(entries)]
  return {
    account: (id: AccountId) => accountsById.get(id),
    hold: (id: HoldId) => holdsById.get(id),
    entry: (id: EntryId) => entriesById.get(id),
    reversal: (id: EntryId) => reversals.get(id)
  }
})
