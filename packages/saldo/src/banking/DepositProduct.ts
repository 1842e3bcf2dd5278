/**
 * What a bank offers to keep money on: a current or savings account with its interest, overdraft, fees and limits, as
 * data. A product is never changed: a new version follows, and each account stays on the version that it names.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Currency from "../money/Currency.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import { LocalDateSchema } from "../time/LocalDateSchema.ts"
import { CalendarPeriod } from "./CalendarPeriod.ts"
import { Fee, problems as problemsOfFee } from "./Fee.ts"
import { InterestTerms, type TermsProblem } from "./InterestTerms.ts"

/** Names a product through all its versions: a short lower-case word such as `youth-savings`. */
export const ProductId = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9-]{0,39}$/u, { expected: "a short lower-case word such as youth-savings" })
).pipe(Schema.brand("ProductId"))

/** Names a product through all its versions. */
export type ProductId = typeof ProductId.Type

/** Counts the versions of a product from 1. */
export const ProductVersion = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000_000 }))

/** The version of a product that an account is on. */
export const PinnedProduct = Schema.Struct({ productId: ProductId, version: ProductVersion })

/** The version of a product that an account is on. */
export type PinnedProduct = typeof PinnedProduct.Type

/** How many withdrawals a period has, and what becomes of one more: it is refused, or it costs the fee of an event. */
export const WithdrawalAllowance = Schema.Struct({
  count: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 })),
  per: CalendarPeriod,
  /** `refuse`, or the event, such as `extra-withdrawal`, whose fees one more withdrawal brings. */
  excess: Schema.Union([
    Schema.Struct({ kind: Schema.Literal("refuse") }),
    Schema.Struct({ kind: Schema.Literal("charge"), event: Schema.NonEmptyString })
  ])
})

/** One version of a product, whose parts are well formed; see {@link make} for what they must be together. */
export class DepositProduct extends Schema.Class<DepositProduct>("saldo/banking/DepositProduct")({
  id: ProductId,
  version: ProductVersion,
  /** What customers read; 1 to 100 characters. */
  name: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(100)),
  kind: Schema.Literals(["current", "savings"]),
  currency: Schema.String,
  /** The first day on which accounts may be opened on this version. */
  offeredFrom: LocalDateSchema,
  /** Interest on money (`credit`) and on an overdraft (`debit`); null when there is none of either. */
  interest: Schema.NullOr(InterestTerms),
  /** How far below zero the account may go, above zero; its rate is `interest.debit`. Null when it may not. */
  overdraft: Schema.NullOr(Schema.Struct({ limit: MoneySchema })),
  /** In the order in which they are shown and charged. */
  fees: Schema.Array(Fee),
  /** The least first deposit, zero or more. */
  minimumOpening: MoneySchema,
  /** How many days before a withdrawal it must be announced; 0 to 3,660. */
  noticeDays: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 3_660 })),
  withdrawals: Schema.NullOr(WithdrawalAllowance),
  /** After so many months without an event of the customer the account is dormant; null when it never is. */
  dormantAfterMonths: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_200 })))
}) {
  /** What an account that is opened on this version names. */
  get pinned(): PinnedProduct {
    return { productId: this.id, version: this.version }
  }
}

/** One thing that a product contradicts itself in, and where. */
export const ProductProblem = Schema.Struct({
  /** The way to the part at fault, such as `["fees", 2, "price"]`. */
  path: Schema.Array(Schema.Union([Schema.String, Schema.Int])),
  issue: Schema.String
})

/** A product contradicts itself; `problems` has everything that is wrong. */
export class DepositProductInvalid extends Schema.TaggedError<DepositProductInvalid>()(
  "DepositProductInvalid",
  { productId: ProductId, version: ProductVersion, problems: Schema.NonEmptyArray(ProductProblem) },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    const all = this.problems.map(({ issue, path }) => `${path.join(".")}: ${issue}`)
    return `Version ${this.version} of the product ${this.productId} cannot be offered: ${all.join("; ")}`
  }
}

