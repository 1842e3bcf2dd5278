/**
 * Knowing a customer from the documents alone. The same application gives the same finding, on every machine.
 */
import { type LocalDate, addDays, addMonths, min } from "../time/LocalDate.ts"
import type { CustomerKind } from "./Customer.ts"
import type { DocumentKind, KycCheck, KycDocument, KycVerdict } from "./Kyc.ts"

/** What has to be shown: one document of the kinds. */
interface Requirement {
  readonly check: string
  readonly kinds: ReadonlyArray<DocumentKind>
}

const identity: Requirement = { check: "identity", kinds: ["passport", "identity-card", "driving-licence"] }

const requirements: Readonly<Record<CustomerKind, ReadonlyArray<Requirement>>> = {
  person: [identity, { check: "address", kinds: ["proof-of-address"] }],
  company: [
    { check: "registration", kinds: ["registration-certificate"] },
    { check: "owners", kinds: ["beneficial-owners"] },
    { check: "mandate", kinds: ["mandate"] },
    identity
  ]
}

/** For how many months an approval counts when every document is valid for longer. */
const validityMonths: Readonly<Record<CustomerKind, number>> = { person: 36, company: 12 }

/** What was found; `endsOn` is the first day on which an approval no longer counts, null unless it is one. */
export interface ReferenceFinding {
  readonly checks: ReadonlyArray<KycCheck>
  readonly verdict: KycVerdict
  readonly reasons: ReadonlyArray<string>
  readonly endsOn: LocalDate | null
}

const passed = (name: string): KycCheck => ({ name, result: "passed", reason: null })

/** Of several fitting documents the one that is valid longest counts; one that does not say is valid without end. */
const longestValid = (documents: ReadonlyArray<KycDocument>): KycDocument | undefined =>
  documents.reduce<KycDocument | undefined>((best, each) => {
    if (best === undefined) return each
    if (best.expiresOn === null) return best
    return each.expiresOn === null || each.expiresOn > best.expiresOn ? each : best
  }, undefined)

/** One file handed in as two kinds of document is a mistake, or worse; a person looks at it. */
const reusedDigest = (documents: ReadonlyArray<KycDocument>): boolean =>
  new Set(documents.map(({ digest }) => digest)).size < documents.length

/**
 * A person shows an identity document and where it lives; a company its registration, its owners, a mandate, and the
 * identity of whoever holds it. A missing document leads to `review`, an expired one to `rejected`. An approval ends on
 * the day after the first of the documents it rests on, after 36 months for a person and 12 for a company at the latest.
 */
export const referenceKyc = (
  kind: CustomerKind,
  documents: ReadonlyArray<KycDocument>,
  today: LocalDate
): ReferenceFinding => {
  const used = requirements[kind].map(({ check, kinds }) => ({
    check,
    document: longestValid(documents.filter((each) => kinds.includes(each.kind)))
  }))
  const checks = used.map(({ check, document }): KycCheck => {
    if (document === undefined) return { name: check, result: "unclear", reason: "document-missing" }
    return document.expiresOn !== null && document.expiresOn < today
      ? { name: check, result: "failed", reason: "document-expired" }
      : passed(check)
  })
  const all: ReadonlyArray<KycCheck> = [
    ...checks,
    reusedDigest(documents)
      ? { name: "documents-differ", result: "unclear", reason: "document-reused" }
      : passed("documents-differ")
  ]
  const reasons = [...new Set(all.flatMap(({ reason }) => (reason === null ? [] : [reason])))].sort()
  if (all.some(({ result }) => result === "failed")) return { checks: all, verdict: "rejected", reasons, endsOn: null }
  if (reasons.length > 0) return { checks: all, verdict: "review", reasons, endsOn: null }
  const ends = used.flatMap(({ document }) =>
    document === undefined || document.expiresOn === null ? [] : [addDays(document.expiresOn, 1)]
  )
  return { checks: all, verdict: "approved", reasons, endsOn: min(addMonths(today, validityMonths[kind]), ...ends) }
}
