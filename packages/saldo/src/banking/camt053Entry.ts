/** One `Ntry` of a camt.053 statement, as version 2 and as version 8 write it. */
import * as Money from "../money/Money.ts"
import type { EntryBatch, EntryDetail, Remittance, StatementCharge, StatementEntry } from "./BankStatement.ts"
import { statedAccount } from "./camt053Header.ts"
import {
  childrenOf,
  dateIn,
  FieldProblem,
  find,
  isCredit,
  isTrue,
  moneyIn,
  need,
  signedAmount,
  textAt
} from "./internal/xmlFields.ts"
import type { XmlNode } from "./internal/xmlReader.ts"

const statuses = ["BOOK", "PDNG", "INFO", "FUTR"] as const

/** Version 2 has the code as text in `Sts`, version 8 in `Sts/Cd`. */
const statusOf = (entry: XmlNode): StatementEntry["status"] => {
  const node = need(entry, "Sts")
  const text = (find(node, "Cd") ?? node).text.trim()
  const status = statuses.find((each) => each === text)
  if (status === undefined) throw new FieldProblem(node, `expected one of ${statuses.join(", ")}`)
  return status
}

const transactionCode = (entry: XmlNode): string | null => {
  const domain = find(entry, "BkTxCd/Domn")
  if (domain === undefined) return textAt(entry, "BkTxCd/Prtry/Cd") ?? null
  return ["Cd", "Fmly/Cd", "Fmly/SubFmlyCd"].flatMap((path) => textAt(domain, path) ?? []).join("/")
}

/** Charges, each its own `Chrgs` in version 2, and each a `Rcrd` in version 8. */
const chargesOf = (node: XmlNode): ReadonlyArray<StatementCharge> =>
  childrenOf(node, "Chrgs")
    .flatMap((charges) => (find(charges, "Amt") === undefined ? childrenOf(charges, "Rcrd") : [charges]))
    .map((charge) => ({
      // Without an indicator it is what the word says: something that the customer pays.
      amount:
        find(charge, "CdtDbtInd") === undefined ? Money.negate(moneyIn(need(charge, "Amt"))) : signedAmount(charge),
      included: find(charge, "ChrgInclInd") === undefined ? null : isTrue(charge, "ChrgInclInd"),
      type: textAt(charge, "Tp/Cd") ?? textAt(charge, "Tp/Prtry/Id") ?? textAt(charge, "Tp/Prtry") ?? null
    }))

const remittanceOf = (detail: XmlNode): Remittance => {
  const information = find(detail, "RmtInf")
  return {
    unstructured: childrenOf(information, "Ustrd").flatMap(({ text }) => (text.trim() === "" ? [] : [text.trim()])),
    structured: childrenOf(information, "Strd").flatMap((structured) => {
      const creditor = find(structured, "CdtrRefInf")
      const reference = textAt(creditor, "Ref")
      const type = textAt(creditor, "Tp/CdOrPrtry/Cd") ?? textAt(creditor, "Tp/CdOrPrtry/Prtry") ?? null
      return reference === undefined ? [] : [{ type, reference }]
    })
  }
}

/** The payment's own amount: `Amt` in version 8, `AmtDtls/TxAmt` before it, with the sign of the entry. */
const detailAmount = (detail: XmlNode, credit: boolean): Money.Money | null => {
  if (find(detail, "Amt") !== undefined && find(detail, "CdtDbtInd") !== undefined) return signedAmount(detail)
  const amount = find(detail, "Amt") ?? find(detail, "AmtDtls/TxAmt/Amt")
  if (amount === undefined) return null
  return credit ? moneyIn(amount) : Money.negate(moneyIn(amount))
}

const detailOf = (detail: XmlNode, entryCredit: boolean, reversal: boolean): EntryDetail => {
  const credit = find(detail, "CdtDbtInd") === undefined ? entryCredit : isCredit(detail)
  const party = credit === reversal ? "Cdtr" : "Dbtr"
  const parties = find(detail, "RltdPties")
  const reference = (name: string) => textAt(detail, `Refs/${name}`) ?? null
  const endToEndId = reference("EndToEndId")
  return {
    endToEndId: endToEndId === "NOTPROVIDED" ? null : endToEndId,
    instructionId: reference("InstrId"),
    messageId: reference("MsgId"),
    paymentInformationId: reference("PmtInfId"),
    transactionId: reference("TxId"),
    uetr: reference("UETR"),
    servicerReference: reference("AcctSvcrRef"),
    amount: detailAmount(detail, entryCredit),
    counterpartyName: textAt(parties, `${party}/Pty/Nm`) ?? textAt(parties, `${party}/Nm`) ?? null,
    counterpartyAccount: statedAccount(find(parties, `${party}Acct`)),
    remittance: remittanceOf(detail),
    charges: chargesOf(detail),
    returnReason: textAt(detail, "RtrInf/Rsn/Cd") ?? textAt(detail, "RtrInf/Rsn/Prtry") ?? null
  }
}

const batchOf = (entry: XmlNode): EntryBatch | null => {
  const batch = find(entry, "NtryDtls/Btch")
  if (batch === undefined) return null
  const count = textAt(batch, "NbOfTxs")
  if (count !== undefined && !/^\d{1,15}$/u.test(count)) {
    throw new FieldProblem(need(batch, "NbOfTxs"), "expected a whole number")
  }
  const total = find(batch, "TtlAmt")
  const credit = find(batch, "CdtDbtInd") === undefined ? isCredit(entry) : isCredit(batch)
  return {
    messageId: textAt(batch, "MsgId") ?? null,
    paymentInformationId: textAt(batch, "PmtInfId") ?? null,
    count: count === undefined ? null : Number(count),
    total: total === undefined ? null : credit ? moneyIn(total) : Money.negate(moneyIn(total))
  }
}

/** The entry of an element. Throws `FieldProblem`. */
export const entryOf = (node: XmlNode): StatementEntry => {
  const reversal = isTrue(node, "RvslInd")
  const credit = isCredit(node)
  return {
    position: node.ordinal,
    reference: textAt(node, "NtryRef") ?? null,
    amount: signedAmount(node),
    reversal,
    status: statusOf(node),
    bookedOn: dateIn(find(node, "BookgDt")),
    valueOn: dateIn(find(node, "ValDt")),
    servicerReference: textAt(node, "AcctSvcrRef") ?? null,
    transactionCode: transactionCode(node),
    additionalInformation: textAt(node, "AddtlNtryInf") ?? null,
    charges: chargesOf(node),
    batch: batchOf(node),
    details: childrenOf(node, "NtryDtls").flatMap((details) =>
      childrenOf(details, "TxDtls").map((detail) => detailOf(detail, credit, reversal))
    )
  }
}
