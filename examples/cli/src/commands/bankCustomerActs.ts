/**
 * What becomes of customers in `saldo bank customers`: a person's decision, restrictions, the end.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import type { CustomerId } from "saldo/banking/Customer"
import type { ActFailure, OnCustomer } from "saldo/banking/Customers"
import { KycVerdict, ReasonCode } from "saldo/banking/Kyc"
import { PersonalData } from "saldo/banking/PersonalData"
import type { Actor } from "saldo/core/Actor"
import * as LocalDate from "saldo/time/LocalDate"
import { customerRecord } from "../bank/customers.ts"
import { CliFailure } from "../CliFailure.ts"
import { Customers, type ShownCustomer } from "../desk/BankDesk.ts"
import { Output } from "../Output.ts"
import { atBank, bankFlags, keyFlag, keyOf, onBank } from "./bankBooks.ts"
import { customerArgument, customerIn } from "./bankReferences.ts"
import { dayFlag } from "./ledgerBooks.ts"

const reasonFlag = Flag.String("reason").pipe(
  Flag.withMetavar("code"),
  Flag.withDescription("Why, as a code such as fraud-suspected; free text would hold what belongs to the person"),
  Flag.filterMap(
    (text) => ReasonCode.makeOption(text),
    () => "Give a code of lower-case letters, digits and hyphens, such as fraud-suspected"
  )
)

const common = { customer: customerArgument, key: keyFlag, ...bankFlags }

const told = Effect.fnUntraced(function* (done: string, customer: ShownCustomer) {
  const output = yield* Output
  const { id, restrictions, state } = customer
  yield* output.result(
    () => customerRecord(customer, false),
    () => `${done} ${id}, who is ${state}${state === "restricted" ? ` (${restrictions.join(", ")})` : ""}.`
  )
})

type Act = (on: OnCustomer) => Effect.Effect<ShownCustomer, ActFailure, Actor>

const acting = Effect.fnUntraced(function* (
  done: string,
  given: { readonly customer: string; readonly key: Parameters<typeof keyOf>[0] },
  act: (customers: Customers["Service"]) => Act
) {
  const customers = yield* Customers
  const customerId: CustomerId = yield* customerIn(given.customer)
  yield* told(done, yield* act(customers)({ key: yield* keyOf(given.key), customerId }))
})

/** `decide`: a person decides where the verifier left it to one. */
export const decide = Command.make(
  "decide",
  {
    verdict: Flag.Literals("verdict", KycVerdict.literals).pipe(Flag.withDescription("What was decided")),
    until: dayFlag("until", "The last day on which an approval counts").pipe(Flag.optional),
    reason: reasonFlag.pipe(Flag.atLeast(0)),
    ...common
  },
  ({ customer, key, reason, until, verdict, ...who }) =>
    atBank(
      who,
      Effect.gen(function* () {
        if ((verdict === "approved") !== Option.isSome(until)) {
          return yield* new CliFailure({
            happened:
              verdict === "approved" ? "An approval needs its last day." : "Nothing but an approval has a last day.",
            remedy: verdict === "approved" ? "Give it with --until." : "Leave --until out.",
            exitCode: 2
          })
        }
        const end = Option.map(until, (last) =>
          DateTime.makeUnsafe(LocalDate.toEpochDay(LocalDate.addDays(last, 1)) * 86_400_000)
        )
        const decision = { verdict, reasons: reason, expiresAt: Option.getOrNull(end) }
        yield* acting("Decided on", { customer, key }, (customers) =>
          Effect.fnUntraced(function* (on) {
            const decided = yield* customers.decide({ ...on, ...decision })
            if (verdict !== "approved" || decided.state !== "pending") return decided
            return yield* customers.activate({ key: yield* keyOf(Option.none()), customerId: on.customerId })
          })
        )
      })
    )
).pipe(Command.withDescription("Decide on a customer in place of the verifier, such as after a review"))

/** `restrict`: no business until every reason is lifted. */
export const restrict = Command.make(
  "restrict",
  { reason: reasonFlag, ...common },
  ({ customer, key, reason, ...who }) =>
    atBank(
      who,
      acting("Restricted", { customer, key }, (customers) => (on) => customers.restrict({ ...on, reason }))
    )
).pipe(Command.withDescription("Keep a customer from doing business, for a reason"))

/** `lift`: a reason is gone. */
export const lift = Command.make("lift", { reason: reasonFlag, ...common }, ({ customer, key, reason, ...who }) =>
  atBank(
    who,
    acting("Lifted a restriction of", { customer, key }, (customers) => (on) => customers.lift({ ...on, reason }))
  )
).pipe(Command.withDescription("Take a restriction away"))

/** `close`: the customer has left. */
export const close = Command.make("close", common, ({ customer, key, ...who }) =>
  atBank(
    who,
    acting("Closed", { customer, key }, (customers) => customers.close)
  )
).pipe(Command.withDescription("Close a customer who has nothing left with the bank"))

/** `erase`: nobody reads who it was any more. */
export const erase = Command.make("erase", common, ({ customer, key, ...who }) =>
  atBank(
    who,
    acting("Erased everything personal of", { customer, key }, (customers) => customers.erase)
  )
).pipe(Command.withDescription("Destroy the key of a closed customer, and with it everything personal, for ever"))

/** `rewrap`: what earlier keys wrap is wrapped by the current one. */
export const rewrap = Command.make("rewrap", bankFlags, (who) =>
  onBank(
    who,
    Effect.gen(function* () {
      const output = yield* Output
      const personal = yield* PersonalData
      let total = 0
      let done = yield* personal.rewrap()
      while (done > 0) {
        total += done
        done = yield* personal.rewrap()
      }
      yield* output.result(
        () => ({ rewrapped: total }),
        () => `${total} ${total === 1 ? "key is" : "keys are"} wrapped anew; the previous keys are no longer needed.`
      )
    })
  )
).pipe(Command.withDescription("Wrap the keys of all customers by the current key, after another was put in its place"))
