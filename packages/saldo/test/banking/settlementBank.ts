/**
 * A bank with an account at another bank, and that bank's statements, for tests of reconciliation.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { AuditStore } from "saldo/audit/AuditStore"
import * as BankAccess from "saldo/banking/BankAccess"
import { BankBooks } from "saldo/banking/BankBooks"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import type { DepositAccountStore } from "saldo/banking/DepositAccountStore"
import { LastingData } from "saldo/banking/LastingData"
import { PaymentOrderStore } from "saldo/banking/PaymentOrderStore"
import type { ReconciliationOptions } from "saldo/banking/Reconciliation"
import { ReconciliationStore } from "saldo/banking/ReconciliationStore"
import { StatementReconciliation } from "saldo/banking/StatementReconciliation"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import { as, Identity, system } from "saldo/core/Actor"
import type { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { IdempotencyStore } from "saldo/core/IdempotencyStore"
import { Ledger } from "saldo/ledger/Ledger"
import type { LedgerStore } from "saldo/ledger/LedgerStore"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { ring } from "./customerBank.ts"
import { bankOn, key, memory, officer, sek, tenant } from "./depositBank.ts"

export const iban = "SE45 5000 0000 0583 9825 7466"

export type SettlementStores =
  | AuditStore
  | Atomic
  | DataKeyStore
  | DepositAccountStore
  | IdempotencyStore
  | LedgerStore
  | PaymentOrderStore
  | ReconciliationStore

export const memoryStores: Layer.Layer<SettlementStores> = Layer.mergeAll(
  memory,
  DataKeyStore.layerMemory,
  PaymentOrderStore.layerMemory,
  ReconciliationStore.layerMemory
)

/** The bank over stores. */
export const settlingBank = <E>(stores: Layer.Layer<SettlementStores, E>, options: ReconciliationOptions = {}) =>
  StatementReconciliation.layerWith(options).pipe(
    Layer.provideMerge(LastingData.layer),
    Layer.provide(WrappingKeys.layer(ring)),
    Layer.provideMerge(bankOn(stores))
  )

/** The other parties and texts of one payment, as a statement or an entry names them. */
export interface About {
  readonly reference?: string
  readonly endToEndId?: string
  readonly counterparty?: string
}

/** A line of a statement, by amount in decimals with a minus for what left the account. */
export interface Line extends About {
  readonly amount: string
  readonly on?: string
  readonly status?: "BOOK" | "PDNG"
  readonly message?: string
  /** The single payments that it sums up. */
  readonly parts?: ReadonlyArray<About & { readonly amount?: string }>
}

export interface Written {
  readonly id: string
  readonly opening: string
  readonly lines: ReadonlyArray<Line>
  readonly on?: string
  readonly number?: string
  readonly currency?: string
  readonly createdAt?: string
  readonly sequenceNumber?: string
  /** What the lines come to, when left out. */
  readonly closing?: string
}

const signed = (amount: string, currency: string): string =>
  `<Amt Ccy="${currency}">${amount.replace(/^-/u, "")}</Amt><CdtDbtInd>${amount.startsWith("-") ? "DBIT" : "CRDT"}</CdtDbtInd>`

const balance = (type: string, amount: string, on: string, currency: string): string =>
  `<Bal><Tp><CdOrPrtry><Cd>${type}</Cd></CdOrPrtry></Tp>${signed(amount, currency)}<Dt><Dt>${on}</Dt></Dt></Bal>`

const payment = (about: About & Partial<Pick<Line, "amount" | "message">>, currency: string): string => {
  const { amount, counterparty, endToEndId, message, reference } = about
  const side = amount?.startsWith("-") === true ? "Cdtr" : "Dbtr"
  const remittance = [
    message === undefined ? "" : `<Ustrd>${message}</Ustrd>`,
    reference === undefined ? "" : `<Strd><CdtrRefInf><Ref>${reference}</Ref></CdtrRefInf></Strd>`
  ].join("")
  return [
    "<TxDtls>",
    `<Refs><EndToEndId>${endToEndId ?? "NOTPROVIDED"}</EndToEndId></Refs>`,
    amount === undefined ? "" : signed(amount, currency),
    counterparty === undefined
      ? ""
      : `<RltdPties><${side}><Pty><Nm>${counterparty}</Nm></Pty></${side}>` +
        `<${side}Acct><Id><IBAN>NO9386011117947</IBAN></Id></${side}Acct></RltdPties>`,
    remittance === "" ? "" : `<RmtInf>${remittance}</RmtInf>`,
    "</TxDtls>"
  ].join("")
}

