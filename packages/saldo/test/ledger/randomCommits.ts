/** Random but repeatable calls on a ledger's store: the same seed gives the same calls, whatever the store answers. */
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { CommandKey } from "saldo/core/Command"
import * as BookingTime from "saldo/ledger/BookingTime"
import { checkCommand } from "saldo/ledger/checkCommand"
import { HoldId } from "saldo/ledger/Hold"
import { EntryId } from "saldo/ledger/JournalEntry"
import { AccountCode, AccountId, type LedgerAccount, noCounters } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import type { CommitRequest } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"

export const tenant = "tenant å"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/** The id of a number, in the form of its kind. */
const body = (number: number): string => {
  let text = ""
  for (let rest = number, digit = 0; digit < 26; digit++, rest = Math.floor(rest / 32)) {
    text = alphabet.charAt(rest % 32) + text
  }
  return text
}

export const accountId = (number: number) => AccountId.make(`acct_${body(number)}`)
export const holdId = (number: number) => HoldId.make(`hold_${body(number)}`)
export const entryId = (number: number) => EntryId.make(`entry_${body(number)}`)
export const key = (name: string) => CommandKey.make(name)

/** Whole numbers below a bound; mulberry32. */
export const randomBelow = (seed: number) => {
  let state = seed
  return (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

const openedAt = DateTime.makeUnsafe("2026-01-01T00:00:00Z")

/** An account of a number: liabilities in SEK, every third of which may not be overdrawn. */
export const account = (number: number, more: Partial<LedgerAccount> = {}): LedgerAccount => ({
  id: accountId(number),
  tenant,
  code: AccountCode.make(`account.${String(number).padStart(5, "0")}`),
  type: number % 2 === 0 ? "asset" : "liability",
  currency: "SEK",
  role: "ordinary",
  name: `Account ${number}`,
  parent: null,
  bounds: { minimum: number % 3 === 0 ? 0n : null, maximum: number % 5 === 4 ? 5000n : null },
  closed: false,
  frozen: false,
  debitsBlocked: false,
  creditsBlocked: number === 7,
  metadata: number % 4 === 0 ? { group: "four", name: `nr "${number}"` } : {},
  counters: noCounters,
  version: 1,
  openedAt,
  ...more
})

const firstDay = LocalDate.of("2026-01-01")

/** The state of a program: calls so far, and what later calls may refer to. */
export const makeProgram = (seed: number, accounts: number) => {
  const below = randomBelow(seed)
  const commandsSoFar: Array<LedgerCommand> = []
  let calls = 0
  let commands = 0
  let holds = 0
  let entries = 0
  const sek = () => Money.fromMinor(BigInt(1 + below(1000)), "SEK")
  const pair = () => {
    const debit = below(accounts)
    return { debit: accountId(debit), credit: accountId((debit + 1 + below(accounts - 1)) % accounts) }
  }
  const dated = (today: LocalDate.LocalDate) => {
    const kind = below(6)
    if (kind === 0) return { valueOn: LocalDate.addDays(today, -below(20)) }
    return kind === 1 ? { valueOn: LocalDate.addDays(today, below(10)), allowFutureValue: true } : {}
  }

  const operation = (today: LocalDate.LocalDate): Operation => {
    const { credit, debit } = pair()
    switch (below(9)) {
      case 0:
        return {
          _tag: "PlaceHold",
          holdId: holdId(below(8) === 0 ? below(holds + 1) : holds++),
          debit,
          credit,
          amount: sek()
        }
      case 1:
        return {
          _tag: "PlaceHold",
          holdId: holdId(holds++),
          debit,
          credit,
          amount: sek(),
          expiresAfterMs: 1 + below(100_000_000),
          overCapture: Money.fromMinor(100n, "SEK")
        }
      case 2:
        return {
          _tag: "Capture",
          holdId: holdId(below(holds + 1)),
          amount: sek(),
          rest: below(2) === 0 ? "keep" : "release"
        }
      case 3:
        return { _tag: below(2) === 0 ? "VoidHold" : "ExpireHold", holdId: holdId(below(holds + 1)) }
      case 4:
        return { _tag: "Reverse", entryId: entryId(below(entries + 1)) }
      default: {
        const amount = sek()
        return {
          _tag: "Post",
          ...(below(2) === 0 ? { entryId: entryId(below(10) === 0 ? below(entries + 1) : entries++) } : {}),
          postings: [
            { accountId: debit, side: "debit", amount },
            { accountId: credit, side: "credit", amount }
          ],
          ...(below(4) === 0 ? { upToAvailableOn: debit } : {}),
          ...dated(today),
          ...(below(3) === 0 ? { code: `code ${below(3)}`, description: "Överföring 💸" } : {}),
          ...(below(3) === 0 ? { metadata: { order: String(below(20)), segment: "b'c\"d" } } : {})
        }
      }
    }
  }

  /** The next call: some new commands, and now and then an old one, or its key with other content. */
  return (): CommitRequest => {
    calls += 1
    const now = DateTime.add(DateTime.makeUnsafe("2026-01-01T00:00:00Z"), { hours: calls * 3 })
    const today = LocalDate.addDays(firstDay, Math.floor((calls * 3) / 24))
    const fresh = Array.from({ length: 1 + below(3) }, (): LedgerCommand => {
      const imported = below(15) === 0
      const dates = { valueOn: LocalDate.addDays(today, -below(3)) }
      const operations = Array.from({ length: 1 + below(2) }, () => operation(today)).map((each) =>
        imported && each._tag !== "ExpireHold" ? { ...each, ...dates } : each
      )
      return {
        key: key(`key ${commands++}`),
        operations,
        ...(below(12) === 0
          ? { expectedVersions: [{ accountId: accountId(below(accounts)), version: 1 + below(9) }] }
          : {}),
        ...(imported
          ? { importedAt: BookingTime.fromInstant(DateTime.subtract(now, { minutes: 60 + below(240) })) }
          : {})
      }
    }).filter((command) => Result.isSuccess(checkCommand(command)))
    const old = below(4) === 0 ? commandsSoFar[below(commandsSoFar.length)] : undefined
    const again =
      old === undefined ? [] : [below(4) === 0 ? { ...old, operations: [operation(today), ...old.operations] } : old]
    commandsSoFar.push(...fresh)
    return { tenant, today, now, commands: [...again, ...fresh] }
  }
}
