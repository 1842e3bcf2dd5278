/**
 * What a bank says happened on an account: balances, entries, and the single payments inside an entry. The shape follows
 * ISO 20022 camt.053; what the bank left out is `null`. Amounts are signed: credits above zero, debits below.
 */
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Money } from "../money/Money.ts"
import { MoneySchema } from "../money/MoneySchema.ts"
import type { LocalDate } from "../time/LocalDate.ts"

/** An account as the bank names it, right or wrong: the number is not checked. */
export interface StatedAccount {
  /** `IBAN`, or the scheme that the bank gives, such as `BBAN` or `BGNR`; null when it gives none. */
  readonly scheme: string | null
  readonly number: Redacted.Redacted
}

/** A balance, by its code: `OPBD` opening booked, `CLBD` closing booked, `PRCD` closing booked of the statement before. */
export interface StatementBalance {
  readonly type: string
  /** Such as `INTM` for a page of a longer statement. */
  readonly subType: string | null
  readonly amount: Money
  readonly on: LocalDate | null
}

/** What a statement says before its entries. */
export interface StatementHeader {
  readonly id: string
  /** Counts the statements of the account, as text because banks differ in how they count. */
  readonly sequenceNumber: string | null
  /** An ISO 8601 date and time as written, often without a zone. */
  readonly createdAt: string | null
  readonly account: StatedAccount
  readonly ownerName: string | null
  readonly servicerBic: string | null
  readonly balances: ReadonlyArray<StatementBalance>
  /** `OPBD`, or else `PRCD`. */
  readonly opening: StatementBalance
  readonly closing: StatementBalance
}

/** What the bank took for its work, as it says. Below zero when the customer pays it. */
export interface StatementCharge {
  readonly amount: Money
  /** Whether the entry's amount has it in it; null when the bank does not say. */
  readonly included: boolean | null
  readonly type: string | null
}

/** What a payer wrote to the receiver. */
export interface Remittance {
  readonly unstructured: ReadonlyArray<string>
  readonly structured: ReadonlyArray<{ readonly type: string | null; readonly reference: string }>
}

/** One payment inside an entry. */
export interface EntryDetail {
  /** What the payer gave; null also for the word NOTPROVIDED. */
  readonly endToEndId: string | null
  readonly instructionId: string | null
  readonly messageId: string | null
  readonly paymentInformationId: string | null
  readonly transactionId: string | null
  readonly uetr: string | null
  readonly servicerReference: string | null
  readonly amount: Money | null
  /** Who paid, for a credit; who was paid, for a debit; the other way round for a reversal. */
  readonly counterpartyName: string | null
  readonly counterpartyAccount: StatedAccount | null
  readonly remittance: Remittance
  readonly charges: ReadonlyArray<StatementCharge>
  /** Why a payment came back, such as `AC04`. */
  readonly returnReason: string | null
}

/** What an entry sums up, when it is a batch. */
export interface EntryBatch {
  readonly messageId: string | null
  readonly paymentInformationId: string | null
  readonly count: number | null
  readonly total: Money | null
}

/** One line of a statement. */
export interface StatementEntry {
  /** Its number in the statement, from 1. */
  readonly position: number
  readonly reference: string | null
  readonly amount: Money
  /** Whether it takes back an earlier entry. `amount` says what it does itself: the reversal of a debit is a credit. */
  readonly reversal: boolean
  /** `BOOK` counts in the balances; `PDNG`, `INFO` and `FUTR` do not. */
  readonly status: "BOOK" | "PDNG" | "INFO" | "FUTR"
  readonly bookedOn: LocalDate | null
  readonly valueOn: LocalDate | null
  readonly servicerReference: string | null
  /** Domain, family and sub-family, such as `PMNT/RCDT/ESCT`, or the bank's own code. */
  readonly transactionCode: string | null
  readonly additionalInformation: string | null
  readonly charges: ReadonlyArray<StatementCharge>
  readonly batch: EntryBatch | null
  readonly details: ReadonlyArray<EntryDetail>
}

/** What the booked entries of a statement come to. */
export interface StatementTotals {
  readonly id: string
  readonly entries: number
  readonly bookedEntries: number
  readonly booked: Money
}

/** A whole statement, which adds up: opening balance and booked entries give the closing balance. */
export interface BankStatement {
  readonly header: StatementHeader
  readonly entries: ReadonlyArray<StatementEntry>
  readonly totals: StatementTotals
}

/** A step of reading a statement piece by piece. `Closed` comes only when it adds up. */
export type StatementEvent =
  | { readonly _tag: "Opened"; readonly header: StatementHeader }
  | { readonly _tag: "Entry"; readonly entry: StatementEntry }
  | { readonly _tag: "Closed"; readonly totals: StatementTotals }

/** A document that is no statement: not XML, not safe, or not of the form. Never quotes what the document says. */
export class StatementMalformed extends Schema.TaggedError<StatementMalformed>()(
  "StatementMalformed",
  {
    /** The element at fault, such as `/Document/BkToCstmrStmt/Stmt/Ntry[3]/Amt`. */
    path: Schema.String,
    /** Counts from 1. */
    line: Schema.Int,
    problem: Schema.String
  },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    return `The bank statement cannot be read: ${this.problem}, at ${this.path} on line ${this.line}`
  }
}

/** A statement whose opening balance and booked entries do not give its closing balance. */
export class StatementUnbalanced extends Schema.TaggedError<StatementUnbalanced>()(
  "StatementUnbalanced",
  {
    statementId: Schema.String,
    opening: MoneySchema,
    booked: MoneySchema,
    closing: MoneySchema,
    /** What the entries lack: closing less opening less booked. */
    missing: MoneySchema
  },
  { httpApiStatus: 422 }
) {
  override get message(): string {
    const [opening, booked, closing, missing] = [this.opening, this.booked, this.closing, this.missing].map(String)
    return `Statement ${this.statementId} does not add up: ${opening} and entries of ${booked} are not ${closing}, ${missing} is missing`
  }
}
