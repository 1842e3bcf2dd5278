import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { EmulatedUser } from "../EmulatedUser.ts"
import type { ListedLoan } from "../LoanBook.ts"
import { stateIds } from "../loanLife.ts"
import * as Stockholm from "../stockholmTime.ts"
import type { Exchange } from "./exchange.ts"
import { numberOf, stateOf, textOf } from "./loanFields.ts"
import { seenLoan } from "./listing.ts"
import { apiJson, type Reply } from "./Reply.ts"

const PaymentOptions = Schema.NonEmptyArray(Schema.Literals(["ip", "dp"]))

const BidRequest = Schema.Struct({
  amount: Schema.String.check(Schema.isPattern(/^\d{1,12}$/u)),
  intention: Schema.Literals(["add", "update"]),
  sequence_hash: Schema.String.check(Schema.isPattern(/^(?:[0-9a-f]{32})?$/u)),
  payment_options: PaymentOptions
})

const readBid = Schema.decodeUnknownEffect(Schema.fromJsonString(BidRequest))

const isOpen = (loan: ListedLoan): boolean => {
  const id = stateOf(loan)?.id
  return id === stateIds.open || id === stateIds.advanceSubscription
}

const loanOf = (exchange: Exchange, id: number): ListedLoan => {
  const { world } = exchange
  return world.withBids(world.loans.find(id, world.clock.now()) ?? {})
}

const summary = (loan: ListedLoan) => ({
  subscription_is_open: isOpen(loan),
  subscribed_amount: numberOf(loan, "subscribed_amount"),
  total_amount: numberOf(loan, "application_amount"),
  investment_status: stateOf(loan)?.id ?? 0,
  investment_status_text: stateOf(loan)?.text ?? ""
})

const percent = (part: number, whole: number): number => (whole > 0 ? Math.round((part / whole) * 10_000) / 100 : 0)

const instantText = (loan: ListedLoan, key: string): string | null => {
  const text = textOf(loan, key)
  if (text === undefined) return null
  const instant = Date.parse(text)
  return Number.isNaN(instant) ? text : Stockholm.formatUtcMicros(instant)
}

const remaining = (loan: ListedLoan, now: number): string => {
  const end = Date.parse(textOf(loan, "subscription_ends_at") ?? "")
  if (Number.isNaN(end) || end <= now) return "0 dagar"
  const hours = Math.floor((end - now) / 3_600_000)
  return hours < 48 ? `${hours} timmar` : `${Math.floor(hours / 24)} dagar`
}

/** What a bidder may do on a loan now. */
export const bidState = (exchange: Exchange, id: number): Effect.Effect<Reply> =>
  Effect.sync(() => {
    const { world } = exchange
    const loan = loanOf(exchange, id)
    const amount = numberOf(loan, "application_amount")
    const subscribed = numberOf(loan, "subscribed_amount")
    return apiJson({
      loan_id: id,
      current_bid: world.bids.get(id) ?? 0,
      min_bid: numberOf(loan, "min_amount"),
      max_bid: amount,
      total_bidders: Math.ceil(subscribed / 12_500),
      time_remaining: remaining(loan, world.clock.now()),
      interest_rate: numberOf(loan, "annual_interest_rate"),
      loan_amount: amount,
      funded_percentage: percent(subscribed, amount),
      subscription: summary(seenLoan(exchange, loan))
    })
  })

const wrong = (errors: Readonly<Record<string, ReadonlyArray<string>>>): Reply =>
  apiJson({ message: "The given data was invalid.", errors }, 422)

const availableCash = (user: EmulatedUser, loan: ListedLoan): bigint =>
  user.accounts.find((account) => account.currencyCode === textOf(loan, "currency"))?.availableMinor ?? 0n

const amountError = (user: EmulatedUser, loan: ListedLoan, amount: number): string | undefined => {
  if (!isOpen(loan)) return "The loan is not open for subscription."
  if (amount < Math.max(1, numberOf(loan, "min_amount"))) return "Too low."
  if (BigInt(amount) * 100n > availableCash(user, loan)) return "Exceeds the available cash."
  return undefined
}

