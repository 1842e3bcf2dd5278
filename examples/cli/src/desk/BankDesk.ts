/**
 * What the commands of `saldo bank` need of a bank, whether it is in a database of one's own or behind a server: the use
 * cases, as far as both have them.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Approval, ApprovalId, ApprovalNotFound } from "saldo/banking/Approval"
import type { Customers as CustomerUseCase } from "saldo/banking/Customers"
import type { DepositAccount } from "saldo/banking/DepositAccount"
import type { DepositAccounts as AccountUseCase } from "saldo/banking/DepositAccounts"
import type { DepositStatements as StatementUseCase } from "saldo/banking/DepositStatements"
import type { DepositTransactions as TransactionUseCase } from "saldo/banking/DepositTransactions"
import type { Payments as PaymentUseCase } from "saldo/banking/Payments"
import type { Actor } from "saldo/core/Actor"
import type { CursorMismatch, InvalidCursor } from "saldo/core/Page"
import type { LocalDate } from "saldo/time/LocalDate"

/** An account as both know it. */
export interface ShownAccount extends Omit<DepositAccount, "tenant" | "accrual"> {
  /** The last day for which interest has been counted. */
  readonly interestThrough: LocalDate
}

/** A value as both know it: without the tenant, which a server says nothing of. */
type Shown<A> = A extends DepositAccount
  ? ShownAccount
  : A extends { readonly items: ReadonlyArray<infer Item>; readonly next: infer Next }
    ? { readonly items: ReadonlyArray<Shown<Item>>; readonly next: Next }
    : A extends { readonly tenant: string }
      ? Omit<A, "tenant">
      : A

type Answer<M> = M extends Effect.Effect<infer A, infer E, infer R> ? Effect.Effect<Shown<A>, E, R> : never

/** Some of a use case's functions, with answers as both give them. */
export type Narrowed<Service, Name extends keyof Service> = {
  readonly [M in Name]: Service[M] extends (...args: infer Given) => infer Result
    ? (...args: Given) => Answer<Result>
    : Answer<Service[M]>
}

/** A customer as both know it. */
export type ShownCustomer = Shown<Effect.Success<ReturnType<CustomerUseCase["Service"]["find"]>>>

/** A payment order as both know it. */
export type ShownPayment = Shown<Effect.Success<ReturnType<PaymentUseCase["Service"]["find"]>>>

/** A consent as both know it. */
export type ShownApproval = Omit<Approval, "tenant">

type CustomerFunctions =
  | "activate"
  | "close"
  | "decide"
  | "erase"
  | "find"
  | "lift"
  | "list"
  | "register"
  | "restrict"
  | "submitDocuments"
  | "verify"

/**
 * The customers of a bank.
 *
 * @effect-expect-leaking Actor
 */
export class Customers extends Context.Service<Customers, Narrowed<CustomerUseCase["Service"], CustomerFunctions>>()(
  "saldo-cli/desk/Customers"
) {}

/**
 * The deposit accounts of a bank.
 *
 * @effect-expect-leaking Actor
 */
export class DepositAccounts extends Context.Service<
  DepositAccounts,
  Narrowed<AccountUseCase["Service"], "balance" | "block" | "close" | "find" | "list" | "open" | "unblock">
>()("saldo-cli/desk/DepositAccounts") {}

/**
 * Money in and out of deposit accounts.
 *
 * @effect-expect-leaking Actor
 */
export class DepositTransactions extends Context.Service<
  DepositTransactions,
  Narrowed<TransactionUseCase["Service"], "announce" | "deposit" | "transfer" | "withdraw">
>()("saldo-cli/desk/DepositTransactions") {}

/**
 * What was booked on deposit accounts.
 *
 * @effect-expect-leaking Actor
 */
export class DepositStatements extends Context.Service<
  DepositStatements,
  Narrowed<StatementUseCase["Service"], "statement">
>()("saldo-cli/desk/DepositStatements") {}

/**
 * Payments to other banks.
 *
 * @effect-expect-leaking Actor
 */
export class Payments extends Context.Service<
  Payments,
  Narrowed<PaymentUseCase["Service"], "cancel" | "create" | "decide" | "find" | "list">
>()("saldo-cli/desk/Payments") {}

/**
 * The consent to payments.
 *
 * @effect-expect-leaking Actor
 */
export class Approvals extends Context.Service<
  Approvals,
  {
    /** How a consent stands; null when a server no longer tells of it. */
    readonly find: (
      id: ApprovalId
    ) => Effect.Effect<ShownApproval | null, ApprovalNotFound | InvalidCursor | CursorMismatch, Actor>
  }
>()("saldo-cli/desk/Approvals") {}

/** The bank's calendar. */
export class Today extends Context.Service<Today, Effect.Effect<LocalDate>>()("saldo-cli/desk/Today") {}
