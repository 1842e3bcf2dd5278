/**
 * How customers are written in tables and as data. Pure. What is personal is written here and nowhere else.
 */
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import type { Registration } from "saldo/banking/Customer"
import { type Column, plain, table, wrap } from "../chart.ts"
import type { ShownCustomer } from "../desk/BankDesk.ts"
import { shortId } from "./shortId.ts"

const text = (value: Redacted.Redacted | undefined): string => (value === undefined ? "" : plain(Redacted.value(value)))

/** A registration number as it may be shown: a person's without the four digits that belong to nobody else. */
const shownNumber = ({ number, scheme }: Registration, reveal: boolean): string => {
  const digits = Redacted.value(number)
  if (scheme === "NorwegianOrganisationNumber") return `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`
  const hidden = scheme === "SwedishPersonalNumber" && !reveal
  return `${digits.slice(0, -4)}-${hidden ? "••••" : digits.slice(-4)}`
}

/** The day through which the approval counts, or how the customer stands without one. */
const verified = ({ kyc: { decision } }: ShownCustomer): string => {
  if (decision === null) return "no"
  if (decision.expiresAt === null) return decision.verdict
  // It ends at this instant, so the last day on which it counts is the one before.
  return `until ${DateTime.formatIsoDateUtc(DateTime.subtract(decision.expiresAt, { milliseconds: 1 }))}`
}

const nameOf = ({ erasedAt, file }: ShownCustomer): string =>
  file === null ? (erasedAt === null ? "" : "(erased)") : text(file.details.name)

const stateOf = ({ restrictions, state }: ShownCustomer): string =>
  state === "restricted" ? `restricted: ${restrictions.join(", ")}` : state

const columns: ReadonlyArray<Column> = [
  { heading: "Customer" },
  { heading: "Name", flexible: true },
  { heading: "Kind" },
  { heading: "State" },
  { heading: "Verified" }
]

/** Customers, a line each. */
export const customerTable = (customers: ReadonlyArray<ShownCustomer>, width: number | null): string =>
  table(
    columns,
    customers.map((customer) => [
      shortId(customer.id),
      nameOf(customer),
      customer.kind,
      stateOf(customer),
      verified(customer)
    ]),
    width
  )

/** One customer, a line for each thing that is known. */
export const customerText = (customer: ShownCustomer, reveal: boolean, width: number | null): string => {
  const { file, kyc } = customer
  const rows: ReadonlyArray<readonly [name: string, value: string]> = [
    ["Customer", customer.id],
    ["Name", nameOf(customer)],
    ["Kind", customer.kind],
    ["Number", file === null ? "" : shownNumber(file.registration, reveal)],
    ["E-mail", text(file?.details.email)],
    ["Phone", text(file?.details.phone)],
    ["Address", text(file?.details.address)],
    ["State", stateOf(customer)],
    ["Since", DateTime.formatIsoDateUtc(customer.createdAt)],
    ["Verified", verified(customer)],
    ["By", kyc.decision === null ? "" : (kyc.decision.decidedBy ?? "the reference verifier")],
    ["Reasons", (kyc.decision?.reasons ?? []).join(", ")],
    [
      "Documents",
      kyc.documents.map(({ expiresOn, kind }) => kind + (expiresOn === null ? "" : ` (until ${expiresOn})`)).join(", ")
    ]
  ]
  const shown = rows.filter(([, value]) => value !== "")
  const widest = Math.max(...shown.map(([name]) => name.length)) + 2
  return shown.map(([name, value]) => name.padEnd(widest) + wrap(value, width, widest)).join("\n")
}

/** A customer as data; a person's number in full only when it is asked for. */
export const customerRecord = (customer: ShownCustomer, reveal: boolean) => {
  const { erasedAt, file, kyc } = customer
  const details = file?.details
  const plainText = (value: Redacted.Redacted | undefined) => (value === undefined ? null : Redacted.value(value))
  return {
    customerId: customer.id,
    kind: customer.kind,
    state: customer.state,
    restrictions: customer.restrictions,
    name: plainText(details?.name),
    registration:
      file === null
        ? null
        : { scheme: file.registration.scheme, number: shownNumber(file.registration, reveal), masked: !reveal },
    email: plainText(details?.email),
    phone: plainText(details?.phone),
    address: plainText(details?.address),
    documents: kyc.documents,
    decision:
      kyc.decision === null
        ? null
        : {
            verdict: kyc.decision.verdict,
            reasons: kyc.decision.reasons,
            checks: kyc.decision.checks,
            decidedAt: DateTime.formatIso(kyc.decision.decidedAt),
            decidedBy: kyc.decision.decidedBy,
            expiresAt: kyc.decision.expiresAt === null ? null : DateTime.formatIso(kyc.decision.expiresAt)
          },
    erasedAt: erasedAt === null ? null : DateTime.formatIso(erasedAt),
    createdAt: DateTime.formatIso(customer.createdAt),
    version: customer.version
  }
}
