/**
 * Standing orders and payment files, without Effect.
 */
import type * as Files from "../../banking/PaymentFile.ts"
import type { ExportedFile as Exported, PaymentFileWish as FileWish } from "../../banking/PaymentFiles.ts"
import type * as Model from "../../banking/PaymentPlan.ts"
import type * as Act from "../../banking/PaymentPlans.ts"
import type * as Store from "../../banking/PaymentPlanStore.ts"
import type * as Work from "../../banking/internal/paymentPlanWork.ts"
import type * as Schedules from "../../banking/PaymentSchedule.ts"
import type { PaymentCreditor, PaymentDecision } from "./bankPayments.ts"
import type { CallOptions, Days, Keyed, Page, PageOptions } from "./callOptions.ts"
import type { ExternalAccountGiven } from "./externalAccount.ts"
import type { Given, Plain } from "./plain.ts"

/** A standing order. */
export type PaymentPlan = Plain<Model.PaymentPlan>
/** What came of one payment of a plan: an order, or why there is none. */
export type PlannedPayment = Plain<Model.PlannedPayment>
/** When a payment is made, again and again. */
export type PaymentSchedule = Plain<Schedules.PaymentSchedule>
/** One payment of a schedule. */
export type PaymentOccurrence = Plain<Schedules.Occurrence>
/** Which payments of a plan are left out from now on. */
export type Replanning = Plain<Act.Replanning>
/** Which plans to give. */
export type PlanFilter = Plain<Store.PaymentPlanFilter>
/** What one round of the plans' worker did. */
export type PlanRound = Plain<Work.PlanRound>
/** Which orders to hand over. */
export type PaymentFileWish = Plain<FileWish>
/** A payment file; its text is a `Secret`, as it holds names and account numbers. */
export type PaymentFile = Plain<Files.PaymentFile>
/** A file just handed over, and the orders that no file can hold. */
export type ExportedFile = Plain<Exported>

/** What is paid each time, and when. */
export interface PlanGiven extends Omit<Keyed<Plain<Model.PaymentPlanTerms>>, "creditor"> {
  readonly creditor: PaymentCreditor
}

/** Who pays, and from which account in the bank that takes the file. */
export interface PaymentDebtor extends Omit<Given<Files.PaymentDebtor>, "account"> {
  readonly account: ExternalAccountGiven
}

/** How payment files are written. */
export interface PaymentFileOptions {
  /** From which account in another bank the payments of a deposit account leave; undefined for one that has none. */
  readonly debtorOf: (payer: {
    readonly tenant: string
    readonly accountId: string
  }) => PaymentDebtor | undefined | Promise<PaymentDebtor | undefined>
  /** Which characters the bank takes; those of SEPA when left out. */
  readonly characters?: "sepa" | "latin-1"
  /** The most payments in one file; 1,000 when left out. */
  readonly maximum?: number
}

/**
 * Standing orders, which order the same payment again and again. Reject with the refusal, such as `PaymentPlanNotFound`,
 * `PaymentPlanUnfit` or `ScheduleBeyondCalendar`, or as payments do.
 */
export interface PaymentPlans {
  readonly create: (terms: PlanGiven, options?: CallOptions) => Promise<PaymentPlan>
  /** Approves or declines as the second person, once for all payments of the plan. */
  readonly decide: (decision: PaymentDecision, options?: CallOptions) => Promise<PaymentPlan>
  /** Leaves out other payments than before. */
  readonly change: (replanning: Keyed<Replanning>, options?: CallOptions) => Promise<PaymentPlan>
  readonly cancel: (
    cancellation: { readonly key: string; readonly id: string },
    options?: CallOptions
  ) => Promise<PaymentPlan>
  readonly find: (id: string, options?: CallOptions) => Promise<PaymentPlan>
  readonly list: (filter?: PlanFilter, options?: PageOptions) => Promise<Page<PaymentPlan>>
  /** What came of its payments so far, the last one first. */
  readonly payments: (id: string, options?: PageOptions) => Promise<Page<PlannedPayment>>
  /** Its payments that fall due from `start` up to `end`, which is not included. */
  readonly upcoming: (id: string, days: Days, options?: CallOptions) => Promise<ReadonlyArray<PaymentOccurrence>>
  /** One round: orders what is due, and ends approvals. It also happens by itself every minute. */
  readonly work: (limit?: number, options?: CallOptions) => Promise<PlanRound>
}

/**
 * Payments that leave in files, in pain.001, for a bank that takes those. What becomes of them comes from the bank, through
 * `payments.hear`. Reject with `PaymentDebtorUnknown` for an account of which `files.debtorOf` knows nothing.
 */
export interface PaymentFiles {
  /** Hands over the approved orders of an account up to a day, once. Rejects with `PaymentFileEmpty` when there is none. */
  readonly export: (wish: Keyed<PaymentFileWish>, options?: CallOptions) => Promise<ExportedFile>
  /** A file as it was handed over, byte for byte. Rejects with `PaymentFileNotFound` or `PaymentFileChanged`. */
  readonly find: (messageId: string, options?: CallOptions) => Promise<PaymentFile>
}
