/**
 * `saldo bank reconcile`: whether the banks where this bank has accounts say what its books say.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { parseCamt053 } from "saldo/banking/camt053"
import { Payments } from "saldo/banking/Payments"
import type { SettlementAccountId } from "saldo/banking/SettlementAccount"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import * as Page from "saldo/core/Page"
import * as Money from "saldo/money/Money"
import { answersTo, needed } from "../bank/form.ts"
import {
  itemRecord,
  itemTable,
  matchRecord,
  matchTable,
  reportRecord,
  reportText,
  reviewRecord,
  reviewText,
  settlementRecord
} from "../bank/reconciliation.ts"
import { newsIn } from "../bank/statementNews.ts"
import { figure } from "../books.ts"
import { plain } from "../chart.ts"
import { CliFailure } from "../CliFailure.ts"
import { Output } from "../Output.ts"
import { bankFlags, keyFlag, keyOf, onBank, onNewBank, pageFlags, railName } from "./bankBooks.ts"
import { accept, match, setAside, takeBack, undo, writeOff } from "./bankReconcileActs.ts"
import { currencyFlag, settlementOf } from "./bankReconcileItems.ts"

const register = Command.make(
  "register",
  {
    currency: Flag.String("currency").pipe(Flag.withDescription("ISO 4217 code"), Flag.withDefault("SEK")),
    key: keyFlag,
    ...bankFlags
  },
  ({ currency, key, ...who }) =>
    onNewBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const asks = "Number of the account, as its statements write it"
        const answers = yield* answersTo([{ name: "number", asks, needed: true }])
        const account = yield* StatementReconciliation.use((reconciliation) =>
          Effect.flatMap(keyOf(key), (known) =>
            reconciliation.register({ key: known, currency, number: needed(answers, "number") })
          )
        )
        yield* output.result(
          () => settlementRecord(account),
          () => `Registered ${account.id}; the books keep it as bank.settlement.${account.currency}.`
        )
      })
    )
).pipe(Command.withDescription("Register the bank's own account with another bank, one for each currency"))

/** Tells orders what a statement says about them, and matches again what that has booked. */
const hearAll = Effect.fnUntraced(function* (document: Uint8Array, accounts: ReadonlySet<SettlementAccountId>) {
  const payments = yield* Payments
  const reconciliation = yield* StatementReconciliation
  const statements = yield* Effect.fromResult(parseCamt053(document))
  const told = { settled: 0, returned: 0, unknown: 0 }
  for (const event of statements.flatMap(newsIn)) {
    const isOurs = yield* payments.hear(railName, event)
    if (!isOurs) told.unknown += 1
    else if (event._tag === "Reported") told.settled += 1
    else told.returned += 1
  }
  const matches = yield* Effect.forEach([...accounts], (id) => reconciliation.reconcile(id))
  return { ...told, matches: matches.flat() }
})

const importStatement = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(Argument.withDescription("A statement in camt.053")),
    ...bankFlags
  },
  ({ file, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const files = yield* FileSystem.FileSystem
        const reconciliation = yield* StatementReconciliation
        const document = yield* Effect.mapError(
          files.readFile(file),
          () =>
            new CliFailure({
              happened: `The statement ${file} cannot be read.`,
              remedy: "Check its name, and that you may read it.",
              exitCode: 2
            })
        )
        const { matches: before, statements } = yield* reconciliation.import(document)
        const heard = yield* hearAll(document, new Set(statements.map(({ statement }) => statement.accountId)))
        const matches = [...before, ...heard.matches]
        yield* output.result(
          () => ({
            statements: statements.map(({ isNew, statement }) => ({
              statementId: statement.statementId,
              isNew,
              lines: statement.lines,
              opening: Money.toDecimal(statement.opening),
              closing: Money.toDecimal(statement.closing),
              currency: statement.closing.currency,
              closedOn: statement.closedOn
            })),
            payments: { settled: heard.settled, returned: heard.returned, unknown: heard.unknown },
            matches: matches.map(matchRecord)
          }),
          () =>
            [
              ...statements.map(
                ({ isNew, statement: { closedOn, closing, lines, opening, statementId } }) =>
                  `${isNew ? "Imported" : "Was there already:"} ${plain(statementId)}${closedOn === null ? "" : ` of ${closedOn}`}, ` +
                  `${lines} ${lines === 1 ? "line" : "lines"}, ${figure(opening)} → ${figure(closing)} ${closing.currency}.`
              ),
              `It tells of ${heard.settled} settled and ${heard.returned} returned payments of ours${heard.unknown === 0 ? "" : `, and of ${heard.unknown} that are not (\`saldo bank payments strays\`)`}.`,
              `${matches.length} ${matches.length === 1 ? "match" : "matches"} made; \`saldo bank reconcile report\` shows what is open.`
            ].join("\n")
        )
      })
    )
).pipe(
  Command.withDescription(
    "Import a statement in camt.053, settle the payments it tells of, and match it with the books"
  ),
  Command.withExamples([
    { command: "saldo bank reconcile import 2026-04-02.xml", description: "Yesterday's statement" }
  ])
)

