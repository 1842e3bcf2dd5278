import { expect } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { CustomerKind } from "saldo/banking/Customer"
import { type DocumentKind, type KycDocument, KycFinding } from "saldo/banking/Kyc"
import { KycVerifier } from "saldo/banking/KycVerifier"
import * as Id from "saldo/core/Id"
import { sha256 } from "saldo/core/sha256"
import * as LocalDate from "saldo/time/LocalDate"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Desk {
  readonly verify: (kind: CustomerKind, documents: ReadonlyArray<KycDocument>) => Effect.Effect<KycFinding, unknown>
  readonly today: LocalDate.LocalDate
}

const name = "Quirina Testsson-Ångström"
const number = "198112189876"

const check = checksOf<Desk, KycVerifier>(
  Effect.gen(function* () {
    const verifier = yield* KycVerifier
    const customerId = yield* Id.make("cust")
    const today = LocalDate.of(DateTime.formatIsoDateUtc(yield* DateTime.now))
    return {
      today,
      verify: (kind, documents) =>
        verifier.verify({
          tenant: "bank",
          customerId,
          kind,
          documents,
          reference: `verification of ${customerId}`,
          file: {
            registration: {
              scheme: "SwedishPersonalNumber",
              number: Redacted.make(number, { label: "registration number" })
            },
            details: { name: Redacted.make(name, { label: "name" }) }
          }
        })
    }
  })
)

const document = (kind: DocumentKind, expiresOn: LocalDate.LocalDate | null): KycDocument => ({
  kind,
  digest: sha256(kind),
  expiresOn
})

const complete = (expiresOn: LocalDate.LocalDate): ReadonlyArray<KycDocument> => [
  document("passport", expiresOn),
  document("proof-of-address", null),
  document("registration-certificate", null),
  document("beneficial-owners", null),
  document("mandate", null)
]

/** What every `KycVerifier` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<KycVerifier>> = [
  check("nothing-shown", "approves nobody without documents, and says why", ({ verify }) =>
    Effect.gen(function* () {
      for (const kind of ["person", "company"] as const) {
        const finding = yield* verify(kind, [])
        expect(finding.verdict).not.toBe("approved")
        expect(finding.reasons.length).toBeGreaterThan(0)
        expect(finding.expiresAt).toBeNull()
      }
    })
  ),
  check("expired", "approves nobody on a document that has expired", ({ today, verify }) =>
    Effect.gen(function* () {
      for (const kind of ["person", "company"] as const) {
        const finding = yield* verify(kind, complete(LocalDate.addDays(today, -2)))
        expect(finding.verdict).not.toBe("approved")
        expect(finding.reasons.length).toBeGreaterThan(0)
      }
    })
  ),
  check("well-formed", "gives findings by the schema, whose approvals end in the future", ({ today, verify }) =>
    Effect.gen(function* () {
      for (const kind of ["person", "company"] as const) {
        const finding = yield* verify(kind, complete(LocalDate.addDays(today, 400)))
        expect(Schema.is(KycFinding)(finding)).toBe(true)
        const now = yield* Clock.currentTimeMillis
        if (finding.expiresAt !== null) expect(finding.expiresAt.epochMilliseconds).toBeGreaterThan(now)
        else expect(finding.reasons.length).toBeGreaterThan(0)
      }
    })
  ),
  check("nothing-personal", "says nothing personal", ({ today, verify }) =>
    Effect.gen(function* () {
      const findings = [yield* verify("person", []), yield* verify("person", complete(LocalDate.addDays(today, 400)))]
      const text = JSON.stringify(findings)
      for (const secret of [name, number, "Testsson"]) expect(text).not.toContain(secret)
    })
  )
]

/** Tests a `KycVerifier`. One that asks a vendor is given the vendor's own test environment. */
export const suite = <E>(name: string, layer: Layer.Layer<KycVerifier, E>, options: SuiteOptions = {}): void =>
  register("KycVerifier", checks, name, layer, options)
