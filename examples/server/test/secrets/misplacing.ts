/**
 * Every planted value where it does not belong: what people paste into the wrong field, and what programs send by mistake.
 */
import type { Call } from "./caller.ts"
import type { Journey } from "./driving.ts"

interface Misplaced extends Call {
  readonly method: string
  readonly path: string
}

/** What a header can carry: nothing beyond ASCII. */
const inHeader = (value: string): string => (/^[ -~]*$/u.test(value) ? value : encodeURIComponent(value))

/** A code of six digits may be the name of a request as well; what looks like a secret is taken for no name. */
const nameless = /^\d{6}$/u

/** Requests with a value in a place that is not for it; by somebody who is signed in. */
const misplacings = (value: string, token: string): ReadonlyArray<Misplaced> => {
  const inUrl = encodeURIComponent(value)
  const login = { method: "POST", path: "/api/auth/login" }
  const account = { method: "POST", path: "/api/v1/accounts", token }
  const customers = { method: "POST", path: "/api/v1/customers", token }
  return [
    { method: "GET", path: `/api/v1/accounts?state=${inUrl}`, token },
    { method: "GET", path: `/api/v1/accounts?cursor=${inUrl}&password=${inUrl}`, token },
    { method: "GET", path: `/health/ready?token=${inUrl}` },
    { method: "GET", path: `/api/v1/accounts/${inUrl}`, token },
    { method: "PUT", path: `/api/v1/customers/cust_1/restrictions/${inUrl}`, token },
    { method: "GET", path: `/nowhere/${inUrl}` },
    { method: "DELETE", path: `/api/auth/${inUrl}` },
    { method: "GET", path: "/api/v1/accounts", headers: { authorization: `Bearer ${inHeader(value)}` } },
    { method: "GET", path: "/api/v1/accounts", headers: { authorization: inHeader(value) } },
    { method: "GET", path: "/api/v1/accounts", headers: { "x-api-key": inHeader(value) } },
    {
      ...account,
      body: { customerId: "x", productId: "current" },
      headers: {
        accept: inHeader(value),
        "accept-language": inHeader(value),
        cookie: `session=${inHeader(value)}`,
        "idempotency-key": inHeader(value),
        "if-match": inHeader(value),
        origin: inHeader(value),
        referer: `https://bank.example/${inUrl}`,
        traceparent: inHeader(value),
        tracestate: `vendor=${inHeader(value)}`,
        "user-agent": inHeader(value),
        "x-forwarded-for": inHeader(value),
        ...(nameless.test(value) ? {} : { "x-request-id": inHeader(value) })
      }
    },
    { ...account, text: "{}", headers: { "content-type": inHeader(value) } },
    { ...login, text: `{"email":"nobody@example.test","password":${JSON.stringify(value)}` },
    { ...login, body: { email: value, password: "of somebody else entirely" } },
    { ...login, body: { email: "nobody@example.test", password: [value] } },
    { ...login, body: { email: { value }, password: { value } } },
    { method: "POST", path: "/api/auth/refresh", body: { refreshToken: value } },
    { method: "POST", path: "/api/auth/refresh", body: { refreshToken: "x", [value]: value } },
    { ...account, text: value },
    { ...account, body: { customerId: value, productId: value } },
    { ...account, body: { customerId: 7, productId: [value], [value]: 1 } },
    {
      ...customers,
      body: {
        kind: value,
        registration: { scheme: value, number: value },
        details: { name: [value], unknown: value }
      }
    },
    {
      ...customers,
      body: { kind: "person", registration: { scheme: "SwedishPersonalNumber", number: value }, details: { name: "A" } }
    },
    {
      method: "POST",
      path: "/api/v1/payments",
      token,
      body: {
        accountId: value,
        amount: { amount: value, currency: value },
        creditor: { name: "A", account: { scheme: "Iban", number: value } }
      }
    },
    {
      method: "POST",
      path: "/api/v1/webhooks",
      token,
      body: { url: `https://a.example.test/`, description: "x", events: [value] }
    },
    { method: "POST", path: "/api/v1/api-keys", token, body: { name: "k", scopes: [value], expiresAt: value } }
  ]
}

/** Sends so many values of every kind that was planted so far to where they do not belong. */
export const misplace = async ({ caller, plantings }: Journey, token: string, ofAKind: number): Promise<void> => {
  const sent = new Map<string, number>()
  for (const { kind, value } of plantings.all) {
    const before = sent.get(kind) ?? 0
    sent.set(kind, before + 1)
    if (before >= ofAKind) continue
    await Promise.all(misplacings(value, token).map(({ method, path, ...call }) => caller.ask(method, path, call)))
  }
}
