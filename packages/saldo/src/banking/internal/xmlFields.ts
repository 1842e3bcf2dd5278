/** Looks fields up in an element by their names, and reads what they say. */
import * as Money from "../../money/Money.ts"
import * as LocalDate from "../../time/LocalDate.ts"
import { pathOf, type XmlNode, type XmlProblem } from "./xmlReader.ts"

/** Thrown by the readers of fields and caught where a record begins; it leaves this folder as an {@link XmlProblem}. */
export class FieldProblem {
  readonly found: XmlProblem
  constructor(node: XmlNode, problem: string, missing?: string) {
    this.found = { path: pathOf(node) + (missing === undefined ? "" : `/${missing}`), line: node.line, problem }
  }
}

/** The child elements of a name, in the namespace of their parent. */
export const childrenOf = (node: XmlNode | undefined, name: string): ReadonlyArray<XmlNode> =>
  node?.children.filter((child) => child.name === name && child.uri === node.uri) ?? []

/** The element at the end of a path of names separated by `/`, each the first of its name; undefined where one is missing. */
export const find = (node: XmlNode | undefined, path: string): XmlNode | undefined => {
  let current = node
  for (const name of path.split("/")) {
    const { children = [], uri = "" } = current ?? {}
    current = children.find((child) => child.name === name && child.uri === uri)
  }
  return current
}

/** The text at the end of a path without the blanks around it; undefined where it is missing or empty. */
export const textAt = (node: XmlNode | undefined, path: string): string | undefined => {
  const text = find(node, path)?.text.trim()
  return text === "" ? undefined : text
}

/** The element at the end of a path, which must be there. */
export const need = (node: XmlNode, path: string): XmlNode => {
  const found = find(node, path)
  if (found === undefined) throw new FieldProblem(node, "expected this element", path)
  return found
}

/** The text at the end of a path, which must be there, of at most so many characters. */
export const needText = (node: XmlNode, path: string, maximum: number): string => {
  const found = need(node, path)
  const text = found.text.trim()
  if (text === "" || text.length > maximum) throw new FieldProblem(found, `expected 1 to ${maximum} characters`)
  return text
}

/** The amount that an element states, zero or more, in the currency of its attribute. */
export const moneyIn = (node: XmlNode): Money.Money => {
  const currency = node.attributes.get("Ccy")
  if (currency === undefined) throw new FieldProblem(node, "expected the attribute Ccy")
  const [, whole = "", decimals = ""] = /^\s*\+?(\d{0,18})(?:\.(\d{0,18}))?\s*$/u.exec(node.text) ?? []
  if (whole === "" && decimals === "") throw new FieldProblem(node, "expected an amount such as 1250.00")
  // Zeros behind the decimals of the currency say nothing; anything else there is no amount of the currency.
  const significant = decimals.replace(/0+$/u, "")
  const money = Money.fromDecimal(`${whole || "0"}${significant === "" ? "" : `.${significant}`}`, currency)
  if (!(money instanceof Error)) return money
  const isCurrency = money._tag === "UnknownCurrency"
  throw new FieldProblem(
    node,
    isCurrency ? "expected a known currency" : "expected no more decimals than the currency has"
  )
}

/** Whether the element's `CdtDbtInd` says credit. */
export const isCredit = (node: XmlNode): boolean => {
  const found = need(node, "CdtDbtInd")
  const text = found.text.trim()
  if (text !== "CRDT" && text !== "DBIT") throw new FieldProblem(found, "expected CRDT or DBIT")
  return text === "CRDT"
}

/** The element's `Amt`, above zero for a credit and below for a debit. */
export const signedAmount = (node: XmlNode): Money.Money => {
  const money = moneyIn(need(node, "Amt"))
  return isCredit(node) ? money : Money.negate(money)
}

/** Whether an element says true, which XML also writes as 1; false where it is missing. */
export const isTrue = (node: XmlNode, path: string): boolean => {
  const found = find(node, path)
  const text = found?.text.trim() ?? "false"
  if (found !== undefined && !["true", "false", "1", "0"].includes(text)) {
    throw new FieldProblem(found, "expected true or false")
  }
  return text === "true" || text === "1"
}

/** The date of an element that holds `Dt`, or `DtTm`, of which the date is taken as it is written; null where it is missing. */
export const dateIn = (node: XmlNode | undefined): LocalDate.LocalDate | null => {
  if (node === undefined) return null
  const found = find(node, "Dt") ?? need(node, "DtTm")
  // A date may carry a time zone, as in 2026-03-10Z or 2026-03-10+01:00.
  const date = LocalDate.parse(found.text.trim().slice(0, 10))
  if (date instanceof Error) throw new FieldProblem(found, "expected a date such as 2026-03-10")
  return date
}
