/**
 * Writes payment files in ISO 20022 pain.001.001.09. The same batch always gives the same text, byte for byte. The
 * order of elements is that of the schema.
 */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import {
  type CreditTransfer,
  type CreditTransferBatch,
  type CreditTransferGroup,
  CreditTransfersInvalid,
  type PaymentMessage,
  type PaymentParty
} from "./CreditTransfers.ts"
import { creditTransfersProblem, type PaymentCharacters } from "./creditTransferChecks.ts"
import { type ExternalAccount, numberOf } from "./ExternalAccount.ts"

const escapes: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&apos;"]
])

const escape = (text: string): string => text.replaceAll(/[&<>"']/gu, (character) => escapes.get(character) ?? "")

/** An element around markup. */
const element = (name: string, ...content: ReadonlyArray<string>): string => `<${name}>${content.join("")}</${name}>`

/** An element around text. */
const field = (name: string, text: string): string => element(name, escape(text))

/** The sum of amounts without regard to their currencies, which is what a control sum is. */
const controlSum = (transfers: ReadonlyArray<CreditTransfer>): string => {
  const decimals = 5
  let sum = 0n
  for (const { amount } of transfers) {
    const [whole = "", fraction = ""] = Money.toDecimal(amount).split(".")
    sum += BigInt(whole + fraction.padEnd(decimals, "0"))
  }
  const digits = String(sum).padStart(decimals + 1, "0")
  const fraction = digits.slice(-decimals).replace(/0{1,3}$/u, "")
  return `${digits.slice(0, -decimals)}.${fraction}`
}

const party = (name: string, { name: called, organisationId }: PaymentParty): string =>
  element(
    name,
    field("Nm", called),
    organisationId === undefined ? "" : element("Id", element("OrgId", element("Othr", field("Id", organisationId))))
  )

const accountId = (account: ExternalAccount): string => {
  const number = numberOf(account)
  const other = (scheme: string) => element("Othr", field("Id", number), element("SchmeNm", scheme))
  switch (account._tag) {
    case "Iban":
      return field("IBAN", number)
    case "Bankgiro":
      return other(field("Prtry", "BGNR"))
    case "Plusgiro":
    case "SwedishAccount":
    case "NorwegianAccount":
      return other(field("Cd", "BBAN"))
  }
}

const account = (name: string, of: ExternalAccount): string => element(name, element("Id", accountId(of)))

const swedishMember = (clearing: string): string =>
  element("ClrSysMmbId", element("ClrSysId", field("Cd", "SESBA")), field("MmbId", clearing))

/**
 * The bank of an account, as far as the number tells: in Sweden the clearing number, which is 9900 for Bankgirot and 9960
 * for Plusgirot; undefined where the bank follows from the number itself.
 */
const agentId = (of: ExternalAccount): string | undefined => {
  switch (of._tag) {
    case "Iban":
      return of.bic === undefined ? undefined : field("BICFI", of.bic)
    case "Bankgiro":
      return swedishMember("9900")
    case "Plusgiro":
      return swedishMember("9960")
    case "SwedishAccount":
      return swedishMember(of.clearing)
    case "NorwegianAccount":
      return undefined
  }
}

const agent = (name: string, id: string): string => element(name, element("FinInstnId", id))

const notProvided = element("Othr", field("Id", "NOTPROVIDED"))

const message = (of: PaymentMessage): string =>
  element(
    "RmtInf",
    of._tag === "Text"
      ? field("Ustrd", of.text)
      : element(
          "Strd",
          element("CdtrRefInf", element("Tp", element("CdOrPrtry", field("Cd", "SCOR"))), field("Ref", of.reference))
        )
  )

const transferElement = (transfer: CreditTransfer): string => {
  const bank = agentId(transfer.creditorAccount)
  return element(
    "CdtTrfTxInf",
    element(
      "PmtId",
      field("InstrId", transfer.instructionId),
      field("EndToEndId", transfer.endToEndId),
      field("UETR", transfer.uetr)
    ),
    element(
      "Amt",
      `<InstdAmt Ccy="${escape(transfer.amount.currency)}">${Money.toDecimal(transfer.amount)}</InstdAmt>`
    ),
    bank === undefined ? "" : agent("CdtrAgt", bank),
    party("Cdtr", transfer.creditor),
    account("CdtrAcct", transfer.creditorAccount),
    transfer.message === undefined ? "" : message(transfer.message)
  )
}

const groupElement = (group: CreditTransferGroup): string =>
  element(
    "PmtInf",
    field("PmtInfId", group.id),
    field("PmtMtd", "TRF"),
    group.batchBooking === undefined ? "" : field("BtchBookg", String(group.batchBooking)),
    field("NbOfTxs", String(group.transfers.length)),
    field("CtrlSum", controlSum(group.transfers)),
    element("ReqdExctnDt", field("Dt", group.requestedOn)),
    party("Dbtr", group.debtor),
    account("DbtrAcct", group.debtorAccount),
    agent(
      "DbtrAgt",
      (group.debtorBic === undefined ? agentId(group.debtorAccount) : field("BICFI", group.debtorBic)) ?? notProvided
    ),
    field("ChrgBr", group.chargeBearer ?? "SLEV"),
    ...group.transfers.map(transferElement)
  )

/**
 * The file of a batch, as text to be encoded in UTF-8, or the first thing in the batch that a bank would refuse.
 *
 * The file holds account numbers in the clear: it is as secret as they are.
 */
export const writePain001 = (
  batch: CreditTransferBatch,
  characters: PaymentCharacters = "sepa"
): Result.Result<string, CreditTransfersInvalid> => {
  const problem = creditTransfersProblem(batch, characters)
  if (problem !== undefined) return Result.fail(problem)
  const transfers = batch.groups.flatMap((group) => group.transfers)
  const sum = controlSum(transfers)
  if (sum.length > 19) {
    const tooMuch = "expected amounts whose sum has at most 18 digits"
    return Result.fail(new CreditTransfersInvalid({ field: "groups", position: 0, problem: tooMuch }))
  }
  const header = element(
    "GrpHdr",
    field("MsgId", batch.messageId),
    field("CreDtTm", new Date(batch.createdAt.epochMilliseconds).toISOString()),
    field("NbOfTxs", String(transfers.length)),
    field("CtrlSum", sum),
    party("InitgPty", batch.initiator)
  )
  const body = element("CstmrCdtTrfInitn", header, ...batch.groups.map(groupElement))
  return Result.succeed(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">${body}</Document>\n`
  )
}
