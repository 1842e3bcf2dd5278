/**
 * `saldo bank payments export` and `file`: approved payments as files for the bank's own bank.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { BankCalendar } from "saldo/banking/BankCalendar"
import type { PaymentFile } from "saldo/banking/PaymentFile"
import { PaymentFiles } from "saldo/banking/PaymentFiles"
import { Payments } from "saldo/banking/Payments"
import type { Cursor, PageRequest } from "saldo/core/Page"
import * as Money from "saldo/money/Money"
import type { LocalDate } from "saldo/time/LocalDate"
import { shortId } from "../bank/shortId.ts"
import { figure } from "../books.ts"
import { table } from "../chart.ts"
import { CliFailure } from "../CliFailure.ts"
import { Output } from "../Output.ts"
import { bankFlags, keyOf, onBank } from "./bankBooks.ts"
import { dayFlag } from "./ledgerBooks.ts"

const outFlag = Flag.String("out").pipe(
  Flag.withAlias("o"),
  Flag.withMetavar("folder"),
  Flag.withDescription("Where files are put; this folder when left out"),
  Flag.withDefault(".")
)

/** Writes a file that only its owner may read, whole or not at all, as it has names and account numbers. */
const put = Effect.fnUntraced(function* (folder: string, { messageId, text }: PaymentFile) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const name = path.join(folder, `${messageId}.xml`)
  const draft = `${name}.part`
  yield* files.makeDirectory(folder, { recursive: true }).pipe(
    Effect.andThen(Effect.ignore(files.remove(draft))),
    Effect.andThen(files.writeFileString(draft, Redacted.value(text), { flag: "wx", mode: 0o600 })),
    Effect.andThen(files.rename(draft, name)),
    Effect.onError(() => Effect.ignore(files.remove(draft))),
    Effect.mapError(
      () =>
        new CliFailure({
          happened: `The payments of ${messageId} have been handed over, and their file cannot be written into ${folder}.`,
          remedy: `Write it with \`saldo bank payments file ${messageId} --out\` into a folder where you may write.`,
          exitCode: 4
        })
    )
  )
  return name
})

/** The accounts that have approved payments. */
const payers = Effect.gen(function* () {
  const payments = yield* Payments
  const found = new Set<PaymentFile["accountId"]>()
  let cursor: Cursor | null = null
  do {
    const request: PageRequest = cursor === null ? { limit: 500 } : { limit: 500, cursor }
    const page: Effect.Success<ReturnType<typeof payments.list>> = yield* payments.list({ state: "approved" }, request)
    for (const { accountId } of page.items) found.add(accountId)
    cursor = page.next
  } while (cursor !== null)
  return [...found].sort()
})

/** The file of one account's payments; undefined when none of them is due or fit. */
const handOver = Effect.fnUntraced(function* (accountId: PaymentFile["accountId"], through: LocalDate) {
  const files = yield* PaymentFiles
  return yield* files.export({ key: yield* keyOf(Option.none()), accountId, through }).pipe(
    Effect.map((file) => ({ file, leftOut: file.leftOut })),
    Effect.catchTag("PaymentFileEmpty", ({ leftOut }) => Effect.succeed({ file: undefined, leftOut }))
  )
})

const record = ({ accountId, createdAt, messageId, orderIds, sum }: PaymentFile, name: string) => ({
  file: name,
  messageId,
  accountId,
  createdAt: DateTime.formatIso(createdAt),
  payments: orderIds,
  sum: Money.toDecimal(sum),
  currency: sum.currency
})

const fileTable = (files: ReadonlyArray<{ readonly file: PaymentFile; readonly name: string }>) =>
  table(
    [
      { heading: "File" },
      { heading: "From" },
      { heading: "Payments", align: "right" },
      { heading: "Sum", align: "right" }
    ],
    files.map(({ file, name }) => [
      name,
      shortId(file.accountId),
      String(file.orderIds.length),
      `${figure(file.sum)} ${file.sum.currency}`
    ])
  )

/** `export`: hands over what is approved and due. */
export const exportPayments = Command.make(
  "export",
  {
    through: dayFlag("through", "The last day of execution; today when left out").pipe(Flag.optional),
    out: outFlag,
    ...bankFlags
  },
  ({ out, through, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        // Ends orders that nobody approved in time.
        yield* Payments.use((payments) => payments.work())
        const today = yield* BankCalendar.use((calendar) => calendar.today)
        const last = Option.getOrElse(through, () => today)
        const handed: Array<{ readonly file: PaymentFile; readonly name: string }> = []
        const left: Array<{ readonly orderId: string; readonly field: string; readonly problem: string }> = []
        for (const accountId of yield* payers) {
          const { file, leftOut } = yield* handOver(accountId, last)
          left.push(...leftOut)
          if (file !== undefined) handed.push({ file, name: yield* put(out, file) })
        }
        yield* output.result(
          () => ({ files: handed.map(({ file, name }) => record(file, name)), leftOut: left }),
          () => (handed.length === 0 ? `No approved payment is due through ${last}.` : fileTable(handed))
        )
        const [first] = left
        if (first !== undefined) {
          return yield* new CliFailure({
            happened: `${left.length} approved ${left.length === 1 ? "payment" : "payments"} cannot be written in a file: ${left.map(({ field, orderId, problem }) => `${orderId}: ${field}: ${problem}`).join("; ")}.`,
            remedy: "Cancel them with `saldo bank payments cancel`, and order them anew with what the bank takes.",
            exitCode: 4
          })
        }
      })
    )
).pipe(
  Command.withDescription("Hand approved payments over, as files in pain.001 for the bank's own bank"),
  Command.withExamples([{ command: "saldo bank payments export --out outbox", description: "What is due today" }])
)

/** `file`: a file that was handed over, again. */
export const file = Command.make(
  "file",
  {
    message: Argument.String("message").pipe(Argument.withDescription("The file's name without .xml")),
    out: outFlag,
    ...bankFlags
  },
  ({ message, out, ...who }) =>
    onBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const found = yield* PaymentFiles.use((files) => files.find(message))
        const name = yield* put(out, found)
        yield* output.result(
          () => record(found, name),
          () => `${name} is the file as it was handed over on ${DateTime.formatIsoDateUtc(found.createdAt)}.`
        )
      })
    )
).pipe(Command.withDescription("Write a file again as it was handed over, byte for byte"))