const rerun = Command.make("run", { currency: currencyFlag, ...bankFlags }, ({ currency, ...who }) =>
  onBank(
    who,
    Effect.gen(function* () {
      const output = yield* Output
      const { id } = yield* settlementOf(currency)
      const made = yield* StatementReconciliation.use((reconciliation) => reconciliation.reconcile(id))
      yield* output.result(
        () => ({ matches: made.map(matchRecord) }),
        () => (made.length === 0 ? "No match was made." : matchTable(made, output.width))
      )
    })
  )
).pipe(Command.withDescription("Take over what has been booked since the last import, and match it"))

const report = Command.make("report", { currency: currencyFlag, ...bankFlags }, ({ currency, ...who }) =>
  onBank(
    who,
    Effect.gen(function* () {
      const output = yield* Output
      const { id } = yield* settlementOf(currency)
      const found = yield* StatementReconciliation.use((reconciliation) => reconciliation.report(id))
      yield* output.result(
        () => reportRecord(found),
        () => reportText(found)
      )
    })
  )
).pipe(Command.withDescription("Show what stands between the books and the last statement"))

const items = Command.make(
  "items",
  {
    currency: currencyFlag,
    state: Flag.Literals("state", ["open", "matched", "setAside"]).pipe(
      Flag.withDescription("How they stand"),
      Flag.withDefault("open")
    ),
    side: Flag.Literals("side", ["line", "entry"]).pipe(
      Flag.withDescription("Only lines of statements, or only entries of the books"),
      Flag.optional
    ),
    ...pageFlags,
    ...bankFlags
  },
  ({ currency, cursor, limit, side, state, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const reconciliation = yield* StatementReconciliation
        const { id } = yield* settlementOf(currency)
        const filter = { state, ...(Option.isSome(side) && { side: side.value }) }
        const from = Option.isSome(cursor) ? { cursor: yield* Page.cursorFrom(cursor.value) } : {}
        const page = yield* reconciliation.items(id, filter, { limit, ...from })
        yield* output.result(
          () => ({ items: page.items.map(itemRecord), next: page.next }),
          () => {
            if (page.items.length === 0) return `No item is ${state === "setAside" ? "set aside" : state}.`
            const more = page.next === null ? "" : `\n\nMore with --cursor ${page.next}`
            return itemTable(page.items, output.width) + more
          }
        )
      })
    )
).pipe(Command.withDescription("List lines of statements and entries of the books, those that are open at first"))

const reviews = Command.make("reviews", { currency: currencyFlag, ...bankFlags }, ({ currency, ...who }) =>
  onBank(
    who,
    Effect.gen(function* () {
      const output = yield* Output
      const reconciliation = yield* StatementReconciliation
      const { id } = yield* settlementOf(currency)
      const found = yield* Effect.forEach(yield* reconciliation.reviews(id), (review) =>
        Effect.map(reconciliation.itemsOf(id, [...review.lines, ...review.entries]), (of) => ({ review, items: of }))
      )
      yield* output.result(
        () => found.map(reviewRecord),
        () => (found.length === 0 ? "Nothing is to be looked at." : reviewText(found, output.width))
      )
    })
  )
).pipe(Command.withDescription("List what a person has to decide, with the lines and entries it is about"))

const matches = Command.make(
  "matches",
  { currency: currencyFlag, ...pageFlags, ...bankFlags },
  ({ currency, cursor, limit, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const { id } = yield* settlementOf(currency)
        const from = Option.isSome(cursor) ? { cursor: yield* Page.cursorFrom(cursor.value) } : {}
        const page = yield* StatementReconciliation.use((all) => all.matches(id, {}, { limit, ...from }))
        yield* output.result(
          () => ({ items: page.items.map(matchRecord), next: page.next }),
          () => {
            if (page.items.length === 0) return "Nothing is matched."
            const more = page.next === null ? "" : `\n\nMore with --cursor ${page.next}`
            return matchTable(page.items, output.width) + more
          }
        )
      })
    )
).pipe(Command.withDescription("List matches, newest first, with what speaks for each"))

/** The group. */
export const reconcile = Command.make("reconcile").pipe(
  Command.withDescription("Compare the bank's accounts with other banks to its books"),
  Command.withSubcommands([
    register,
    importStatement,
    rerun,
    report,
    items,
    reviews,
    matches,
    accept,
    match,
    setAside,
    takeBack,
    writeOff,
    undo
  ])
)