/** One statement of a camt.053 document. */
const statementOf = (written: Written): string => {
  const { closing, createdAt = "2026-03-10T20:00:00", currency = "SEK", id, lines, number = iban, opening } = written
  const on = written.on ?? "2026-03-10"
  const booked = lines
    .filter(({ status = "BOOK" }) => status === "BOOK")
    .map(({ amount }) => Money.of(amount, currency))
  const sum = booked.reduce((total, { amount }) => total + amount, Money.of(opening, currency).amount)
  return [
    `<Stmt><Id>${id}</Id>`,
    written.sequenceNumber === undefined ? "" : `<ElctrncSeqNb>${written.sequenceNumber}</ElctrncSeqNb>`,
    `<CreDtTm>${createdAt}</CreDtTm>`,
    `<Acct><Id><IBAN>${number.replaceAll(" ", "")}</IBAN></Id></Acct>`,
    balance("OPBD", opening, on, currency),
    balance("CLBD", closing ?? Money.toDecimal(Money.fromMinor(sum, currency)), on, currency),
    ...lines.map(
      (line) =>
        `<Ntry>${signed(line.amount, currency)}<Sts><Cd>${line.status ?? "BOOK"}</Cd></Sts>` +
        `<BookgDt><Dt>${line.on ?? on}</Dt></BookgDt><NtryDtls>` +
        `${(line.parts ?? [line]).map((part) => payment(part, currency)).join("")}</NtryDtls></Ntry>`
    ),
    "</Stmt>"
  ].join("")
}

/** A camt.053 document of statements. */
export const camt053 = (...statements: ReadonlyArray<Written>): string =>
  `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr/>${statements
    .map(statementOf)
    .join("")}</BkToCstmrStmt></Document>`

/** Somebody who reconciles, and does nothing else. */
export const clerk = new Identity({
  kind: "user",
  tenant,
  id: "clerk",
  roles: [],
  permissions: [BankAccess.readPermission, BankAccess.anyCustomerPermission, BankAccess.reconcilePermission]
})

/** The account in kronor, registered. */
export const registered = Effect.gen(function* () {
  const reconciliation = yield* StatementReconciliation
  return yield* reconciliation.register({ key: key("register"), currency: "SEK", number: Redacted.make(iban) })
}).pipe(as(officer))

/** Imports statements as the clerk. */
export const importing = (...statements: ReadonlyArray<Written>) =>
  StatementReconciliation.use((reconciliation) => reconciliation.import(camt053(...statements))).pipe(as(clerk))

/** Books what another bank will do, or has done, to the settlement account, against cash. */
export const booked = Effect.fnUntraced(
  function* (amount: string, about: About & { readonly on?: string } = {}) {
    const books = yield* BankBooks
    const [settlement, cash] = [
      yield* books.account(tenant, "settlement", "SEK"),
      yield* books.account(tenant, "cash", "SEK")
    ]
    const { on, ...named } = about
    const money = sek(amount)
    const [debit, credit] = money.amount < 0n ? [cash, settlement] : [settlement, cash]
    const entry = yield* Ledger.use((ledger) =>
      Effect.flatMap(Id.make("key"), (name) =>
        ledger.post({
          key: key(name),
          postings: [
            { accountId: debit.id, side: "debit", amount: Money.abs(money) },
            { accountId: credit.id, side: "credit", amount: Money.abs(money) }
          ],
          metadata: { ...named },
          ...(on === undefined ? {} : { valueOn: LocalDate.of(on) })
        })
      )
    )
    return entry
  },
  as(system(tenant))
)
