/**
 * A ledger so plain that it is seen to be right: it keeps entries in a list and adds them up anew for every question.
 */
import type { Hold, HoldId, HoldState } from "saldo/ledger/Hold"
import type { EntryKind } from "saldo/ledger/JournalEntry"
import type { AccountId, Counters, LedgerAccount, Side } from "saldo/ledger/LedgerAccount"
import type { LedgerCommand, Operation, PlaceHold } from "saldo/ledger/LedgerCommand"

export interface OracleLine {
  readonly account: AccountId
  readonly side: Side
  readonly posted: bigint
  readonly pending: bigint
}

export interface OracleEntry {
  readonly id: string | undefined
  readonly kind: EntryKind
  readonly lines: ReadonlyArray<OracleLine>
  readonly valueOn: string
  readonly hold: HoldId | undefined
  readonly reverses: number | undefined
}

/** A refusal, by its tag. */
class No {
  readonly tag: string
  constructor(tag: string) {
    this.tag = tag
  }
}

const no = (tag: string): never => {
  throw new No(tag)
}

const total = (numbers: ReadonlyArray<bigint>): bigint => numbers.reduce((a, b) => a + b, 0n)
const low = (a: bigint, b: bigint | null): bigint => (b !== null && b < a ? b : a)

export class LedgerOracle {
  readonly accounts = new Map<AccountId, LedgerAccount>()
  readonly changes = new Map<AccountId, number>()
  entries: Array<OracleEntry> = []
  readonly outcomes = new Map<string, { readonly text: string; readonly tag: string }>()
  private readonly holds = new Map<HoldId, { readonly placed: PlaceHold; readonly expires: number }>()

  lines(account: AccountId, among: ReadonlyArray<OracleEntry> = this.entries): ReadonlyArray<OracleLine> {
    return among.flatMap(({ lines }) => lines.filter((line) => line.account === account))
  }

  counters(account: AccountId, among: ReadonlyArray<OracleEntry> = this.entries): Counters {
    const own = this.lines(account, among)
    const of = (side: Side, part: "posted" | "pending") =>
      total(own.filter((line) => line.side === side).map((line) => line[part]))
    return {
      debitsPosted: of("debit", "posted"),
      creditsPosted: of("credit", "posted"),
      debitsPending: of("debit", "pending"),
      creditsPending: of("credit", "pending")
    }
  }

  version(account: AccountId): number {
    return 1 + (this.changes.get(account) ?? 0) + this.lines(account).length
  }

  hold(id: HoldId): { readonly captured: bigint; readonly remaining: bigint; readonly state: HoldState } | undefined {
    const own = this.entries.filter(({ hold }) => hold === id)
    const debits = own.flatMap(({ lines }) => lines.filter(({ side }) => side === "debit"))
    const [captured, remaining] = [total(debits.map(({ posted }) => posted)), total(debits.map((line) => line.pending))]
    const last = own.at(-1)?.kind
    if (last === undefined) return undefined
    if (remaining > 0n || last === "held" || last === "posted") return { captured, remaining, state: "held" }
    return { captured, remaining, state: last === "captured" ? last : captured > 0n ? "partly-captured" : last }
  }

  /** Carries out a command and gives "ok", "mismatch" or the tag of the refusal. */
  apply(command: LedgerCommand, text: string, today: string, nowMs: number): string {
    const earlier = this.outcomes.get(command.key)
    if (earlier !== undefined) return earlier.text === text ? earlier.tag : "IdempotencyMismatch"
    const before = [...this.entries]
    let tag = "ok"
    try {
      for (const { accountId, version } of command.expectedVersions ?? []) {
        if (!this.accounts.has(accountId)) no("AccountNotFound")
        if (this.version(accountId) !== version) no("VersionConflict")
      }
      for (const operation of command.operations) this.operate(operation, today, nowMs)
      const touched = this.entries.slice(before.length).flatMap(({ lines }) => lines.map(({ account }) => account))
      for (const id of new Set(touched)) {
        const bounds = this.accounts.get(id)?.bounds ?? no("AccountNotFound")
        const [was, is] = [this.measure(id, before), this.measure(id)]
        if (bounds.minimum !== null && is.low < bounds.minimum && is.low < was.low) no("InsufficientFunds")
        if (bounds.maximum !== null && is.high > bounds.maximum && is.high > was.high) no("MaximumExceeded")
      }
    } catch (refusal) {
      if (!(refusal instanceof No)) throw refusal
      tag = refusal.tag
      this.entries = before
    }
    this.outcomes.set(command.key, { text, tag })
    return tag
  }

  private measure(id: AccountId, among: ReadonlyArray<OracleEntry> = this.entries) {
    const { creditsPending, creditsPosted, debitsPending, debitsPosted } = this.counters(id, among)
    const debit = ["asset", "expense"].includes(this.accounts.get(id)?.type ?? "")
    const balance = debit ? debitsPosted - creditsPosted : creditsPosted - debitsPosted
    const [out, into] = debit ? [creditsPending, debitsPending] : [debitsPending, creditsPending]
    return { low: balance - out, high: balance + into, grows: debit ? "debit" : "credit" }
  }

  private usable(id: AccountId, currency: string, side: Side | undefined): void {
    const account = this.accounts.get(id) ?? no("AccountNotFound")
    if (account.currency !== currency) no("WrongCurrency")
    if (account.closed || account.frozen) no("AccountUnavailable")
    if (side === "debit" && account.debitsBlocked) no("AccountUnavailable")
    if (side === "credit" && account.creditsBlocked) no("AccountUnavailable")
  }

