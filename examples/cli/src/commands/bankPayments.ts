/**
 * `saldo bank payments`: money to accounts in other banks.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import { Payments as OwnPayments } from "saldo/banking/Payments"
import { PaymentOrderState } from "saldo/banking/PaymentStatus"
import * as Page from "saldo/core/Page"
import { answersTo, needed, type Question } from "../bank/form.ts"
import { paymentRecord, paymentTable, paymentText } from "../bank/payments.ts"
import { figure } from "../books.ts"
import { plain, table } from "../chart.ts"
import { CliFailure } from "../CliFailure.ts"
import { Approvals, Payments, type ShownPayment } from "../desk/BankDesk.ts"
import { Output } from "../Output.ts"
import { atBank, bankFlags, keyFlag, keyOf, onBank, pageFlags } from "./bankBooks.ts"
import { exportPayments, file } from "./bankFiles.ts"
import { amountArgument, amountOn, inWordsOf } from "./bankCash.ts"
import { accountFlag, accountIn, customerFlag, customerIn, paymentArgument, paymentIn } from "./bankReferences.ts"
import { dayFlag } from "./ledgerBooks.ts"

const list = Command.make(
  "list",
  {
    customer: customerFlag("Only this customer's").pipe(Flag.optional),
    account: accountFlag("account", "Only from this account").pipe(Flag.optional),
    state: Flag.Literals("state", PaymentOrderState.literals).pipe(
      Flag.withDescription("Only in this state"),
      Flag.optional
    ),
    ...pageFlags,
    ...bankFlags
  },
  ({ account, cursor, customer, limit, state, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const payments = yield* Payments
        const filter = {
          ...(Option.isSome(customer) && { customerId: yield* customerIn(customer.value) }),
          ...(Option.isSome(account) && { accountId: yield* accountIn(account.value) }),
          ...(Option.isSome(state) && { state: state.value })
        }
        const from = Option.isSome(cursor) ? { cursor: yield* Page.cursorFrom(cursor.value) } : {}
        const page = yield* payments.list(filter, { limit, ...from })
        yield* output.result(
          () => ({ items: page.items.map((order) => paymentRecord(order, false)), next: page.next }),
          () => {
            if (page.items.length === 0) return "No payment fits."
            const more = page.next === null ? "" : `\n\nMore with --cursor ${page.next}`
            return paymentTable(page.items, output.width) + more
          }
        )
      })
    )
).pipe(Command.withDescription("List payments, newest first"))

const show = Command.make(
  "show",
  {
    payment: paymentArgument,
    reveal: Flag.Boolean("reveal").pipe(
      Flag.withDescription("Print the account number in full"),
      Flag.withDefault(false)
    ),
    ...bankFlags
  },
  ({ payment, reveal, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const id = yield* paymentIn(payment)
        const order = yield* Payments.use((payments) => payments.find(id))
        const { approvalId } = order
        const approval = approvalId === null ? null : yield* Approvals.use((approvals) => approvals.find(approvalId))
        yield* output.result(
          () => paymentRecord(order, reveal),
          () => paymentText(order, approval, { reveal, width: output.width })
        )
      })
    )
).pipe(Command.withDescription("Show one payment; the account number is masked unless --reveal is given"))

const schemes = {
  iban: { scheme: "Iban", asks: "IBAN" },
  bankgiro: { scheme: "Bankgiro", asks: "Bankgiro number" },
  plusgiro: { scheme: "Plusgiro", asks: "Plusgiro number" },
  account: { scheme: "SwedishAccount", asks: "Clearing and account number" },
  norwegian: { scheme: "NorwegianAccount", asks: "Norwegian account number" }
} as const

const questionsFor = (asks: string): ReadonlyArray<Question> => [
  { name: "name", asks: "Who is paid", needed: true },
  { name: "account", asks, needed: true },
  { name: "message", asks: "Message to the receiver", needed: false },
  { name: "reference", asks: "Reference of the receiver (OCR, KID, RF)", needed: false }
]

/** What is said to the receiver: a text or a reference. */
const messageIn = Effect.fnUntraced(function* (message: string | undefined, reference: string | undefined) {
  if (message !== undefined && reference !== undefined) {
    return yield* new CliFailure({
      happened: "A payment carries a message or a reference, not both.",
      remedy: "Leave one of them out.",
      exitCode: 2
    })
  }
  if (reference !== undefined) return { message: { _tag: "Reference", reference } as const }
  return message === undefined ? {} : { message: { _tag: "Text", text: message } as const }
})

