/**
 * Everything that the page asks of the server, and nothing else: each function is one endpoint, typed by the contract.
 */
import type { AccountsApi } from "@saldo/http/api/AccountsApi"
import type { AuditApi } from "@saldo/http/api/AuditApi"
import type { AuthApi } from "@saldo/http/api/AuthApi"
import type { LedgerApi } from "@saldo/http/api/LedgerApi"
import type { CollectionEvent, MarketApi } from "@saldo/http/api/MarketApi"
import type { PaymentsApi } from "@saldo/http/api/PaymentsApi"
import type { SystemApi } from "@saldo/http/api/SystemApi"
import type { TransactionsApi } from "@saldo/http/api/TransactionsApi"
import { readEvents } from "./events.ts"
import { request, type RequestParts, respond } from "./request.ts"
import type { AnswerOf, BodyOf, MoneyText, Wire } from "./wire.ts"

type Accounts<Name extends string> = AnswerOf<typeof AccountsApi, Name>
type Ledger<Name extends string> = AnswerOf<typeof LedgerApi, Name>
type Market<Name extends string> = AnswerOf<typeof MarketApi, Name>
type Payments<Name extends string> = AnswerOf<typeof PaymentsApi, Name>

/** Who is signed in, with what that one may do; name and address are null of somebody who was deleted. */
export type Me = AnswerOf<typeof AuthApi, "me">

/** An account of a customer. */
export type Account = Accounts<"find">

/** What an account has. */
export type Balance = Accounts<"balance">

/** The lines of some days. */
export type Statement = Accounts<"statement">

/** A payment to another bank. */
export type Payment = Payments<"find">

/** A consent that is waited for. */
export type Approval = Payments<"approvals">["items"][number]

/** What is ordered with a payment. */
export type PaymentOrder = BodyOf<typeof PaymentsApi, "create">

/** What is moved within the bank. */
export type Transfer = BodyOf<typeof TransactionsApi, "transfer">

/** An entry of the journal. */
export type Entry = Ledger<"entry">

/** An account of the ledger. */
export type LedgerAccount = Ledger<"account">

/** Every account of the ledger with its sum. */
export type TrialBalance = Ledger<"trialBalance">

/** A listing and since when it is known. */
export type StoredListing = Market<"list">["items"][number]

/** A version of a listing. */
export type ListingVersion = Market<"history">[number]

/** What there is to say about listings. */
export type Statistics = Market<"statistics">

/** A record of the trail. */
export type AuditRecord = AnswerOf<typeof AuditApi, "query">["items"][number]

/** What a collection tells while it goes on. */
export type Progress = Wire<CollectionEvent>

type Query = NonNullable<RequestParts["query"]>

const id = encodeURIComponent

const get =
  <A>(path: string) =>
  (signal?: AbortSignal): Promise<A> =>
    request<A>("GET", path, { signal })

const list =
  <A>(path: string) =>
  (query: Query = {}, signal?: AbortSignal): Promise<A> =>
    request<A>("GET", path, { query, signal })

const of =
  <A>(path: (of: string) => string) =>
  (name: string, signal?: AbortSignal): Promise<A> =>
    request<A>("GET", path(id(name)), { signal })

const textOf =
  (path: string) =>
  async (signal?: AbortSignal): Promise<string> => {
    const response = await respond("GET", path, { signal })
    return response.text()
  }

/** Who is signed in. */
export const me = get<Me>("/api/auth/me")

/** Accounts and the money on them. */
export const accounts = {
  list: list<Accounts<"list">>("/api/v1/accounts"),
  find: of<Account>((account) => `/api/v1/accounts/${account}`),
  balance: of<Balance>((account) => `/api/v1/accounts/${account}/balance`),
  statement: (account: string, days: { readonly start: string; readonly end: string }, signal?: AbortSignal) =>
    request<Statement>("GET", `/api/v1/accounts/${id(account)}/statement`, { query: days, signal }),
  quote: (account: string, event: string, { amount, currency }: MoneyText, signal?: AbortSignal) =>
    request<Accounts<"quote">>("GET", `/api/v1/accounts/${id(account)}/quote`, {
      query: { event, amount: `${amount} ${currency}` },
      signal
    }),
  transfer: (body: Transfer, key: string) =>
    request<AnswerOf<typeof TransactionsApi, "transfer">>("POST", "/api/v1/transactions/transfers", { body, key })
}

/** Payments and the consent to them. */
export const payments = {
  list: list<Payments<"list">>("/api/v1/payments"),
  find: of<Payment>((payment) => `/api/v1/payments/${payment}`),
  approvals: list<Payments<"approvals">>("/api/v1/payment-approvals"),
  create: (body: PaymentOrder, key: string) => request<Payment>("POST", "/api/v1/payments", { body, key }),
  decide: (payment: Pick<Payment, "id" | "version">, body: BodyOf<typeof PaymentsApi, "decide">, key: string) =>
    request<Payment>("POST", `/api/v1/payments/${id(payment.id)}/decision`, { body, key, version: payment.version }),
  cancel: (payment: Pick<Payment, "id" | "version">, key: string) =>
    request<Payment>("POST", `/api/v1/payments/${id(payment.id)}/cancellation`, { key, version: payment.version })
}

/** The books. */
export const ledger = {
  trialBalance: list<TrialBalance>("/api/v1/ledger/trial-balance"),
  entries: list<Ledger<"entries">>("/api/v1/ledger/entries"),
  entry: of<Entry>((entry) => `/api/v1/ledger/entries/${entry}`),
  account: of<LedgerAccount>((account) => `/api/v1/ledger/accounts/${account}`),
  balance: of<Ledger<"balance">>((account) => `/api/v1/ledger/accounts/${account}/balance`),
  lines: (account: string, query: Query, signal?: AbortSignal) =>
    request<Ledger<"lines">>("GET", `/api/v1/ledger/accounts/${id(account)}/lines`, { query, signal }),
  verify: get<Ledger<"verify">>("/api/v1/ledger/verification")
}

/** Loans that others offer. */
export const market = {
  list: list<Market<"list">>("/api/v1/market/listings"),
  statistics: list<Statistics>("/api/v1/market/statistics"),
  find: (platform: string, loanId: string, signal?: AbortSignal) =>
    request<Market<"find">>("GET", `/api/v1/market/listings/${id(platform)}/${id(loanId)}`, { signal }),
  history: (platform: string, loanId: string, signal?: AbortSignal) =>
    request<Market<"history">>("GET", `/api/v1/market/listings/${id(platform)}/${id(loanId)}/history`, { signal }),
  collect: async (
    body: BodyOf<typeof MarketApi, "collect">,
    parts: { readonly key: string; readonly signal: AbortSignal },
    onEvent: (event: Progress) => void
  ) =>
    readEvents(await respond("POST", "/api/v1/market/collections", { body, ...parts }), (event) =>
      onEvent(event as Progress)
    )
}

/** The trail of what was done. */
export const audit = {
  query: list<AnswerOf<typeof AuditApi, "query">>("/api/v1/audit/records"),
  verify: get<AnswerOf<typeof AuditApi, "verify">>("/api/v1/audit/verification")
}

/** The process itself. */
export const system = {
  live: get<AnswerOf<typeof SystemApi, "live">>("/health/live"),
  ready: get<AnswerOf<typeof SystemApi, "ready">>("/health/ready"),
  metrics: textOf("/metrics")
}
