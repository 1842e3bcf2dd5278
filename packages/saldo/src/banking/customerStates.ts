/**
 * What becomes of a customer by each act: the state machine, and what each step asks for.
 */
import type * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import type { CustomerState, StoredCustomer } from "./Customer.ts"
import {
  ApprovalExpired,
  CustomerErased,
  CustomerStateUnfit,
  KycNotApproved,
  RestrictionNotFound,
  TooManyDocuments
} from "./CustomerRefusal.ts"
import type { Kyc, KycDecision, KycDocument, ReasonCode } from "./Kyc.ts"

/** The reason of the restriction that the end of an approval brings, and a new approval takes away. */
export const kycExpired = "kyc-expired"

const maximumDocuments = 100

type Next<E> = Result.Result<StoredCustomer, E>

const inState = (
  customer: StoredCustomer,
  expected: ReadonlyArray<CustomerState>
): Result.Result<StoredCustomer, CustomerStateUnfit> =>
  expected.includes(customer.state)
    ? Result.succeed(customer)
    : Result.fail(new CustomerStateUnfit({ customerId: customer.id, state: customer.state, expected }))

/** The customer, as long as the relation has not ended. */
export const stillOpen = (customer: StoredCustomer): Next<CustomerStateUnfit> =>
  inState(customer, ["pending", "active", "restricted"])

/** The customer, if it may do business now: active, and known. */
export const inBusiness = (customer: StoredCustomer, now: DateTime.Utc): Next<CustomerStateUnfit | KycNotApproved> =>
  Result.flatMap(inState(customer, ["active"]), (found) => active(found, now))

/** How well a customer is known at an instant. An approval counts until the instant of its end, not at it. */
export const kycStanding = (
  { decision }: Kyc,
  now: DateTime.Utc
): "approved" | "missing" | "review" | "rejected" | "expired" => {
  if (decision === null) return "missing"
  if (decision.verdict !== "approved") return decision.verdict
  const ends = decision.expiresAt
  return ends !== null && ends.epochMilliseconds > now.epochMilliseconds ? "approved" : "expired"
}

const active = (customer: StoredCustomer, now: DateTime.Utc): Next<KycNotApproved> => {
  const standing = kycStanding(customer.kyc, now)
  return standing === "approved"
    ? Result.succeed({ ...customer, state: "active", restrictions: [] })
    : Result.fail(new KycNotApproved({ customerId: customer.id, standing }))
}

/** From `pending` to `active`, with an unexpired approval. */
export const activate = (customer: StoredCustomer, now: DateTime.Utc): Next<CustomerStateUnfit | KycNotApproved> =>
  Result.flatMap(inState(customer, ["pending"]), (pending) => active(pending, now))

/** Restricts an active customer, or a restricted one for one more reason. */
export const restrict = (customer: StoredCustomer, reason: ReasonCode): Next<CustomerStateUnfit> =>
  Result.map(inState(customer, ["active", "restricted"]), (found) => ({
    ...found,
    state: "restricted",
    restrictions: found.restrictions.includes(reason) ? found.restrictions : [...found.restrictions, reason].sort()
  }))

/** Takes one restriction away; the last one makes the customer active again, for which it must be known. */
export const lift = (
  customer: StoredCustomer,
  reason: ReasonCode,
  now: DateTime.Utc
): Next<CustomerStateUnfit | RestrictionNotFound | KycNotApproved> =>
  Result.flatMap(inState(customer, ["restricted"]), (found): Next<RestrictionNotFound | KycNotApproved> => {
    if (!found.restrictions.includes(reason)) {
      return Result.fail(new RestrictionNotFound({ customerId: found.id, reason }))
    }
    const restrictions = found.restrictions.filter((other) => other !== reason)
    return restrictions.length === 0 ? active(found, now) : Result.succeed({ ...found, restrictions })
  })

/** Ends the relation. Whoever has accounts is kept from it by the use case. */
export const close = (customer: StoredCustomer): Next<CustomerStateUnfit> =>
  Result.map(stillOpen(customer), (open) => ({ ...open, state: "closed" }))

/** Takes the personal data of a closed customer away. */
export const erase = (customer: StoredCustomer, now: DateTime.Utc): Next<CustomerStateUnfit | CustomerErased> =>
  Result.flatMap(inState(customer, ["closed"]), (closed): Next<CustomerErased> =>
    closed.erasedAt === null
      ? Result.succeed({ ...closed, erasedAt: now, sealed: null, registrationIndex: null })
      : Result.fail(new CustomerErased({ customerId: closed.id }))
  )

/** Puts documents to those that are there; the same document, by kind and digest, counts once. */
export const withDocuments = (
  customer: StoredCustomer,
  documents: ReadonlyArray<KycDocument>
): Next<CustomerStateUnfit | TooManyDocuments> =>
  Result.flatMap(stillOpen(customer), (open): Next<TooManyDocuments> => {
    const all = new Map([...open.kyc.documents, ...documents].map((each) => [`${each.kind} ${each.digest}`, each]))
    return all.size > maximumDocuments
      ? Result.fail(new TooManyDocuments({ customerId: open.id, maximum: maximumDocuments }))
      : Result.succeed({ ...open, kyc: { ...open.kyc, documents: [...all.values()] } })
  })

/**
 * Keeps a decision. An approval takes the restriction away that the end of the last one brought. Anything else restricts
 * an active customer at once, as it is then no longer known.
 */
export const decided = (
  customer: StoredCustomer,
  decision: KycDecision,
  now: DateTime.Utc
): Next<CustomerStateUnfit | ApprovalExpired> =>
  Result.flatMap(stillOpen(customer), (open): Next<CustomerStateUnfit | ApprovalExpired> => {
    const next: StoredCustomer = { ...open, kyc: { ...open.kyc, decision } }
    const standing = kycStanding(next.kyc, now)
    if (standing === "expired") return Result.fail(new ApprovalExpired({ customerId: open.id }))
    if (standing !== "approved") {
      return open.state === "pending" ? Result.succeed(next) : restrict(next, `kyc-${standing}`)
    }
    return Result.succeed(withoutKycRestrictions(next))
  })

const withoutKycRestrictions = (customer: StoredCustomer): StoredCustomer => {
  const restrictions = customer.restrictions.filter((reason) => !kycReasons.has(reason))
  return customer.state === "restricted" && restrictions.length === 0
    ? { ...customer, state: "active", restrictions }
    : { ...customer, restrictions }
}

const kycReasons: ReadonlySet<string> = new Set([kycExpired, "kyc-review", "kyc-rejected"])

/** Restricts an active or restricted customer whose approval has ended; anybody else stays as it is. */
export const expired = (customer: StoredCustomer, now: DateTime.Utc): StoredCustomer =>
  kycStanding(customer.kyc, now) === "expired"
    ? Result.getOrElse(restrict(customer, kycExpired), () => customer)
    : customer

/**
 * When the approval ends on which an active or restricted customer rests, in milliseconds since 1970; null for everybody
 * whom its end does not concern, or who is restricted for it already.
 */
export const approvalEndsAt = ({ kyc, restrictions, state }: StoredCustomer): number | null => {
  if (state === "pending" || state === "closed" || restrictions.includes(kycExpired)) return null
  const { decision } = kyc
  return decision?.verdict === "approved" ? (decision.expiresAt?.epochMilliseconds ?? null) : null
}
