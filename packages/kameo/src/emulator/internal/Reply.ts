import type * as Stream from "effect/Stream"

/** What a handler decides; headers that every answer of a host carries, compression and faults are added later. */
export interface Reply {
  readonly status: number
  readonly contentType: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Stream.Stream<Uint8Array>
  /** Complete `Set-Cookie` values. */
  readonly cookies: ReadonlyArray<string>
}

const htmlType = "text/html; charset=utf-8"

/** Compact JSON as the real API writes it: everything outside ASCII as `\uXXXX` in lower-case hex, slashes bare. */
export const compactJson = (value: unknown): string =>
  // No `u` flag: the two halves of a character beyond U+FFFF are escaped one by one, as the real API does.
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** A JSON answer of the API host. */
export const apiJson = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  contentType: "application/json",
  headers,
  body: compactJson(value),
  cookies: []
})

/** A JSON answer of the site's own calls. */
export const siteJson = (value: unknown): Reply => ({
  status: 200,
  contentType: "application/json; charset=utf-8",
  headers: { vary: "Accept" },
  body: compactJson(value),
  cookies: []
})

/** A web page. */
export const html = (body: string | Stream.Stream<Uint8Array>, status = 200): Reply => ({
  status,
  contentType: htmlType,
  headers: {},
  body,
  cookies: []
})

/** A redirect with an absolute address and an empty body. */
export const redirect = (location: string): Reply => ({
  status: 302,
  contentType: htmlType,
  headers: { location },
  body: "",
  cookies: []
})

/** The same answer with one more cookie. */
export const withCookie = (reply: Reply, cookie: string): Reply => ({ ...reply, cookies: [...reply.cookies, cookie] })