const order = Command.make(
  "order",
  {
    amount: amountArgument,
    from: accountFlag("from", "The account that pays"),
    to: Flag.Literals("to", ["iban", "bankgiro", "plusgiro", "account", "norwegian"]).pipe(
      Flag.withDescription("What kind of number the receiver's account has; the number itself is asked for"),
      Flag.withDefault("iban")
    ),
    on: dayFlag("on", "The day on which it leaves; today when left out").pipe(Flag.optional),
    key: keyFlag,
    ...bankFlags
  },
  ({ amount, from: payer, key, on, to, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const output = yield* Output
        const from = yield* accountIn(payer)
        const sum = yield* amountOn(from, amount)
        const { asks, scheme } = schemes[to]
        const answers = yield* answersTo(questionsFor(asks))
        const [message, reference] = ["message", "reference"].map((name) => {
          const answer = answers.get(name)
          return answer === undefined ? undefined : Redacted.value(answer)
        })
        const text = Redacted.value(needed(answers, "account"))
        const account = yield* Effect.fromResult(parseExternalAccount({ scheme, text }))
        const ordered = yield* Payments.use((payments) =>
          Effect.flatMap(Effect.all({ key: keyOf(key), said: messageIn(message, reference) }), ({ key: known, said }) =>
            payments.create({
              key: known,
              accountId: from,
              amount: sum,
              creditor: { name: Redacted.value(needed(answers, "name")), account },
              ...said,
              ...(Option.isSome(on) && { executeOn: on.value })
            })
          )
        ).pipe(inWordsOf(from))
        yield* output.result(
          () => paymentRecord(ordered, false),
          () =>
            `Ordered ${ordered.id}: ${figure(ordered.amount)} ${ordered.amount.currency} on ${ordered.executeOn}. ` +
            "It waits for somebody else's `saldo bank payments approve`."
        )
      })
    )
).pipe(
  Command.withDescription("Order a payment; asks who is paid, or reads it from standard input as JSON"),
  Command.withExamples([
    {
      command: "saldo bank payments order 1250.00 --from dep_… --to bankgiro < invoice.json",
      description: '{"name":"…","account":"…","reference":"…"}'
    }
  ])
)

const commentFlag = Flag.String("comment").pipe(
  Flag.withDescription("Why; at most 500 characters"),
  Flag.filter(
    (text) => text.length >= 1 && text.length <= 500,
    () => "Use 1 to 500 characters"
  ),
  Flag.optional
)

/** Prints an order after something was done to it. */
const told = Effect.fnUntraced(function* (done: string, after: ShownPayment) {
  const output = yield* Output
  yield* output.result(
    () => paymentRecord(after, false),
    () => `${done} ${after.id}: ${figure(after.amount)} ${after.amount.currency} to ${plain(after.creditor.name)}.`
  )
})

const decide = (name: "approve" | "decline", done: string, description: string) =>
  Command.make(
    name,
    { payment: paymentArgument, comment: commentFlag, key: keyFlag, ...bankFlags },
    ({ comment, key, payment, ...who }) =>
      atBank(
        who,
        Effect.gen(function* () {
          const payments = yield* Payments
          const id = yield* paymentIn(payment)
          const { accountId } = yield* payments.find(id)
          const decided = yield* payments
            .decide({
              key: yield* keyOf(key),
              id,
              approve: name === "approve",
              comment: Option.getOrNull(comment)
            })
            .pipe(inWordsOf(accountId))
          yield* told(done, decided)
        })
      )
  ).pipe(Command.withDescription(description))

const approve = decide("approve", "Approved", "Consent as the second person; the money is set aside")

const decline = decide("decline", "Declined", "Refuse as the second person")

const cancel = Command.make(
  "cancel",
  { payment: paymentArgument, key: keyFlag, ...bankFlags },
  ({ key, payment, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        const payments = yield* Payments
        const id = yield* paymentIn(payment)
        yield* told("Cancelled", yield* payments.cancel({ key: yield* keyOf(key), id }))
      })
    )
).pipe(Command.withDescription("Take a payment back that has not left"))

const strays = Command.make("strays", bankFlags, (who) =>
  onBank(
    who,
    Effect.gen(function* () {
      const output = yield* Output
      const found = yield* OwnPayments.use((payments) => payments.strays)
      yield* output.result(
        () =>
          found.map(({ endToEndId, eventId, receivedAt }) => ({
            endToEndId,
            statement: eventId,
            receivedAt: DateTime.formatIso(receivedAt)
          })),
        () =>
          found.length === 0
            ? "Other banks have told of no payment that is not ours."
            : table(
                [{ heading: "Reference" }, { heading: "Statement and line" }, { heading: "Read" }],
                found.map(({ endToEndId, eventId, receivedAt }) => [
                  plain(endToEndId),
                  plain(eventId),
                  DateTime.formatIsoDateUtc(receivedAt)
                ])
              )
      )
    })
  )
).pipe(Command.withDescription("List what statements told of payments that this bank has not made"))

/** The group. */
export const payments = Command.make("payments").pipe(
  Command.withDescription("Order, approve and follow payments to other banks"),
  Command.withSubcommands([list, show, order, approve, decline, cancel, exportPayments, file, strays])
)
