/**
 * Addresses outside that are told of what happens.
 */
import type { WebhooksApi } from "@saldo/http/api/WebhooksApi"
import { request, type RequestParts } from "./request.ts"
import type { AnswerOf, BodyOf } from "./wire.ts"

type Webhooks<Name extends string> = AnswerOf<typeof WebhooksApi, Name>

/** An address, and how far it has been told. */
export type Webhook = Webhooks<"find">

/** An address and the secret that signs what it gets. */
export type WithSecret = Webhooks<"register">

/** What an address is told. */
export type Terms = BodyOf<typeof WebhooksApi, "register">

/** One attempt to tell an address of an event. */
export type Delivery = Webhooks<"deliveries">["items"][number]

type Query = NonNullable<RequestParts["query"]>
type Shown = Webhooks<"pause">

const at = (id: string, ...below: ReadonlyArray<string>): string =>
  ["/api/v1/webhooks", encodeURIComponent(id), ...below].join("/")

/** Lists the addresses. */
export const list = (query: Query, signal?: AbortSignal) =>
  request<Webhooks<"list">>("GET", "/api/v1/webhooks", { query, signal })

/** Shows one. */
export const find = (id: string, signal?: AbortSignal) => request<Webhook>("GET", at(id), { signal })

/** Registers one, and gives the secret that signs what it gets. */
export const register = (body: Terms, key: string) => request<WithSecret>("POST", "/api/v1/webhooks", { body, key })

/** Puts other terms in place of those that it has. */
export const change = ({ id, version }: Pick<Webhook, "id" | "version">, body: Terms, key: string) =>
  request<Shown>("PUT", at(id), { body, key, version })

/** Makes a new secret; the one before goes on signing as well for so many hours. */
export const rotate = (id: string, overlapHours: number, key: string) =>
  request<WithSecret>("POST", at(id, "secret"), { body: { overlapHours }, key })

/** Tells it nothing until it is resumed. */
export const pause = (id: string, key: string) => request<Shown>("POST", at(id, "pause"), { key })

/** Tells it again, from where it stopped. */
export const resume = (id: string, key: string) => request<Shown>("POST", at(id, "resumption"), { key })

/** Passes over the event that it does not take. */
export const skip = (id: string, key: string) => request<Shown>("POST", at(id, "skip"), { key })

/** Removes it and its log. */
export const remove = (id: string, key: string) => request<void>("DELETE", at(id), { key })

/** The attempts, the latest first. */
export const deliveries = (id: string, query: Query, signal?: AbortSignal) =>
  request<Webhooks<"deliveries">>("GET", at(id, "deliveries"), { query, signal })

/** Tells the event of an attempt once more. */
export const redeliver = (id: string, delivery: string, key: string) =>
  request<Delivery>("POST", at(id, "deliveries", encodeURIComponent(delivery), "redelivery"), { key })
