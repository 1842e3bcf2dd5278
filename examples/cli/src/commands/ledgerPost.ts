/**
 * `saldo ledger post`: an entry of two or more postings.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import type { Side } from "saldo/ledger/LedgerAccount"
import type { LocalDate } from "saldo/time/LocalDate"
import { balanceRecord, entryText, figure } from "../books.ts"
import { CliFailure } from "../CliFailure.ts"
import { Books, type ShownLedgerAccount } from "../desk/Books.ts"
import { Output } from "../Output.ts"
import { accountOf, amountOf, atBooks, dayFlag, onBooks, tenantFlag } from "./ledgerBooks.ts"

const postingFlag = (name: Side) =>
  Flag.String(name).pipe(
    Flag.withMetavar("code=amount"),
    Flag.withDescription(`What is posted on the ${name} side of an account; any number of times`),
    Flag.atLeast(1)
  )

/** Reads `code=amount`, in the currency of the account. */
const postingOf = Effect.fnUntraced(function* (side: Side, text: string) {
  const cut = text.lastIndexOf("=")
  if (cut < 1) {
    return yield* new CliFailure({
      happened: `--${side} ${text} has no amount.`,
      remedy: `Write it as --${side} 1930=1234.50.`,
      exitCode: 2
    })
  }
  const account = yield* accountOf(text.slice(0, cut))
  const amount = yield* amountOf(text.slice(cut + 1), account.currency)
  return { account, posting: { accountId: account.id, side, amount } }
})

const codesOf = (parts: ReadonlyArray<{ readonly account: ShownLedgerAccount }>) =>
  new Map<string, string>(parts.map(({ account }) => [account.id, account.code]))

interface Given {
  readonly debit: ReadonlyArray<string>
  readonly credit: ReadonlyArray<string>
  readonly text: Option.Option<string>
  readonly value: Option.Option<LocalDate>
  readonly key: Option.Option<string>
}

/** The command that was written down, and the codes of its accounts. */
const commandOf = Effect.fnUntraced(function* ({ credit, debit, key, text, value }: Given) {
  const parts = [
    ...(yield* Effect.forEach(debit, (each) => postingOf("debit", each))),
    ...(yield* Effect.forEach(credit, (each) => postingOf("credit", each)))
  ]
  const name = Option.getOrElse(key, () => "")
  const known = CommandKey.makeOption(name === "" ? yield* Id.make("post") : name)
  if (Option.isNone(known)) {
    return yield* new CliFailure({
      happened: "--key cannot be used.",
      remedy: "Use 1 to 255 characters without control characters.",
      exitCode: 2
    })
  }
  const operation = {
    _tag: "Post" as const,
    postings: parts.map(({ posting }) => posting),
    ...(Option.isSome(text) && { description: text.value }),
    ...(Option.isSome(value) && { valueOn: value.value })
  }
  return { codes: codesOf(parts), command: { key: known.value, operations: [operation] } }
})

/** Shows what it would come to. */
const planning = Effect.fnUntraced(function* (given: Given) {
  const output = yield* Output
  const ledger = yield* Ledger
  const { command } = yield* commandOf(given)
  const planned = yield* ledger.plan(command)
  if (planned._tag === "Refused") return yield* planned.refusal
  return yield* output.result(
    () => ({
      planned: true,
      effects: planned.effects.map(({ after, before }) => ({
        before: balanceRecord(before),
        after: balanceRecord(after)
      }))
    }),
    () =>
      planned.effects
        .map(
          ({ after, before }) =>
            `${after.account.code}: ${figure(before.balance)} → ${figure(after.balance)} ${after.account.currency}`
        )
        .join("\n")
  )
})

/** Books it. */
const posting = Effect.fnUntraced(function* (given: Given) {
  const output = yield* Output
  const ledger = yield* Books
  const { codes, command } = yield* commandOf(given)
  const { entries, replayed } = yield* ledger.commit(command)
  const [entry] = entries
  yield* output.result(
    () => ({ key: command.key, replayed, entry }),
    () =>
      entry === undefined
        ? "Nothing was booked."
        : `${replayed === true ? "Booked before" : "Booked"} as entry ${entry.sequence}, value ${entry.valueOn}, key ${command.key}.\n\n${entryText(entry, codes)}`
  )
})

/** The command. */
export const post = Command.make(
  "post",
  {
    debit: postingFlag("debit"),
    credit: postingFlag("credit"),
    text: Flag.String("text").pipe(Flag.withDescription("What it was for"), Flag.optional),
    value: dayFlag("value", "From when the amounts count; today when left out").pipe(Flag.optional),
    key: Flag.String("key").pipe(
      Flag.withDescription("Names the entry, so that sending it twice books it once; a new one when left out"),
      Flag.optional
    ),
    plan: Flag.Boolean("plan").pipe(
      Flag.withDescription("Show what it would come to, and book nothing"),
      Flag.withDefault(false)
    ),
    tenant: tenantFlag
  },
  ({ plan, tenant, ...given }) => (plan ? onBooks(tenant, planning(given)) : atBooks(tenant, posting(given)))
).pipe(
  Command.withDescription("Book an entry of two or more postings"),
  Command.withExamples([
    {
      command: "saldo ledger post --debit cash=500.00 --credit customers.anna=500.00 --text 'First deposit'",
      description: "A deposit in cash"
    }
  ])
)
