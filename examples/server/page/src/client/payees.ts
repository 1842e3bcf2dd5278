/**
 * Accounts elsewhere that a customer pays to, kept so that they need not be typed again.
 */
import type { CustomersApi } from "@saldo/http/api/CustomersApi"
import { request, type RequestParts } from "./request.ts"
import type { AnswerOf, BodyOf } from "./wire.ts"

type Customers<Name extends string> = AnswerOf<typeof CustomersApi, Name>

/** An account elsewhere that a customer pays to. */
export type Payee = Customers<"findBeneficiary">

/** What is kept of it. */
export type PayeeFile = BodyOf<typeof CustomersApi, "addBeneficiary">

type Query = NonNullable<RequestParts["query"]>

const of = (customerId: string): string => `/api/v1/customers/${encodeURIComponent(customerId)}/beneficiaries`

/** Lists a customer's. */
export const list = (customerId: string, query: Query, signal?: AbortSignal) =>
  request<Customers<"listBeneficiaries">>("GET", of(customerId), { query, signal })

/** Keeps another one. */
export const add = (customerId: string, body: PayeeFile, key: string) =>
  request<Payee>("POST", of(customerId), { body, key })

/** Takes one off the list. */
export const remove = (id: string, key: string) =>
  request<Payee>("DELETE", `/api/v1/customers/beneficiaries/${encodeURIComponent(id)}`, { key })