const staleHash = (): Reply => apiJson({ message: "The sequence hash is stale." }, 409)

type Bid = typeof BidRequest.Type

const withBid = (
  exchange: Exchange,
  id: number,
  use: (bid: Bid, amount: number, loan: ListedLoan) => Reply
): Effect.Effect<Reply> =>
  exchange.request.text.pipe(
    Effect.flatMap(readBid),
    Effect.map((bid) => {
      const loan = loanOf(exchange, id)
      const amount = Number(bid.amount)
      const problem = amountError(exchange.world.user, loan, amount)
      return problem === undefined ? use(bid, amount, loan) : wrong({ amount: [problem] })
    }),
    // A body that cannot be read or does not fit is the client's mistake, and is answered as one.
    Effect.orElseSucceed(() => wrong({ body: ["The bid needs amount, intention, sequence_hash and payment_options."] }))
  )

/** Previews a bid: nothing is committed, and the loan's earlier hash is void from now on. */
export const bidPreview = (exchange: Exchange, id: number): Effect.Effect<Reply> =>
  withBid(exchange, id, (bid, amount, loan) => {
    const { faults, world } = exchange
    const now = world.clock.now()
    const known = world.bidHashes.get(id)
    if (bid.sequence_hash !== "" && bid.sequence_hash !== known?.hash) return staleHash()
    const hash = world.sessions.freshHex("bid", 32)
    const validUntil = now + world.beginning.lifetimes.bidHash
    if (faults.staleHash === undefined) world.bidHashes.set(id, { hash, amount, validUntil })
    else world.bidHashes.delete(id)
    const interest = (amount * numberOf(loan, "annual_interest_rate") * numberOf(loan, "duration_in_months")) / 1200
    return apiJson({
      loan_id: id,
      bid_amount: amount,
      estimated_return: Math.round(interest),
      fees: 0,
      total_cost: amount,
      sequence_hash: hash,
      payment_option: bid.payment_options[0],
      valid_until: Stockholm.formatUtcMicros(validUntil),
      subscription: summary(seenLoan(exchange, loan))
    })
  })

const reserve = (user: EmulatedUser, currency: string | undefined, minor: bigint): EmulatedUser => ({
  ...user,
  accounts: user.accounts.map((account) =>
    account.currencyCode === currency
      ? { ...account, availableMinor: account.availableMinor - minor, reservedMinor: account.reservedMinor + minor }
      : account
  )
})

/** Places a bid that was previewed with the same amount and whose hash is still the newest. */
export const bidSubmit = (exchange: Exchange, id: number): Effect.Effect<Reply> =>
  withBid(exchange, id, (bid, amount, loan) => {
    const { world } = exchange
    const known = world.bidHashes.get(id)
    if (known === undefined || known.hash !== bid.sequence_hash || known.amount !== amount) return staleHash()
    if (world.clock.now() > known.validUntil) return staleHash()
    world.bidHashes.delete(id)
    const before = world.bids.get(id) ?? 0
    const after = bid.intention === "add" ? before + amount : amount
    world.bids.set(id, after)
    world.user = reserve(world.user, textOf(loan, "currency"), BigInt(after - before) * 100n)
    return apiJson({
      data: { heading: "Tack för ditt bud", messages: [], show_open_banking_payment_initiation: false }
    })
  })

/** The subscription's state; its dates are UTC with microseconds, unlike the listing's. */
export const subscription = (exchange: Exchange, id: number): Effect.Effect<Reply> =>
  Effect.sync(() => {
    const loan = loanOf(exchange, id)
    const state = stateOf(seenLoan(exchange, loan))
    return apiJson({
      data: {
        subscription: {
          loan_application_id: id,
          application_amount: numberOf(loan, "application_amount"),
          subscribed_amount: numberOf(loan, "subscribed_amount"),
          listing_date: instantText(loan, "listing_date"),
          subscription_starts_at: instantText(loan, "subscription_starts_at"),
          subscription_ends_at: instantText(loan, "subscription_ends_at"),
          investment_status: state?.id ?? 0,
          investment_status_text: state?.text ?? ""
        }
      }
    })
  })
