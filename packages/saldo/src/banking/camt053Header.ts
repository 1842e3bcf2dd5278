/** What a camt.053 statement says before its entries, from the elements of `Stmt`. */
import type { StatedAccount, StatementBalance, StatementHeader } from "./BankStatement.ts"
import { dateIn, FieldProblem, find, need, needText, signedAmount, textAt } from "./internal/xmlFields.ts"
import type { XmlNode } from "./internal/xmlReader.ts"
import { redactedText } from "./internal/redactedText.ts"

/** An account from an element with `Id/IBAN` or `Id/Othr`; null where there is neither. */
export const statedAccount = (node: XmlNode | undefined): StatedAccount | null => {
  const iban = textAt(node, "Id/IBAN")
  if (iban !== undefined) return { scheme: "IBAN", number: redactedText(iban) }
  const other = textAt(node, "Id/Othr/Id")
  if (other === undefined) return null
  const scheme = textAt(node, "Id/Othr/SchmeNm/Cd") ?? textAt(node, "Id/Othr/SchmeNm/Prtry") ?? null
  return { scheme, number: redactedText(other) }
}

const balanceOf = (node: XmlNode): StatementBalance => ({
  type: textAt(node, "Tp/CdOrPrtry/Cd") ?? needText(node, "Tp/CdOrPrtry/Prtry", 35),
  subType: textAt(node, "Tp/SubTp/Cd") ?? textAt(node, "Tp/SubTp/Prtry") ?? null,
  amount: signedAmount(node),
  on: dateIn(find(node, "Dt"))
})

/** The balance of the first of these types that is there. Two of one type are refused: which one counts is not said. */
const balanceFor = (statement: XmlNode, balances: ReadonlyArray<StatementBalance>, types: ReadonlyArray<string>) => {
  for (const type of types) {
    const [found, second] = balances.filter((balance) => balance.type === type)
    if (second !== undefined) throw new FieldProblem(statement, `expected one balance of type ${type}`, "Bal")
    if (found !== undefined) return found
  }
  throw new FieldProblem(statement, `expected a balance of type ${types.join(" or ")}`, "Bal")
}

/** The header, from the children of `Stmt` that come before its entries. Throws `FieldProblem`. */
export const headerOf = (statement: XmlNode, children: ReadonlyArray<XmlNode>): StatementHeader => {
  const node: XmlNode = { ...statement, children }
  const account = need(node, "Acct")
  const stated = statedAccount(account)
  if (stated === null) throw new FieldProblem(account, "expected IBAN or Othr with an Id", "Id")
  const balances = children.filter(({ name, uri }) => name === "Bal" && uri === statement.uri).map(balanceOf)
  const opening = balanceFor(node, balances, ["OPBD", "PRCD"])
  const closing = balanceFor(node, balances, ["CLBD"])
  if (opening.amount.currency !== closing.amount.currency) {
    throw new FieldProblem(node, "expected opening and closing balance in one currency", "Bal")
  }
  const servicer = find(account, "Svcr/FinInstnId")
  return {
    id: needText(node, "Id", 35),
    sequenceNumber: textAt(node, "ElctrncSeqNb") ?? textAt(node, "LglSeqNb") ?? null,
    createdAt: textAt(node, "CreDtTm") ?? null,
    account: stated,
    ownerName: textAt(account, "Ownr/Nm") ?? null,
    servicerBic: textAt(servicer, "BICFI") ?? textAt(servicer, "BIC") ?? null,
    balances,
    opening,
    closing
  }
}
