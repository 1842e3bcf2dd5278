import type { LoanListing } from "./LoanListing.ts"

/** The fields of a listing that say something about the loan: all but its key and the platform's raw record. */
export type ContentField = Exclude<
  {
    readonly [K in keyof LoanListing]: LoanListing[K] extends (...args: never) => unknown ? never : K
  }[keyof LoanListing],
  "platform" | "loanId" | "raw"
>

/**
 * The content fields in the order in which they are written down. `raw` is left out, so that a record that only
 * spells the same facts differently (other key order, unknown keys that tick with every request) does not count as a
 * change.
 */
export const contentFields = [
  "title",
  "status",
  "amount",
  "fundedAmount",
  "fundedBps",
  "annualRate",
  "durationMonths",
  "riskGrade",
  "country",
  "minimumAmount",
  "ownBidAmount",
  "listedAt",
  "opensAt",
  "closesAt",
  "url",
  "imageUrl",
  "description",
  "borrowerType",
  "loanType",
  "stateId",
  "stateText",
  "fullyFundedState"
] as const satisfies ReadonlyArray<ContentField>

const instant = (at: { readonly epochMilliseconds: number } | null): number | null =>
  at === null ? null : Math.trunc(at.epochMilliseconds)

// Called here, because `JSON.stringify` takes a third longer when it has to call it.
const json = <A>(value: { readonly toJSON: () => A } | null): A | null => (value === null ? null : value.toJSON())

/**
 * The content of a listing as canonical JSON text: two listings tell the same exactly when their texts are equal.
 * Text keeps any character, since JSON escapes what a database column may refuse.
 */
export const listingContent = (listing: LoanListing): string =>
  JSON.stringify({
    title: listing.title,
    status: listing.status,
    amount: json(listing.amount),
    fundedAmount: json(listing.fundedAmount),
    fundedBps: listing.fundedBps,
    annualRate: json(listing.annualRate),
    durationMonths: listing.durationMonths,
    riskGrade: listing.riskGrade,
    country: listing.country,
    minimumAmount: json(listing.minimumAmount),
    ownBidAmount: json(listing.ownBidAmount),
    listedAt: instant(listing.listedAt),
    opensAt: instant(listing.opensAt),
    closesAt: instant(listing.closesAt),
    url: listing.url,
    imageUrl: listing.imageUrl,
    description: listing.description,
    borrowerType: listing.borrowerType,
    loanType: listing.loanType,
    stateId: listing.stateId,
    stateText: listing.stateText,
    fullyFundedState: listing.fullyFundedState
  } satisfies Record<ContentField, unknown>)

/** One field that differs between two versions of a listing. */
export type FieldChange = {
  readonly [K in ContentField]: { readonly field: K; readonly from: LoanListing[K]; readonly to: LoanListing[K] }
}[ContentField]

const changeOf = (field: ContentField, previous: LoanListing, next: LoanListing) =>
  // The compiler cannot follow that one field makes one member of the union.
  ({ field, from: previous[field], to: next[field] }) as unknown as FieldChange

const same = (left: unknown, right: unknown): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right)

/** What changed from one version of a listing to the next, in the order of {@link contentFields}. */
export const listingChanges = (previous: LoanListing, next: LoanListing): ReadonlyArray<FieldChange> =>
  contentFields.filter((field) => !same(previous[field], next[field])).map((field) => changeOf(field, previous, next))