  private capacity(id: AccountId, side: Side): bigint | null {
    const { grows, high, low: lowest } = this.measure(id)
    const { maximum, minimum } = this.accounts.get(id)?.bounds ?? { maximum: null, minimum: null }
    if (side === grows) return maximum === null ? null : maximum - high
    return minimum === null ? null : lowest - minimum
  }

  private add(
    kind: EntryKind,
    valueOn: string,
    lines: ReadonlyArray<OracleLine>,
    more: Partial<OracleEntry> = {}
  ): void {
    this.entries.push({ id: undefined, hold: undefined, reverses: undefined, kind, valueOn, lines, ...more })
  }

  private pair(id: HoldId, posted: bigint, pending: bigint): ReadonlyArray<OracleLine> {
    const placed = this.holds.get(id)?.placed
    if (placed === undefined) return []
    return [
      { account: placed.debit, side: "debit", posted, pending },
      { account: placed.credit, side: "credit", posted, pending }
    ]
  }

  private operate(operation: Operation, today: string, nowMs: number): void {
    const valueOn = "valueOn" in operation ? (operation.valueOn ?? today) : today
    const dated = (allowed = false) => (valueOn > today && !allowed ? no("ValueDateInFuture") : undefined)
    if (operation._tag === "Post") {
      const { entryId, postings } = operation
      if (entryId !== undefined && this.entries.some(({ id }) => id === entryId)) no("EntryIdTaken")
      for (const { accountId, amount, side } of postings) this.usable(accountId, amount.currency, side)
      const currencies = new Set(postings.map(({ amount }) => amount.currency))
      const met = (currency: string) =>
        postings.some(({ accountId, amount }) => {
          return amount.currency === currency && this.accounts.get(accountId)?.role === "liquidity"
        })
      if (currencies.size > 1 && ![...currencies].every(met)) no("LiquidityAccountMissing")
      dated(operation.allowFutureValue)
      let amounts = postings.map(({ amount }) => amount.amount)
      if (operation.upToAvailableOn !== undefined) {
        const most = postings.reduce(
          (least, { accountId, amount, side }) => low(low(least, amount.amount), this.capacity(accountId, side)),
          postings[0]?.amount.amount ?? 0n
        )
        if (most <= 0n) no("NothingAvailable")
        amounts = amounts.map(() => most)
      }
      const lines = postings.map(({ accountId, side }, index) => {
        return { account: accountId, side, posted: amounts[index] ?? 0n, pending: 0n }
      })
      this.add("posted", valueOn, lines, { id: entryId })
    } else if (operation._tag === "PlaceHold") {
      const { amount, credit, debit, expiresAfterMs = Infinity, holdId } = operation
      if (this.hold(holdId) !== undefined) no("HoldIdTaken")
      this.usable(debit, amount.currency, "debit")
      this.usable(credit, amount.currency, "credit")
      dated()
      this.holds.set(holdId, { placed: operation, expires: nowMs + expiresAfterMs })
      this.add("held", valueOn, this.pair(holdId, 0n, amount.amount), { hold: holdId })
    } else if (operation._tag === "Reverse") {
      const at = this.entries.findIndex(({ id }) => id === operation.entryId)
      const entry = this.entries[at] ?? no("EntryNotFound")
      if (entry.reverses !== undefined) no("EntryNotReversible")
      if (this.entries.some(({ reverses }) => reverses === at)) no("AlreadyReversed")
      const lines = entry.lines.map((line): OracleLine => ({
        ...line,
        pending: 0n,
        side: line.side === "debit" ? "credit" : "debit"
      }))
      for (const { account, side } of lines) this.usable(account, this.accounts.get(account)?.currency ?? "", side)
      dated()
      this.add("posted", valueOn, lines, { reverses: at })
    } else this.resolve(operation, valueOn, dated, nowMs)
  }

  private resolve(
    operation: Exclude<Operation, { readonly _tag: "Post" | "PlaceHold" | "Reverse" }>,
    valueOn: string,
    dated: () => void,
    nowMs: number
  ): void {
    const { holdId } = operation
    const hold = this.hold(holdId) ?? no("HoldNotFound")
    const { expires, placed } = this.holds.get(holdId) ?? no("HoldNotFound")
    if (hold.state !== "held") no("HoldEnded")
    const late = expires <= nowMs
    if (operation._tag === "Capture") {
      if (late) no("HoldTimeMismatch")
      const amount = operation.amount?.amount ?? hold.remaining
      if (hold.captured + amount > placed.amount.amount + (placed.overCapture?.amount ?? 0n)) no("CaptureTooLarge")
      const excess = amount > hold.remaining
      this.usable(placed.debit, placed.amount.currency, excess ? "debit" : undefined)
      this.usable(placed.credit, placed.amount.currency, excess ? "credit" : undefined)
      dated()
      const freed = operation.rest === "keep" ? low(hold.remaining, amount) : hold.remaining
      this.add("captured", valueOn, this.pair(holdId, amount, -freed), { hold: holdId })
      return
    }
    if (operation._tag === "ExpireHold" && !late) no("HoldTimeMismatch")
    dated()
    const kind = operation._tag === "ExpireHold" ? "expired" : "voided"
    this.add(kind, valueOn, this.pair(holdId, 0n, -hold.remaining), { hold: holdId })
  }
}

/** The parts of a hold that the oracle knows. */
export const knownOf = (hold: Hold) => ({
  captured: hold.captured.amount,
  remaining: hold.remaining.amount,
  state: hold.state
})
