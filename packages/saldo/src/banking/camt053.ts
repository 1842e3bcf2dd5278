/**
 * Reads bank statements in ISO 20022 camt.053, versions 001.02 and 001.08, and proves that each adds up.
 */
import * as Result from "effect/Result"
import * as Money from "../money/Money.ts"
import {
  type BankStatement,
  type StatementEntry,
  type StatementEvent,
  type StatementHeader,
  StatementMalformed,
  StatementUnbalanced
} from "./BankStatement.ts"
import { entryOf } from "./camt053Entry.ts"
import { headerOf } from "./camt053Header.ts"
import { FieldProblem } from "./internal/xmlFields.ts"
import { makeXmlReader, pathOf, type XmlNode, type XmlProblem } from "./internal/xmlReader.ts"

/** Why a document was not accepted. */
export type Camt053Failure = StatementMalformed | StatementUnbalanced

/** Takes a document in pieces, and answers each with what it completed. After a failure every answer is that failure. */
export interface Camt053Reader {
  readonly write: (chunk: string | Uint8Array) => Result.Result<ReadonlyArray<StatementEvent>, Camt053Failure>
  readonly end: () => Result.Result<ReadonlyArray<StatementEvent>, Camt053Failure>
}

const namespace = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(02|08)$/u

/** The elements above the records, from the root down. */
const frame = ["Document", "BkToCstmrStmt", "Stmt"]

/** So many balances, interest rates and summaries no bank states; a document that has more is made to fill the memory. */
const headerElements = 10_000

interface Open {
  readonly node: XmlNode
  readonly before: Array<XmlNode>
  header: StatementHeader | undefined
  booked: bigint
  entries: number
  bookedEntries: number
}

/**
 * A reader for one document. Bytes are decoded by the document's own declaration; text is taken as it is. The memory that
 * it takes does not grow with the number of entries.
 */
export const makeCamt053Reader = (): Camt053Reader => {
  let events: Array<StatementEvent> = []
  let open: Open | undefined
  let statements = 0
  let unbalanced: StatementUnbalanced | undefined

  const begin = (statement: Open): StatementHeader => {
    if (statement.header === undefined) {
      statement.header = headerOf(statement.node, statement.before)
      events.push({ _tag: "Opened", header: statement.header })
    }
    return statement.header
  }

  const takeRecord = (statement: Open, record: XmlNode): void => {
    if (record.uri !== statement.node.uri) return
    if (record.name !== "Ntry") {
      if (statement.header !== undefined && record.name === "Bal") {
        throw new FieldProblem(record, "expected balances before the entries")
      }
      if (statement.before.length === headerElements) {
        throw new FieldProblem(record, `expected at most ${headerElements} elements before the entries`)
      }
      if (statement.header === undefined) statement.before.push(record)
      return
    }
    const header = begin(statement)
    const entry = entryOf(record)
    statement.entries++
    if (entry.status === "BOOK") {
      if (entry.amount.currency !== header.closing.amount.currency) {
        throw new FieldProblem(record, "expected the currency of the balances", "Amt")
      }
      statement.booked += entry.amount.amount
      statement.bookedEntries++
    }
    events.push({ _tag: "Entry", entry })
  }

  const close = (statement: Open): void => {
    const { closing, id, opening } = begin(statement)
    const booked = Money.fromMinor(statement.booked, closing.amount.currency)
    const missing = closing.amount.amount - opening.amount.amount - statement.booked
    if (missing === 0n) {
      const { bookedEntries, entries } = statement
      events.push({ _tag: "Closed", totals: { id, entries, bookedEntries, booked } })
    } else {
      unbalanced ??= new StatementUnbalanced({
        statementId: id,
        opening: opening.amount,
        booked,
        closing: closing.amount,
        missing: Money.fromMinor(missing, closing.amount.currency)
      })
    }
  }

  const guarded = (take: () => void): XmlProblem | undefined => {
    try {
      take()
      return undefined
    } catch (cause) {
      if (cause instanceof FieldProblem) return cause.found
      throw cause
    }
  }

  const xml = makeXmlReader({
    isRecord: (node, depth) => depth > 3 || (depth === 3 && node.name !== "Stmt"),
    onOpen: (node, depth) => {
      if (depth === 1 && !namespace.test(node.uri))
        return "expected the namespace of camt.053.001.02 or camt.053.001.08"
      if (node.name !== frame[depth - 1] || node.uri !== (node.parent?.uri ?? node.uri)) {
        return `expected the element ${frame[depth - 1]}`
      }
      if (depth === 3) {
        statements++
        open = { node, before: [], header: undefined, booked: 0n, entries: 0, bookedEntries: 0 }
      }
      return undefined
    },
    onRecord: (node) => {
      const statement = open
      return statement === undefined || node.parent !== statement.node
        ? undefined
        : guarded(() => takeRecord(statement, node))
    },
    onClose: (node, depth) => {
      const statement = open
      if (depth === 3 && statement !== undefined) {
        open = undefined
        return guarded(() => close(statement))
      }
      return depth === 1 && statements === 0
        ? { path: `${pathOf(node)}/BkToCstmrStmt/Stmt`, line: node.line, problem: "expected this element" }
        : undefined
    }
  })

  const answer = (problem: XmlProblem | undefined): Result.Result<ReadonlyArray<StatementEvent>, Camt053Failure> => {
    // A statement that does not add up is told before what is wrong behind it.
    if (unbalanced !== undefined) return Result.fail(unbalanced)
    if (problem !== undefined) return Result.fail(new StatementMalformed({ ...problem }))
    const completed = events
    events = []
    return Result.succeed(completed)
  }

  return { write: (chunk) => answer(xml.write(chunk)), end: () => answer(xml.end()) }
}

/** All statements of a document that is in memory. */
export const parseCamt053 = (
  document: string | Uint8Array
): Result.Result<ReadonlyArray<BankStatement>, Camt053Failure> => {
  const reader = makeCamt053Reader()
  const statements: Array<BankStatement> = []
  let header: StatementHeader | undefined
  let entries: Array<StatementEntry> = []
  for (const result of [() => reader.write(document), reader.end]) {
    const events = result()
    if (Result.isFailure(events)) return Result.fail(events.failure)
    for (const event of events.success) {
      if (event._tag === "Opened") {
        header = event.header
        entries = []
      } else if (event._tag === "Entry") entries.push(event.entry)
      else if (header !== undefined) statements.push({ header, entries, totals: event.totals })
    }
  }
  return Result.succeed(statements)
}
