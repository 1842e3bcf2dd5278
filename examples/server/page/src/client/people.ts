/**
 * The users, as those see them who look after them.
 */
import type { UsersApi } from "@saldo/http/api/UsersApi"
import { request, type RequestParts } from "./request.ts"
import type { AnswerOf, BodyOf } from "./wire.ts"

type Users<Name extends string> = AnswerOf<typeof UsersApi, Name>

/** A user; name and address are null of one that was deleted. */
export type User = Users<"find">

type Query = NonNullable<RequestParts["query"]>

const at = (id: string, ...below: ReadonlyArray<string>): string =>
  ["/api/v1/users", encodeURIComponent(id), ...below].join("/")

/** Lists users. */
export const list = (query: Query, signal?: AbortSignal) =>
  request<Users<"list">>("GET", "/api/v1/users", { query, signal })

/** Shows a user. */
export const find = (id: string, signal?: AbortSignal) => request<User>("GET", at(id), { signal })

/** Invites somebody, who chooses a password by the link in a mail. */
export const invite = (body: BodyOf<typeof UsersApi, "invite">, key: string) =>
  request<User>("POST", "/api/v1/users", { body, key })

/** Gives a user these roles and no others. */
export const setRoles = (id: string, roles: ReadonlyArray<string>, key: string) =>
  request<User>("PUT", at(id, "roles"), { body: { roles }, key })

/** Says whose data the user's acts concern. */
export const setParty = (id: string, party: string | null, key: string) =>
  request<User>("PUT", at(id, "party"), { body: { party }, key })

/** Keeps a user from signing in, and ends its sessions. */
export const lock = (id: string, key: string) => request<User>("PUT", at(id, "lock"), { key })

/** Lets a locked user sign in again. */
export const unlock = (id: string, key: string) => request<User>("DELETE", at(id, "lock"), { key })

/** The sessions of a user, the latest first. */
export const sessions = (id: string, query: Query, signal?: AbortSignal) =>
  request<Users<"sessionsOf">>("GET", at(id, "sessions"), { query, signal })

/** Ends all sessions of a user. */
export const endSessions = (id: string, key: string) => request<void>("DELETE", at(id, "sessions"), { key })

/** The keys of a user, the latest first. */
export const apiKeys = (id: string, query: Query, signal?: AbortSignal) =>
  request<Users<"apiKeysOf">>("GET", at(id, "api-keys"), { query, signal })
