/** A day of one ledger with everything in it that a ledger does. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { LedgerAccount } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { account, accountId, entryId, holdId, key } from "./randomCommits.ts"

const sek = (minor: number) => Money.fromMinor(BigInt(minor), "SEK")
export const [cash, anna, bo] = [accountId(2), accountId(1), accountId(5)]
const today = LocalDate.of("2026-03-10")
const begin = DateTime.makeUnsafe("2026-03-10T08:00:00Z")

/** Two customers who cannot overdraw, and the bank's cash. */
export const chart = (tenant: string): ReadonlyArray<LedgerAccount> => [
  account(2, { tenant }),
  account(1, { tenant, bounds: { minimum: 0n, maximum: null } }),
  account(5, { tenant, bounds: { minimum: 0n, maximum: null } })
]

export const transfer = (debit: typeof cash, credit: typeof cash, minor: number, id?: number): Operation => ({
  _tag: "Post",
  ...(id === undefined ? {} : { entryId: entryId(id) }),
  postings: [
    { accountId: debit, side: "debit", amount: sek(minor) },
    { accountId: credit, side: "credit", amount: sek(minor) }
  ]
})

const command = (name: string, ...operations: ReadonlyArray<Operation>): LedgerCommand => ({
  key: key(name),
  operations
})

const placed = { _tag: "PlaceHold", debit: anna, credit: bo } as const

/** The calls of the day, each with its commands. */
export const calls: ReadonlyArray<ReadonlyArray<LedgerCommand>> = [
  [command("deposit", transfer(cash, anna, 1000, 1))],
  [command("group", transfer(anna, bo, 100), transfer(bo, cash, 30), transfer(cash, anna, 7, 2))],
  [command("hold", { ...placed, holdId: holdId(1), amount: sek(300) })],
  [command("keep", { _tag: "Capture", holdId: holdId(1), amount: sek(100), rest: "keep" })],
  [command("brief", { ...placed, holdId: holdId(2), amount: sek(200), expiresAfterMs: 1000 })],
  [command("too much", transfer(anna, bo, 10_000))],
  [
    command("expire", { _tag: "ExpireHold", holdId: holdId(2) }),
    command("late", { _tag: "Capture", holdId: holdId(2) }),
    command("take", { _tag: "Capture", holdId: holdId(1), amount: sek(50) })
  ],
  [command("back", { _tag: "Reverse", entryId: entryId(2) })]
]

const nowAt = (index: number) => DateTime.add(begin, { minutes: index })

/** Works through the day, from any point at which an earlier attempt was broken off; says what came of each command. */
export const carryOut = Effect.fnUntraced(function* (
  tenant: string,
  say: (key: string, outcome: string, replayed: boolean) => void = () => undefined
) {
  const store = yield* LedgerStore
  for (const each of chart(tenant)) yield* store.openAccount(each)
  const outcomes: Array<string> = []
  for (const [index, commands] of calls.entries()) {
    const come = yield* store.commit({ tenant, commands, now: nowAt(index), today })
    for (const [at, outcome] of come.entries()) {
      const what = Result.isSuccess(outcome) ? "ok" : outcome.failure.reason._tag
      const replayed = Result.isSuccess(outcome) ? outcome.success.replayed : outcome.failure.replayed
      const name = commands[at]?.key ?? ""
      outcomes.push(`${name}: ${what}`)
      say(name, what, replayed)
    }
  }
  yield* store.changeAccount(tenant, bo, (found) => Result.succeed({ ...found, name: "Bo", metadata: { seen: "yes" } }))
  return outcomes
})
