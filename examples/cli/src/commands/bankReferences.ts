/**
 * How customers, accounts and payments are named in a command line: by their ids, or by the ends of these that tables show.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import { CustomerId } from "saldo/banking/Customer"
import { DepositAccountId } from "saldo/banking/DepositAccount"
import { PaymentOrderId } from "saldo/banking/PaymentOrder"
import type { Cursor, Page, PageRequest } from "saldo/core/Page"
import { isShortId } from "../bank/shortId.ts"
import { CliFailure } from "../CliFailure.ts"
import { Customers, DepositAccounts, Payments } from "../desk/BankDesk.ts"

/** What the ids of a kind of thing are, and where they are listed. */
export interface Kind<A extends string> {
  readonly prefix: string
  readonly noun: string
  readonly command: string
  readonly idIn: (text: string) => Option.Option<A>
}

const kinds = {
  customer: {
    prefix: "cust",
    noun: "customer",
    command: "saldo bank customers list",
    idIn: (text: string) => CustomerId.makeOption(text)
  },
  account: {
    prefix: "dep",
    noun: "account",
    command: "saldo bank accounts list",
    idIn: (text: string) => DepositAccountId.makeOption(text)
  },
  payment: {
    prefix: "pay",
    noun: "payment",
    command: "saldo bank payments list",
    idIn: (text: string) => PaymentOrderId.makeOption(text)
  }
} as const

/** The text when it can name one of a kind, and what is expected otherwise. */
export const named = <A extends string>(kind: Kind<A>) =>
  [
    (text: string) => (isShortId(text) || Option.isSome(kind.idIn(text)) ? Option.some(text) : Option.none()),
    () => `Give an id such as ${kind.prefix}_06dpdrxn1wtz5fbr3j5tnm8gq4, or its end as tables show it`
  ] as const

/** All ids of a list that end in a text. */
const endingIn = Effect.fnUntraced(function* <A extends string, E, R>(
  end: string,
  list: (page: PageRequest) => Effect.Effect<Page<{ readonly id: A }>, E, R>
) {
  const found: Array<A> = []
  let cursor: Cursor | null = null
  do {
    const request: PageRequest = cursor === null ? { limit: 500 } : { limit: 500, cursor }
    const page: Page<{ readonly id: A }> = yield* list(request)
    found.push(...page.items.flatMap(({ id }) => (id.endsWith(end) ? [id] : [])))
    cursor = page.next
  } while (cursor !== null)
  return found
})

/** The id that a text names. An end that two have names none: nothing is done to one that was not meant. */
export const resolved = Effect.fnUntraced(function* <A extends string, E, R>(
  { command, idIn, noun }: Kind<A>,
  text: string,
  list: (page: PageRequest) => Effect.Effect<Page<{ readonly id: A }>, E, R>
) {
  const whole = idIn(text)
  if (Option.isSome(whole)) return whole.value
  const [first, ...others] = yield* endingIn(text, list)
  if (first === undefined) {
    return yield* new CliFailure({
      happened: `There is no ${noun} whose id ends in ${text}.`,
      remedy: `Run \`${command}\` to see the ${noun}s.`,
      exitCode: 1
    })
  }
  if (others.length > 0) {
    return yield* new CliFailure({
      happened: `${others.length + 1} ${noun}s have ids that end in ${text}.`,
      remedy: "Write more of the id, or all of it.",
      exitCode: 1
    })
  }
  return first
})

/** The customer that a text names. */
export const customerIn = (text: string) =>
  Customers.use((customers) => resolved(kinds.customer, text, (page) => customers.list({}, page)))

/** The deposit account that a text names. */
export const accountIn = (text: string) =>
  DepositAccounts.use((accounts) => resolved(kinds.account, text, (page) => accounts.list({}, page)))

/** The payment order that a text names. */
export const paymentIn = (text: string) =>
  Payments.use((payments) => resolved(kinds.payment, text, (page) => payments.list({}, page)))

const argument = (kind: Kind<string>) =>
  Argument.String(kind.noun).pipe(
    Argument.withDescription(`The ${kind.noun}'s id, ${kind.prefix}_…, or its last eight characters`),
    Argument.filterMap(...named(kind))
  )

/** An argument that names a customer. */
export const customerArgument = argument(kinds.customer)

/** An argument that names a deposit account. */
export const accountArgument = argument(kinds.account)

/** An argument that names a payment order. */
export const paymentArgument = argument(kinds.payment)

const flag = (kind: Kind<string>, name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(kind.noun), Flag.withDescription(description), Flag.filterMap(...named(kind)))

/** A flag that names a customer. */
export const customerFlag = (description: string) => flag(kinds.customer, "customer", description)

/** A flag that names a deposit account. */
export const accountFlag = (name: string, description: string) => flag(kinds.account, name, description)
