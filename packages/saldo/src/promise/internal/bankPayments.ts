/**
 * Payments to other banks and the consent of second persons, without Effect.
 */
import type * as Consent from "../../banking/Approval.ts"
import type * as Order from "../../banking/PaymentOrder.ts"
import type * as Store from "../../banking/PaymentOrderStore.ts"
import type * as Act from "../../banking/Payments.ts"
import type * as Rails from "../../banking/RailEvent.ts"
import type { CallOptions, Keyed, Page, PageOptions } from "./callOptions.ts"
import type { ExternalAccountGiven } from "./externalAccount.ts"
import type { Plain } from "./plain.ts"
import type { RailEvent } from "./rail.ts"

/** A payment order. */
export type PaymentOrder = Plain<Order.PaymentOrder>
/** Which payment orders to give. */
export type PaymentFilter = Plain<Store.PaymentOrderFilter>
/** What one round of a worker did. */
export type PaymentRound = Plain<Act.PaymentRound>
/** What a rail told about a payment that we know nothing of. */
export type StrayEvent = Plain<Rails.StrayEvent>
/** What the second person says to a payment. */
export interface PaymentDecision {
  readonly key: string
  readonly id: string
  readonly approve: boolean
  readonly comment: string | null
}
/** What somebody says to an approval that waits. */
export type ApprovalVerdict = Plain<Consent.ApprovalVerdict>
/** What to ask consent to, and how long others have to decide. */
export interface ApprovalRequest {
  readonly subject: Plain<Consent.ApprovalSubject>
  readonly withinMs: number
}
/** A consent that is asked for, given or refused. */
export type Approval = Plain<Consent.Approval>

/** Who is paid. */
export interface PaymentCreditor {
  /** 1 to 70 characters. */
  readonly name: string
  readonly account: ExternalAccountGiven
}

/** A payment to be ordered; executed today when no day is given. */
export interface PaymentGiven extends Omit<Keyed<Plain<Act.PaymentWish>>, "creditor"> {
  readonly creditor: PaymentCreditor
}

/**
 * Payments to other banks. Reject with the refusal, such as `PayerNotFound`, `PaymentLimitExceeded` or
 * `InsufficientFunds`, or with `IdempotencyMismatch`, `CommandInProgress`, `AccountNumberInvalid`, `InputInvalid` or
 * `NotPermitted`.
 */
export interface Payments {
  readonly create: (wish: PaymentGiven, options?: CallOptions) => Promise<PaymentOrder>
  /** Approves or declines as the second person. Rejects with `ApprovalByRequester` for the one who ordered. */
  readonly decide: (decision: PaymentDecision, options?: CallOptions) => Promise<PaymentOrder>
  /** Takes an order back, until it is sent. */
  readonly cancel: (
    cancellation: { readonly key: string; readonly id: string },
    options?: CallOptions
  ) => Promise<PaymentOrder>
  readonly find: (id: string, options?: CallOptions) => Promise<PaymentOrder>
  readonly list: (filter?: PaymentFilter, options?: PageOptions) => Promise<Page<PaymentOrder>>
  /** Takes in what a rail told in another way than by its events, and says whether it was about an order of the tenant. */
  readonly hear: (rail: string, event: RailEvent, options?: CallOptions) => Promise<boolean>
  /** What the rail told about payments that we know nothing of. */
  readonly strays: (options?: CallOptions) => Promise<ReadonlyArray<StrayEvent>>
  /** One round: hears the rail, asks it, sends what is due. It also happens by itself every second. Rejects with `RailMissing` where payments leave over a rail and this process has none. */
  readonly work: (limit?: number, options?: CallOptions) => Promise<PaymentRound>
}

/**
 * Consent by a second person, to anything of the host's own. What the bank itself asks consent to, such as payments, is
 * decided where it belongs, and only shown here.
 */
export interface Approvals {
  readonly request: (request: ApprovalRequest, options?: CallOptions) => Promise<Approval>
  /** Rejects with `ApprovalByRequester`, `ApprovalEnded` or `ApprovalNotFound`. */
  readonly decide: (id: string, verdict: ApprovalVerdict, options?: CallOptions) => Promise<Approval>
  /** Ends one that waits because nobody wants it any more: for whoever asked, and those who may decide. */
  readonly withdraw: (id: string, options?: CallOptions) => Promise<Approval>
  /** Those that wait in the tenant, oldest first. */
  readonly waiting: (subjectType: string, options?: PageOptions) => Promise<Page<Approval>>
  /** For whoever asked, and those who may decide. */
  readonly find: (id: string, options?: CallOptions) => Promise<Approval>
  /** Ends those of all tenants whose time has run out, and says how many. */
  readonly expireOverdue: (subjectType: string, limit?: number, options?: CallOptions) => Promise<number>
}
