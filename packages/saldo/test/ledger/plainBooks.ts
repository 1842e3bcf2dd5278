/** Books that live in maps, for tests of the pure rules: what is decided is put into them, as a store would. */
import * as Result from "effect/Result"
import { toMicros } from "saldo/ledger/BookingTime"
import { checkCommand } from "saldo/ledger/checkCommand"
import { type DecidedCommand, decideAll } from "saldo/ledger/decideAll"
import type { Hold, HoldId } from "saldo/ledger/Hold"
import { blocksOf, noHash, place } from "saldo/ledger/journalBlocks"
import type { EntryId, JournalEntry, JournalHead } from "saldo/ledger/JournalEntry"
import type { AccountId, LedgerAccount } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation, PlaceHold, Post } from "saldo/ledger/LedgerCommand"
import type { LedgerRefusal } from "saldo/ledger/LedgerRefusal"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { account, accountId, entryId, holdId, key, tenant } from "./randomCommits.ts"

export { accountId, entryId, holdId, key, tenant }

export const sek = (minor: bigint | number) => Money.fromMinor(BigInt(minor), "SEK")
export const eur = (minor: bigint | number) => Money.fromMinor(BigInt(minor), "EUR")

/** Noon of the day on which everything happens. */
export const noonMs = 1_773_144_000_000
export const today = LocalDate.of("2026-03-10")

export const transfer = (debit: number, credit: number, amount: Money.Money, more: Partial<Post> = {}): Post => ({
  _tag: "Post",
  postings: [
    { accountId: accountId(debit), side: "debit", amount },
    { accountId: accountId(credit), side: "credit", amount }
  ],
  ...more
})

export const hold = (
  number: number,
  debit: number,
  credit: number,
  amount: Money.Money,
  more: Partial<PlaceHold> = {}
): PlaceHold => ({
  _tag: "PlaceHold",
  holdId: holdId(number),
  debit: accountId(debit),
  credit: accountId(credit),
  amount,
  ...more
})

/** What came of a command in one word: ok, or the tag of why not. */
export const wordOf = ({ outcome }: DecidedCommand): string => (Result.isSuccess(outcome) ? "ok" : outcome.failure._tag)

export class PlainBooks {
  readonly accounts = new Map<AccountId, LedgerAccount>()
  readonly holds = new Map<HoldId, Hold>()
  readonly entries = new Map<EntryId, JournalEntry>()
  readonly reversals = new Map<EntryId, EntryId>()
  head: JournalHead = { tenant, sequence: 0, bookedAt: null, hash: noHash }
  nowMs = noonMs
  private operations = 0
  private commands = 0

  /** Opens an account: a liability in kronor without bounds, unless told otherwise. */
  open(number: number, more: Partial<LedgerAccount> = {}): this {
    const plain = { type: "liability", bounds: { minimum: null, maximum: null }, creditsBlocked: false } as const
    this.accounts.set(accountId(number), account(number, { ...plain, metadata: {}, ...more }))
    return this
  }

  change(number: number, more: Partial<LedgerAccount>): void {
    this.accounts.set(accountId(number), { ...this.account(number), ...more })
  }

  account(number: number): LedgerAccount {
    const found = this.accounts.get(accountId(number))
    if (found === undefined) throw new RangeError(`there is no account ${number}`)
    return found
  }

  /** Debits posted, credits posted, debits pending, credits pending. */
  counters(number: number): ReadonlyArray<number> {
    const { creditsPending, creditsPosted, debitsPending, debitsPosted } = this.account(number).counters
    return [debitsPosted, creditsPosted, debitsPending, creditsPending].map(Number)
  }

  hold(number: number): Hold {
    const found = this.holds.get(holdId(number))
    if (found === undefined) throw new RangeError(`there is no hold ${number}`)
    return found
  }

  /** Decides commands, and keeps what became of them. Ids of entries count from 1 in the order of operations. */
  decide(commands: ReadonlyArray<LedgerCommand>): ReadonlyArray<DecidedCommand> {
    for (const command of commands) Result.getOrThrow(checkCommand(command))
    const entryIds = commands.flatMap(({ operations }) => operations).map(() => entryId(++this.operations))
    const lookup = {
      account: (id: AccountId) => this.accounts.get(id),
      hold: (id: HoldId) => this.holds.get(id),
      entry: (id: EntryId) => this.entries.get(id),
      reversal: (id: EntryId) => this.reversals.get(id)
    }
    const nowMicros = this.nowMs * 1000
    const lastBookedMicros = this.head.bookedAt === null ? null : toMicros(this.head.bookedAt)
    const context = { tenant, today, nowMicros, lastBookedMicros, entryIds }
    const { accounts, commands: decided, holds } = decideAll(lookup, commands, context)
    for (const [id, one] of accounts) this.accounts.set(id, one)
    for (const [id, one] of holds) this.holds.set(id, one)
    for (const block of blocksOf(tenant, decided)) {
      const placed = place(this.head, block, nowMicros)
      this.head = placed.head
      for (const { entry } of placed.entries) {
        this.entries.set(entry.id, entry)
        if (entry.reverses !== null) this.reversals.set(entry.reverses, entry.id)
      }
    }
    return decided
  }

  command(operations: ReadonlyArray<Operation>, more: Partial<LedgerCommand> = {}): LedgerCommand {
    return { key: key(`command ${++this.commands}`), operations, ...more }
  }

  /** Decides operations as one command; gives "ok" or the refusal. */
  commit(...operations: ReadonlyArray<Operation>): "ok" | LedgerRefusal {
    return this.send(this.command(operations))
  }

  send(command: LedgerCommand): "ok" | LedgerRefusal {
    const outcome = this.decide([command])[0]?.outcome
    if (outcome === undefined) throw new RangeError("a command has no outcome")
    return Result.isSuccess(outcome) ? "ok" : outcome.failure
  }

  /** Everything that the books hold, as one text. */
  text(): string {
    const { accounts, entries, head, holds, reversals } = this
    return JSON.stringify([[...accounts], [...holds], [...entries], [...reversals], head], (_, value) =>
      typeof value === "bigint" ? `${value}` : value
    )
  }
}
