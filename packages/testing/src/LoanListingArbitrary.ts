/**
 * Listings that no platform would send in one day, for property tests: titles with Nordic letters in both normal forms,
 * wildcards, quotes, HTML, emoji and control characters, amounts up to 64 bits in several currencies.
 */
import * as DateTime from "effect/DateTime"
import * as fc from "fast-check"
import { LoanId, LoanListing, LoanListingStatus, type PlatformId } from "saldo/lending/LoanListing"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"

const maximum64 = 2n ** 63n - 1n

const word = fc.constantFrom(
  "Örebro",
  "OREBRO",
  "A\u030angermanland",
  "Ängelholm",
  "Ærø",
  "København",
  "Malmö",
  "malmo\u0308",
  "Café",
  "100%",
  "a_b",
  "O'Brien",
  '"Sjöboden"',
  "<b>etapp</b>",
  "🏗",
  "𝔘",
  "\uE000",
  "back\\slash",
  "nul\u0000byte",
  "half\uD800",
  "Straße"
)

/** A title of one to four awkward words. */
export const title: fc.Arbitrary<string> = fc
  .array(word, { minLength: 1, maxLength: 4 })
  .map((words) => words.join(" "))

const instant = fc
  .integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2027, 0, 1) })
  // Few distinct instants, so that orders have ties to break.
  .map((millis) => DateTime.makeUnsafe(millis - (millis % (7 * 86_400_000))))

const nullable = <A>(arbitrary: fc.Arbitrary<A>): fc.Arbitrary<A | null> => fc.option(arbitrary, { nil: null })

const content = fc.record({
  title,
  status: fc.constantFrom(...LoanListingStatus.literals),
  currency: fc.constantFrom("SEK", "DKK", "EUR", "JPY"),
  minor: fc.oneof(
    fc.bigInt({ min: 1n, max: 20n }).map((steps) => steps * 1_000_000n),
    fc.constantFrom(2_147_483_648n, maximum64)
  ),
  fundedShare: nullable(fc.integer({ min: 0, max: 15 })),
  ratePpm: nullable(fc.integer({ min: 0, max: 20 }).map((steps) => steps * 2500)),
  durationMonths: nullable(fc.integer({ min: 1, max: 6 }).map((halfYears) => halfYears * 6)),
  riskGrade: nullable(fc.constantFrom("A", "B", "C+", "å", "nul\u0000")),
  country: nullable(fc.constantFrom("SE", "NO", "DK")),
  listedAt: nullable(instant),
  opensAt: nullable(instant),
  closesAt: nullable(instant),
  description: nullable(title),
  stateId: nullable(fc.integer())
})

/** A listing of one platform, of few loans, so that the same loan comes again with other content. */
export const listing = (platform: PlatformId, loans = 12): fc.Arbitrary<LoanListing> =>
  fc.tuple(fc.integer({ min: 1, max: loans }), content).map(([loan, it]) => {
    // The share in tenths; only what fits 64 bits.
    const funded = it.fundedShare === null ? null : (it.minor / 10n) * BigInt(it.fundedShare)
    const storable = funded === null || funded > maximum64 ? null : funded
    const money = (amount: bigint) => Money.fromMinor(amount, it.currency)
    return new LoanListing({
      platform,
      loanId: LoanId.make(`loan ${loan}`),
      title: it.title,
      status: it.status,
      amount: money(it.minor),
      fundedAmount: storable === null ? null : money(storable),
      fundedBps: storable === null ? null : Number((storable * 10_000n) / it.minor),
      annualRate: it.ratePpm === null ? null : Rate.annualPpm(it.ratePpm),
      durationMonths: it.durationMonths,
      riskGrade: it.riskGrade,
      country: it.country,
      minimumAmount: money(100n),
      ownBidAmount: null,
      listedAt: it.listedAt,
      opensAt: it.opensAt,
      closesAt: it.closesAt,
      url: `https://kameo.invalid/listing/investment-option/${loan}`,
      imageUrl: null,
      description: it.description,
      borrowerType: null,
      loanType: null,
      stateId: it.stateId,
      stateText: null,
      fullyFundedState: 0,
      raw: JSON.stringify({ loan, title: it.title })
    })
  })

/** The same listing on another platform. */
export const moveTo = (platform: PlatformId, listing: LoanListing): LoanListing =>
  new LoanListing(Object.assign({}, listing, { platform }))

/** A plain listing with some fields of one's own, for examples. */
export const example = (
  fields: {
    readonly platform: PlatformId
    readonly loanId: string
    readonly amount?: Money.Money
  } & Partial<Omit<ConstructorParameters<typeof LoanListing>[0], "platform" | "loanId" | "amount">>
): LoanListing => {
  const { amount = Money.of("1250000.00", "SEK"), loanId, ...rest } = fields
  return new LoanListing({
    title: `Bostäder i Örebro ${loanId}`,
    status: "open",
    fundedAmount: Money.fromMinor(amount.amount / 4n, amount.currency),
    fundedBps: 2500,
    annualRate: Rate.annualPercent("9.75"),
    durationMonths: 12,
    riskGrade: "B",
    country: "SE",
    minimumAmount: null,
    ownBidAmount: null,
    listedAt: DateTime.makeUnsafe("2026-03-06T09:12:31Z"),
    opensAt: DateTime.makeUnsafe("2026-03-09T13:00:00Z"),
    closesAt: DateTime.makeUnsafe("2026-03-16T22:59:00Z"),
    url: null,
    imageUrl: null,
    description: null,
    borrowerType: null,
    loanType: null,
    stateId: 20,
    stateText: "Öppen för teckning",
    fullyFundedState: 0,
    raw: JSON.stringify({ loan_application_id: loanId }),
    ...rest,
    loanId: LoanId.make(loanId),
    amount
  })
}
