/**
 * What an imported statement is kept as.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { canonicalJson } from "../../core/canonicalJson.ts"
import * as Id from "../../core/Id.ts"
import { sha256 } from "../../core/sha256.ts"
import * as Money from "../../money/Money.ts"
import type { LocalDate } from "../../time/LocalDate.ts"
import type { BankStatement, EntryDetail, StatementEntry } from "../BankStatement.ts"
import type { SettlementAccount, SettlementStatement } from "../SettlementAccount.ts"
import type { StatementLineItem } from "../SettlementItem.ts"

/** An account number without what only makes it easier to read. */
export const bareNumber = (text: string): string =>
  text
    .normalize("NFKC")
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "")

/** The value without wrappers, as plain JSON has it. */
const plain = (value: unknown): unknown => {
  if (Redacted.isRedacted(value)) return plain(Redacted.value(value))
  if (typeof value === "string") return value.toWellFormed()
  if (typeof value !== "object" || value === null) return value
  if (value instanceof Money.Money) return { amount: value.amount, currency: value.currency }
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

/**
 * SHA-256 of all that a statement says, but for the time at which the bank wrote it: a statement that is fetched again is
 * the same, whatever is around it in its file.
 */
export const contentHash = ({ entries, header, totals }: BankStatement): string => {
  const { createdAt: _createdAt, ...said } = header
  return sha256(Result.getOrThrow(canonicalJson(plain({ header: said, entries, totals }))))
}

/** The value that all who have one have; null where they differ, or none has one. */
const shared = <A>(values: ReadonlyArray<A | null>, textOf: (value: A) => string): A | null => {
  const [first, ...others] = values.filter((value) => value !== null)
  return first === undefined || others.some((other) => textOf(other) !== textOf(first)) ? null : first
}

const referenceOf = (details: ReadonlyArray<EntryDetail>): string | null =>
  shared(
    details.flatMap(({ remittance }) => remittance.structured.map(({ reference }) => reference)),
    (reference) => reference
  )

const messageOf = ({ additionalInformation, details }: StatementEntry): string | null => {
  const written = details.flatMap(({ remittance }) => remittance.unstructured)
  const all = additionalInformation === null ? written : [...written, additionalInformation]
  return all.length === 0 ? null : all.join("\n")
}

/** The single payments, if there are several and their amounts are all known. */
const partsOf = ({ amount: whole, details }: StatementEntry): StatementLineItem["parts"] => {
  const parts = details.flatMap(({ amount, endToEndId }) =>
    amount === null || amount.currency !== whole.currency ? [] : [{ endToEndId, amount }]
  )
  return details.length > 1 && parts.length === details.length ? parts : []
}

const hidden = (text: string | null, label: string) => (text === null ? null : Redacted.make(text, { label }))

const aboutOf = (entry: StatementEntry) => {
  const { details } = entry
  const [only, ...others] = details
  const accounts = details.flatMap(({ counterpartyAccount }) => counterpartyAccount?.number ?? [])
  const names = details.map(({ counterpartyName }) => counterpartyName)
  return {
    reference: referenceOf(details),
    endToEndId: only === undefined || others.length > 0 ? null : only.endToEndId,
    counterparty: hidden(
      shared(names, (name) => name),
      "name"
    ),
    counterpartyAccount: shared(accounts, Redacted.value),
    message: hidden(messageOf(entry), "message"),
    servicerReference: entry.servicerReference,
    transactionCode: entry.transactionCode,
    parts: partsOf(entry)
  }
}

const nothingAbout = {
  reference: null,
  endToEndId: null,
  counterparty: null,
  counterpartyAccount: null,
  message: null,
  servicerReference: null,
  transactionCode: null,
  parts: []
}

/**
 * The lines of a statement that count in its balances. The opening balance of an account's first statement is one too:
 * what the ledger knew before has to come to it.
 */
export const linesOf = Effect.fnUntraced(function* (
  { entries, header }: BankStatement,
  { accountId, id: statementId, number, tenant }: SettlementStatement,
  today: LocalDate
) {
  const { closing, opening } = header
  const lines: Array<StatementLineItem> = []
  const common = { _tag: "Line", tenant, accountId, statementId } as const
  if (number === 1 && !Money.isZero(opening.amount)) {
    const on = opening.on ?? closing.on ?? today
    const id = yield* Id.make("line")
    lines.push({ ...common, ...nothingAbout, id, amount: opening.amount, position: 0, on, valueOn: opening.on })
  }
  for (const entry of entries) {
    if (entry.status !== "BOOK") continue
    const { amount, bookedOn, position, valueOn } = entry
    const on = bookedOn ?? valueOn ?? closing.on ?? today
    lines.push({ ...common, ...aboutOf(entry), id: yield* Id.make("line"), amount, position, on, valueOn })
  }
  return lines
})

/** The number of an account as the trail shows it: the last four characters, or half of a short one. */
export const maskNumber = ({ number }: SettlementAccount): string => {
  const text = Redacted.value(number)
  return `••••${text.slice(-Math.min(4, Math.floor(text.length / 2)))}`
}
