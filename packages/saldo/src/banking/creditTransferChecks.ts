/** What must hold for a batch of payments before it is written as a file. */
import * as Money from "../money/Money.ts"
import {
  type CreditTransfer,
  type CreditTransferBatch,
  type CreditTransferGroup,
  CreditTransfersInvalid
} from "./CreditTransfers.ts"
import type { PaymentMessage, PaymentParty } from "./CreditTransfers.ts"

/**
 * Which characters a file may have: those that every bank in SEPA must carry (EPC217-08, "SEPA Requirements for an
 * Extended Character Set"), or with them the Latin letters of ISO 8859-1, which the Nordic banks carry at home.
 */
export type PaymentCharacters = "sepa" | "latin-1"

const patterns: Readonly<Record<PaymentCharacters, RegExp>> = {
  sepa: /[^A-Za-z\d/\-?:().,'+ ]/u,
  "latin-1": /[^A-Za-z\d/\-?:().,'+ \u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]/u
}

const uuid4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u

const wrong = (field: string, position: number, problem: string) =>
  new CreditTransfersInvalid({ field, position, problem })

const textProblem = (field: string, text: string, maximum: number, characters: PaymentCharacters) => {
  if (text.trim() === "") return wrong(field, 0, "expected at least one character that is no blank")
  if (text.length > maximum) return wrong(field, maximum, `expected at most ${maximum} characters`)
  const stray = text.search(patterns[characters])
  return stray === -1 ? undefined : wrong(field, stray, `expected a character that banks carry (${characters})`)
}

// Identifiers are held to the small set whatever the text may have, and their slashes as EPC and SWIFT demand.
const idProblem = (field: string, id: string) => {
  const problem = textProblem(field, id, 35, "sepa")
  if (problem !== undefined) return problem
  if (id.startsWith("/") || id.endsWith("/")) {
    return wrong(field, id.startsWith("/") ? 0 : id.length - 1, "expected no slash at the start or the end")
  }
  return id.includes("//") ? wrong(field, id.indexOf("//"), "expected no two slashes together") : undefined
}

const partyProblem = (field: string, party: PaymentParty, characters: PaymentCharacters) =>
  textProblem(`${field}.name`, party.name, 70, characters) ??
  (party.organisationId === undefined ? undefined : idProblem(`${field}.organisationId`, party.organisationId))

const messageProblem = (field: string, message: PaymentMessage, characters: PaymentCharacters) =>
  message._tag === "Text"
    ? textProblem(`${field}.text`, message.text, 140, characters)
    : idProblem(`${field}.reference`, message.reference)

const amountProblem = (field: string, amount: Money.Money) => {
  if (!Money.isPositive(amount)) return wrong(field, 0, "expected an amount above zero")
  return Money.toDecimal(amount).replace(".", "").length > 18
    ? wrong(field, 0, "expected at most 18 digits")
    : undefined
}

const transferProblem = (field: string, transfer: CreditTransfer, characters: PaymentCharacters) =>
  idProblem(`${field}.instructionId`, transfer.instructionId) ??
  idProblem(`${field}.endToEndId`, transfer.endToEndId) ??
  (uuid4.test(transfer.uetr) ? undefined : wrong(`${field}.uetr`, 0, "expected a UUID of version 4 in lower case")) ??
  amountProblem(`${field}.amount`, transfer.amount) ??
  partyProblem(`${field}.creditor`, transfer.creditor, characters) ??
  (transfer.message === undefined ? undefined : messageProblem(`${field}.message`, transfer.message, characters))

/** Ids that must be unique in the file; the first that is not is told where it is repeated. */
const repeated = (seen: Set<string>, field: string, id: string) => {
  if (seen.has(id)) return wrong(field, 0, "expected an id that the file has not used before")
  seen.add(id)
  return undefined
}

interface Seen {
  readonly groups: Set<string>
  readonly instructions: Set<string>
  readonly uetrs: Set<string>
}

const groupProblem = (field: string, group: CreditTransferGroup, characters: PaymentCharacters, seen: Seen) => {
  const problem =
    idProblem(`${field}.id`, group.id) ??
    repeated(seen.groups, `${field}.id`, group.id) ??
    partyProblem(`${field}.debtor`, group.debtor, characters) ??
    (group.transfers.length === 0 ? wrong(`${field}.transfers`, 0, "expected at least one payment") : undefined)
  if (problem !== undefined) return problem
  for (const [index, transfer] of group.transfers.entries()) {
    const at = `${field}.transfers[${index}]`
    const found =
      transferProblem(at, transfer, characters) ??
      repeated(seen.instructions, `${at}.instructionId`, transfer.instructionId) ??
      repeated(seen.uetrs, `${at}.uetr`, transfer.uetr)
    if (found !== undefined) return found
  }
  return undefined
}

/** The first thing in a batch that a bank would refuse, or undefined. */
export const creditTransfersProblem = (
  batch: CreditTransferBatch,
  characters: PaymentCharacters
): CreditTransfersInvalid | undefined => {
  const problem =
    idProblem("messageId", batch.messageId) ??
    partyProblem("initiator", batch.initiator, characters) ??
    (batch.groups.length === 0 ? wrong("groups", 0, "expected at least one group") : undefined)
  if (problem !== undefined) return problem
  const seen: Seen = { groups: new Set(), instructions: new Set(), uetrs: new Set() }
  for (const [index, group] of batch.groups.entries()) {
    const found = groupProblem(`groups[${index}]`, group, characters, seen)
    if (found !== undefined) return found
  }
  return undefined
}