const currencyProblems = ({
  currency,
  interest,
  minimumOpening,
  overdraft
}: DepositProduct): ReadonlyArray<TermsProblem> => {
  const named: ReadonlyArray<readonly [path: TermsProblem["path"], found: string]> = [
    [["minimumOpening"], minimumOpening.currency],
    ...(overdraft === null ? [] : [[["overdraft", "limit"], overdraft.limit.currency] as const]),
    ...(interest === null ? [] : [[["interest", "currency"], interest.currency] as const])
  ]
  return [
    ...(Currency.isKnown(currency) ? [] : [{ path: ["currency"], issue: `${currency} is no known currency` }]),
    ...named.flatMap(([path, found]) =>
      found === currency ? [] : [{ path, issue: `the product is in ${currency}, and this is in ${found}` }]
    )
  ]
}

const overdraftProblems = ({ interest, kind, overdraft }: DepositProduct): ReadonlyArray<TermsProblem> => {
  if (overdraft === null) return []
  return [
    ...(overdraft.limit.amount > 0n ? [] : [{ path: ["overdraft", "limit"], issue: "the limit must be above zero" }]),
    ...(kind === "savings" ? [{ path: ["overdraft"], issue: "a savings account has no overdraft" }] : []),
    // A free overdraft is an offer like another, but one that is made on purpose: by a rate of 0 %.
    ...(interest === null || interest.debit === null
      ? [{ path: ["interest", "debit"], issue: "an overdraft needs a rate, which may be 0 %" }]
      : [])
  ]
}

const feeProblems = ({ currency, fees, withdrawals }: DepositProduct): ReadonlyArray<TermsProblem> => {
  const event = withdrawals?.excess.kind === "charge" ? withdrawals.excess.event : undefined
  return [
    ...fees.flatMap((fee, index) => [
      ...(fees.findIndex(({ id }) => id === fee.id) === index
        ? []
        : [{ path: ["fees", index, "id"], issue: `there is another fee ${fee.id}` }]),
      ...problemsOfFee(fee, currency).map(({ issue, path }) => ({ path: ["fees", index, ...path], issue }))
    ]),
    ...(event !== undefined && !fees.some((fee) => fee.event === event)
      ? [{ path: ["withdrawals", "excess"], issue: `no fee is charged for ${event}` }]
      : [])
  ]
}

/** Everything that the parts of a product contradict each other in; none when it can be offered. */
export const problems = (product: DepositProduct): ReadonlyArray<TermsProblem> => [
  ...currencyProblems(product),
  ...overdraftProblems(product),
  ...feeProblems(product),
  ...(product.minimumOpening.amount < 0n
    ? [{ path: ["minimumOpening"], issue: "the least first deposit must be zero or more" }]
    : []),
  ...(product.kind === "current" && product.noticeDays > 0
    ? [{ path: ["noticeDays"], issue: "money on a current account is there at any time" }]
    : [])
]

/** The product when its parts agree; otherwise everything that is wrong at once. */
export const make = (product: DepositProduct): Result.Result<DepositProduct, DepositProductInvalid> => {
  const [first, ...rest] = problems(product)
  return first === undefined
    ? Result.succeed(product)
    : Result.fail(
        new DepositProductInvalid({ productId: product.id, version: product.version, problems: [first, ...rest] })
      )
}

/** A version does not follow the one before it. */
export class VersionOutOfOrder extends Schema.TaggedError<VersionOutOfOrder>()(
  "VersionOutOfOrder",
  { productId: ProductId, version: ProductVersion, issue: Schema.String },
  { httpApiStatus: 409 }
) {
  override get message(): string {
    return `Version ${this.version} of the product ${this.productId} does not follow: ${this.issue}`
  }
}

/**
 * The next version of a product when it may follow the one before: of the same product, kind and currency, with the next
 * number, and offered from a later day.
 */
export const follow = (
  previous: DepositProduct,
  next: DepositProduct
): Result.Result<DepositProduct, DepositProductInvalid | VersionOutOfOrder> => {
  const issue =
    next.id !== previous.id || next.kind !== previous.kind || next.currency !== previous.currency
      ? `it must be of the product ${previous.id}, which is a ${previous.kind} account in ${previous.currency}`
      : next.version !== previous.version + 1
        ? `it must have the number ${previous.version + 1}`
        : next.offeredFrom <= previous.offeredFrom
          ? `it must be offered from a day after ${previous.offeredFrom}`
          : undefined
  return issue === undefined
    ? make(next)
    : Result.fail(new VersionOutOfOrder({ productId: next.id, version: next.version, issue }))
}
