/**
 * What Kameo's web pages tell: the two-factor form, the access token, a lock message, the account number. Pages carry
 * personal data and a token before the second factor, so no text of a page leaves this module other
 * than these values, and secrets only as `Redacted`.
 */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type HTMLElement, parse } from "node-html-parser"

/** The form that takes the one-time code. */
export interface TwoFactorForm {
  readonly formToken: Redacted.Redacted
}

/** The API's access token, as pages of a session carry it. */
export interface AccessToken {
  readonly token: Redacted.Redacted
  /** Milliseconds since 1970 from which a new one is to be read. */
  readonly refreshAt: number
  /** Milliseconds since 1970 at which it ends. */
  readonly expiresAt: number
}

/** What kind of page stands where data was expected. */
export type PageKind = "login" | "secondFactor" | "other"

const formWithAction = (root: HTMLElement, path: string, base: URL): HTMLElement | undefined =>
  root.querySelectorAll("form").find((form) => {
    const action = URL.parse(form.getAttribute("action") ?? "", base.href)
    return action !== null && action.origin === base.origin && action.pathname === path
  })

/**
 * Finds the code form by its action; the page has another form with the same hidden token before it. `null` when the
 * page has none, which means that the second factor is not a one-time code.
 */
export const twoFactorForm = (html: string, page: URL): TwoFactorForm | null => {
  const form = formWithAction(parse(html), "/auth/2fa", page)
  if (form === undefined || form.querySelector("input[name=code]") === null) return null
  const token = form.querySelector("input[name=ezxform_token]")?.getAttribute("value") ?? ""
  return /^[0-9a-f]{40}$/u.test(token) ? { formToken: Redacted.make(token, { label: "form token" }) } : null
}

/** Tells a login page and a two-factor page from any other, by their forms. */
export const pageKind = (html: string, page: URL): PageKind => {
  const root = parse(html)
  if (formWithAction(root, "/auth/2fa", page) !== undefined) return "secondFactor"
  const login = formWithAction(root, "/user/login", page)
  return login === undefined && root.querySelector("input[name=Password]") === null ? "other" : "login"
}

const Claims = Schema.fromJsonString(
  Schema.Struct({ refreshNotBefore: Schema.optionalKey(Schema.Finite), exp: Schema.Finite })
)
const readClaims = (payload: string) =>
  Option.flatMap(Result.getSuccess(Base64Url.decodeString(payload)), Schema.decodeUnknownOption(Claims))

/** Reads the access token of a page; `null` when there is none or its times cannot be read. */
export const accessToken = (html: string): AccessToken | null => {
  const token = parse(html).querySelector("#api-data")?.getAttribute("data-access-token") ?? ""
  const payload = token.split(".")[1]
  const claims = payload === undefined ? undefined : Option.getOrUndefined(readClaims(payload))
  if (claims === undefined) return null
  return {
    token: Redacted.make(token, { label: "access token" }),
    refreshAt: (claims.refreshNotBefore ?? claims.exp) * 1000,
    expiresAt: claims.exp * 1000
  }
}

/**
 * Whether the message on a login page says that the account is locked. The wording was never seen; these are the Swedish
 * and English words such a message cannot do without.
 */
export const saysLocked = (html: string): boolean => {
  const alert = parse(html).querySelector(".alert-danger")?.text ?? ""
  return /spärr|låst|för många|locked|too many|blocked/iu.test(alert)
}

/** The account number on the dashboard: the marked element, else the text after `Kontonummer`, if it has the form. */
export const dashboardAccountNumber = (html: string, form: RegExp): Redacted.Redacted | null => {
  const marked = parse(html).querySelector(".account-number")?.text.trim() ?? ""
  const written = /kontonummer[:\s]*(\d+)/iu.exec(html)?.[1] ?? ""
  const found = [marked, written].find((text) => form.test(text))
  return found === undefined ? null : Redacted.make(found, { label: "account number" })
}
