/**
 * What somebody asks about itself: profile, password, second factor, sessions and keys.
 */
import type { ApiKeysApi } from "@saldo/http/api/ApiKeysApi"
import type { AuthApi } from "@saldo/http/api/AuthApi"
import type { UsersApi } from "@saldo/http/api/UsersApi"
import { request, type RequestParts } from "./request.ts"
import type { AnswerOf, BodyOf } from "./wire.ts"

type Auth<Name extends string> = AnswerOf<typeof AuthApi, Name>
type Users<Name extends string> = AnswerOf<typeof UsersApi, Name>
type ApiKeys<Name extends string> = AnswerOf<typeof ApiKeysApi, Name>

/** Password, and a code where there is a second factor. */
export type Proof = BodyOf<typeof AuthApi, "beginSecondFactor">

/** A session, with whether it is the one that asks. */
export type Session = Users<"sessions">["items"][number]

/** A key without its text. */
export type ApiKey = ApiKeys<"list">["items"][number]

/** A key and its text, which is told once. */
export type MadeKey = ApiKeys<"make">

/** The secret for an authenticator, and the address that holds it for a picture. */
export type BegunFactor = Auth<"beginSecondFactor">

type Query = NonNullable<RequestParts["query"]>

const post =
  <Name extends string>(path: string) =>
  (body: BodyOf<typeof AuthApi, Name>): Promise<Auth<Name>> =>
    request<Auth<Name>>("POST", path, { body })

/** Changes the name, and the language of mails. */
export const changeProfile = (body: BodyOf<typeof UsersApi, "changeProfile">, key: string) =>
  request<Users<"changeProfile">>("PUT", "/api/v1/users/me", { body, key })

/** Changes the password, and ends all other sessions. */
export const changePassword = post<"changePassword">("/api/auth/password")

/** Asks for another address; the link in a mail to it makes it the address. */
export const requestEmailChange = post<"requestEmailChange">("/api/auth/email")

/** Forgets all that is personal about whoever asks. */
export const deleteMe = (body: Proof) => request<void>("POST", "/api/v1/users/me/deletion", { body })

/** The second factor of whoever asks. */
export const factor = {
  begin: post<"beginSecondFactor">("/api/auth/second-factor"),
  confirm: post<"confirmSecondFactor">("/api/auth/second-factor/confirmation"),
  renewCodes: post<"renewRecoveryCodes">("/api/auth/second-factor/recovery-codes"),
  remove: post<"removeSecondFactor">("/api/auth/second-factor/removal")
}

/** The sessions of whoever asks. */
export const sessions = {
  list: (query: Query, signal?: AbortSignal) =>
    request<Users<"sessions">>("GET", "/api/v1/users/me/sessions", { query, signal }),
  end: (id: string, key: string) =>
    request<void>("DELETE", `/api/v1/users/me/sessions/${encodeURIComponent(id)}`, { key }),
  endOthers: (key: string) => request<void>("DELETE", "/api/v1/users/me/sessions", { key })
}

/** The keys of whoever asks. */
export const apiKeys = {
  list: (query: Query, signal?: AbortSignal) => request<ApiKeys<"list">>("GET", "/api/v1/api-keys", { query, signal }),
  make: (body: BodyOf<typeof ApiKeysApi, "make">) => request<MadeKey>("POST", "/api/v1/api-keys", { body }),
  revoke: (id: string, key: string) =>
    request<ApiKeys<"revoke">>("DELETE", `/api/v1/api-keys/${encodeURIComponent(id)}`, { key })
}
