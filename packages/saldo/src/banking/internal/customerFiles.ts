/**
 * Customers and beneficiaries as they are read: with what is personal taken out of its seal.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { canonicalJson } from "../../core/canonicalJson.ts"
import { jsonText } from "../../core/JsonText.ts"
import { type Beneficiary, BeneficiaryFile, type StoredBeneficiary } from "../Beneficiary.ts"
import {
  type Customer,
  CustomerDetails,
  type CustomerId,
  type CustomerKind,
  type Registration,
  SealedFile,
  type StoredCustomer
} from "../Customer.ts"
import type { PersonalData } from "../PersonalData.ts"
import * as Redacted from "effect/Redacted"

const CustomerText = jsonText(Schema.toCodecJson(SealedFile))
const BeneficiaryText = jsonText(Schema.toCodecJson(BeneficiaryFile))
const encodeCustomer = Schema.encodeEffect(CustomerText)
const decodeCustomer = Schema.decodeEffect(CustomerText)
const encodeBeneficiary = Schema.encodeEffect(BeneficiaryText)
const decodeBeneficiary = Schema.decodeEffect(BeneficiaryText)
const encodeFile = Schema.encodeEffect(Schema.toCodecJson(SealedFile))
const encodeDetails = Schema.encodeEffect(Schema.toCodecJson(CustomerDetails))
const encodeBeneficiaryFile = Schema.encodeEffect(Schema.toCodecJson(BeneficiaryFile))

/** A failure to read what was under seal names no value: a schema's own message would quote it. */
const unreadable = (label: string, id: string) => () =>
  new RangeError(`The ${label} of ${id} was sealed by a version of this software that wrote it in another form`)

/** How an account's or a person's number is found again, without being stored. */
const registrationText = (kind: CustomerKind, { number, scheme }: Registration): string =>
  JSON.stringify([kind, scheme, Redacted.value(number)])

/** Puts what is personal under seal, and takes it out again. */
export const makeFiles = (personal: PersonalData["Service"]) => {
  const subject = (tenant: string, customerId: CustomerId) => ({ tenant, subjectId: customerId })

  const openCustomer = Effect.fnUntraced(function* ({ id, sealed, tenant }: StoredCustomer) {
    if (sealed === null) return null
    const text = yield* personal.open(subject(tenant, id), "file", sealed)
    return Option.isNone(text)
      ? null
      : yield* Effect.orDie(Effect.mapError(decodeCustomer(text.value), unreadable("file", id)))
  })

  const openBeneficiary = Effect.fnUntraced(function* ({ customerId, id, sealed, tenant }: StoredBeneficiary) {
    if (sealed === null) return null
    const text = yield* personal.open(subject(tenant, customerId), id, sealed)
    return Option.isNone(text)
      ? null
      : yield* Effect.orDie(Effect.mapError(decodeBeneficiary(text.value), unreadable("file", id)))
  })

  /** The keyed digest of a content, by which a repeated command is known. */
  const contentOf = (tenant: string, content: unknown): Effect.Effect<string> =>
    personal.digest(tenant, "content", Result.getOrThrow(canonicalJson(content)))

  return {
    openCustomer,
    sealCustomer: (tenant: string, id: CustomerId, file: SealedFile): Effect.Effect<string> =>
      Effect.flatMap(Effect.orDie(encodeCustomer(file)), (text) => personal.seal(subject(tenant, id), "file", text)),
    sealBeneficiary: (
      { customerId, id, tenant }: Pick<StoredBeneficiary, "customerId" | "id" | "tenant">,
      file: BeneficiaryFile
    ): Effect.Effect<string> =>
      Effect.flatMap(Effect.orDie(encodeBeneficiary(file)), (text) =>
        personal.seal(subject(tenant, customerId), id, text)
      ),
    registrationIndex: (tenant: string, kind: CustomerKind, registration: Registration): Effect.Effect<string> =>
      personal.digest(tenant, "registration", registrationText(kind, registration)),
    accountIndex: (tenant: string, number: string): Effect.Effect<string> => personal.digest(tenant, "account", number),
    contentOfCustomer: (tenant: string, kind: CustomerKind, file: SealedFile): Effect.Effect<string> =>
      Effect.flatMap(Effect.orDie(encodeFile(file)), (encoded) => contentOf(tenant, [kind, encoded])),
    contentOfDetails: (tenant: string, details: CustomerDetails): Effect.Effect<string> =>
      Effect.flatMap(Effect.orDie(encodeDetails(details)), (encoded) => contentOf(tenant, encoded)),
    contentOfBeneficiary: (tenant: string, file: BeneficiaryFile): Effect.Effect<string> =>
      Effect.flatMap(Effect.orDie(encodeBeneficiaryFile(file)), (encoded) => contentOf(tenant, encoded)),
    /** The customer as it is read; without its file once that cannot be read any more. */
    readCustomer: (stored: StoredCustomer): Effect.Effect<Customer> =>
      Effect.map(openCustomer(stored), (file) => {
        const { registrationIndex: _index, sealed: _sealed, ...facts } = stored
        return { ...facts, file }
      }),
    readBeneficiary: (stored: StoredBeneficiary): Effect.Effect<Beneficiary> =>
      Effect.map(openBeneficiary(stored), (file) => {
        const { accountIndex: _index, sealed: _sealed, ...facts } = stored
        return { ...facts, file }
      })
  }
}

/** What `makeFiles` makes. */
export type Files = ReturnType<typeof makeFiles>
