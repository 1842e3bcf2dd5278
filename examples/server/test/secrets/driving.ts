/**
 * What people do at a bank, with values that must not be found afterwards, where they belong.
 */
import * as TotpCodes from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { personalNumber } from "../../src/demo/people.ts"
import type { Answered, Caller } from "./caller.ts"
import type { Plantings } from "./planted.ts"

/** Who and what the journeys are made with. */
export interface Journey {
  readonly caller: Caller
  readonly plantings: Plantings
  readonly mails: string
}

/** Somebody who works at the bank, and has been signed in. */
interface Staff {
  readonly admin: string
  readonly officer: string
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

const codeOf = (secret: string, stepsAhead = 0): string =>
  Redacted.value(
    Effect.runSync(
      Effect.map(DateTime.now, (now) =>
        TotpCodes.codeAt(Redacted.make(secret), DateTime.add(now, { seconds: 30 * stepsAhead }))
      )
    )
  )

const readMails = async (folder: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(folder).catch(() => [])
  const texts = await Promise.all(
    names.filter((name) => name.endsWith(".eml")).map((name) => readFile(join(folder, name), "utf8"))
  )
  // The text of a mail is base64 in lines, behind an empty line.
  return texts.map((text) => {
    const at = text.indexOf("\r\n\r\n")
    return `${text.slice(0, at)}\n${Buffer.from(text.slice(at), "base64").toString("utf8")}`
  })
}

/** The token of the mail to somebody that leads to a page and is not known yet, once it has come. */
const mailed = async ({ mails, plantings }: Journey, email: string, page: string): Promise<string> => {
  while (true) {
    const found = (await readMails(mails))
      .filter((mail) => mail.includes(email) && mail.includes(`/${page}#`))
      .flatMap((mail) => /#([\w-]+)/u.exec(mail)?.[1] ?? [])
      .find((token) => !plantings.all.some(({ value }) => value === token))
    if (found !== undefined) return plantings.plant("token of a mail", found)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const keepTokens = ({ plantings }: Journey, { body }: Answered): Tokens => {
  const { accessToken, refreshToken } = body as Tokens
  plantings.plant("access token", accessToken)
  plantings.plant("refresh token", refreshToken)
  // The signature alone would be enough to look for one who has the rest.
  plantings.plant("access token", accessToken.split(".")[2] ?? accessToken)
  return { accessToken, refreshToken }
}

/** Signs somebody in, and remembers the tokens. */
export const signIn = async (journey: Journey, credentials: Readonly<Record<string, string>>): Promise<Tokens> => {
  const answered = await journey.caller.ask("POST", "/api/auth/login", { body: credentials, purpose: "tokens" })
  if (answered.status !== 200) throw new TypeError(`Nobody was signed in: ${answered.said}`)
  return keepTokens(journey, answered)
}

/** A user with every kind of credential: made, used, mistaken, changed, forgotten, reset, revoked. */
export const beUser = async (journey: Journey): Promise<Tokens> => {
  const { caller, plantings } = journey
  const plant = plantings.plant.bind(plantings)
  const email = plant("e-mail address of a user", "quirinus.plantberg@post.example.test")
  const name = plant("name of a user", "Quirinus Plantberg Öst")
  const first = plant("password", "första gåtfulla lyktan/7&brinner")
  const second = plant("password", 'andra viskande skogen "8" susar')
  const third = plant("password", "tredje dolda källan+9=sinar")
  const wrong = plant("password", "fjärde felaktiga nyckeln%10")
  const weak = plant("password", "kort7Öppen")

  await caller.ask("POST", "/api/auth/signup", { body: { email, name, password: weak } })
  await caller.must("POST", "/api/auth/signup", { body: { email, name, password: first } })
  await caller.ask("POST", "/api/auth/login", { body: { email, password: first } })
  await caller.must("POST", "/api/auth/verify-email", { body: { token: await mailed(journey, email, "verify-email") } })
  await caller.ask("POST", "/api/auth/login", { body: { email, password: wrong } })
  const begun = await signIn(journey, { email, password: first })
  const refreshed = keepTokens(
    journey,
    await caller.ask("POST", "/api/auth/refresh", { body: { refreshToken: begun.refreshToken }, purpose: "tokens" })
  )
  const token = refreshed.accessToken
  await caller.must("GET", "/api/auth/me", { token, purpose: "oneself" })
  const renamed = plant("name of a user", "Quirinus Plantberg Väst")
  await caller.must("PUT", "/api/v1/users/me", { token, body: { name: renamed, locale: "sv" }, purpose: "oneself" })
  await caller.ask("POST", "/api/auth/password", { token, body: { password: wrong, next: second } })
  await caller.must("POST", "/api/auth/password", { token, body: { password: first, next: second } })

  const factor = await caller.must("POST", "/api/auth/second-factor", {
    token,
    body: { password: second },
    purpose: "secondFactor"
  })
  const secret = plant("secret of one-time codes", factor.secret)
  plant("address of one-time codes", factor.uri)
  const mistaken = plant("one-time code", "000000" === codeOf(secret) ? "000001" : "000000")
  await caller.ask("POST", "/api/auth/second-factor/confirmation", { token, body: { code: mistaken } })
  const code = plant("one-time code", codeOf(secret))
  const { recoveryCodes } = await caller.must("POST", "/api/auth/second-factor/confirmation", {
    token,
    body: { code },
    purpose: "recoveryCodes"
  })
  for (const each of recoveryCodes as ReadonlyArray<string>) plant("recovery code", each)
  await caller.ask("POST", "/api/auth/login", { body: { email, password: second } })
  await caller.ask("POST", "/api/auth/login", { body: { email, password: second, code: mistaken } })
  await signIn(journey, { email, password: second, code: recoveryCodes[0] })
  await signIn(journey, { email, password: second, code: plant("one-time code", codeOf(secret, 1)) })

  await caller.must("POST", "/api/auth/password-reset-request", { body: { email } })
  const reset = await mailed(journey, email, "reset-password")
  await caller.ask("POST", "/api/auth/password-reset-confirm", { body: { token: reset, password: weak } })
  await caller.must("POST", "/api/auth/password-reset-confirm", { body: { token: reset, password: third } })
  await caller.ask("POST", "/api/auth/password-reset-confirm", { body: { token: reset, password: third } })
  // A refresh token that ended with the others is used again.
  await caller.ask("POST", "/api/auth/refresh", { body: { refreshToken: begun.refreshToken } })
  const last = await signIn(journey, { email, password: third, code: recoveryCodes[1] })
  const made = await caller.must("POST", "/api/v1/api-keys", {
    token: last.accessToken,
    body: { name: "Books", scopes: ["bank:read"], expiresAt: "2030-01-01T00:00:00.000Z" },
    purpose: "apiKey"
  })
  const key = plant("API key", made.text)
  await caller.must("GET", "/api/v1/accounts", { headers: { "x-api-key": key } })
  await caller.must("DELETE", `/api/v1/api-keys/${made.key.id}`, { token: last.accessToken })
  await caller.ask("GET", "/api/v1/accounts", { headers: { "x-api-key": key } })
  return last
}

/** An administrator who invites somebody, and keeps webhooks. */
export const administer = async (journey: Journey, { admin: token }: Staff): Promise<void> => {
  const { caller, plantings } = journey
  const email = plantings.plant("e-mail address of a user", "inbjuden.plantberg@post.example.test")
  const name = plantings.plant("name of a user", "Inbjuden Plantberg Nord")
  const password = plantings.plant("password", "femte inbjudna stigen~11 leder")
  const user = await caller.must("POST", "/api/v1/users", {
    token,
    body: { email, name, roles: ["customer"], party: null },
    purpose: "administration"
  })
  const accept = { token: await mailed(journey, email, "accept-invitation"), password }
  await caller.must("POST", "/api/auth/invitation-acceptance", { body: accept })
  await caller.ask("POST", "/api/auth/invitation-acceptance", { body: accept })
  await caller.must("GET", "/api/v1/users?limit=100", { token, purpose: "administration" })
  await caller.must("PUT", `/api/v1/users/${user.id}/lock`, { token, purpose: "administration" })

  const body = { url: "https://receiver.example.test/events", description: "Books", events: ["banking.*"] }
  const { secret, webhook } = await caller.must("POST", "/api/v1/webhooks", { token, body, purpose: "webhookSecret" })
  plantings.plant("webhook secret", secret)
  const rotated = await caller.must("POST", `/api/v1/webhooks/${webhook.id}/secret`, {
    token,
    body: { overlapHours: 1 },
    purpose: "webhookSecret"
  })
  plantings.plant("webhook secret", rotated.secret)
  await caller.must("GET", "/api/v1/webhooks", { token })
}

/** What the bank knows of a customer, and whom it pays. Gives the accounts of the customer. */
export const serveCustomer = async (
  journey: Journey,
  { officer: token }: Staff
): Promise<readonly [string, string]> => {
  const { caller, plantings } = journey
  const plant = plantings.plant.bind(plantings)
  const details = {
    name: plant("name of a customer", "Kundina Plantberg Syd"),
    email: plant("e-mail address of a customer", "kundina.plantberg@post.example.test"),
    phone: plant("phone of a customer", "+46 70 174 06 99"),
    address: plant("address of a customer", "Plantgatan 17, 123 45 Hemliga orten")
  }
  const number = plant("registration number", personalNumber({ digits: "881218987" }))
  const mistyped = plant("mistyped registration number", "19881218-9871")
  const registration = { scheme: "SwedishPersonalNumber", number }
  await caller.ask("POST", "/api/v1/customers", {
    token,
    body: { kind: "person", registration: { ...registration, number: mistyped }, details }
  })
  const { id } = await caller.must("POST", "/api/v1/customers", {
    token,
    body: { kind: "person", registration, details },
    purpose: "customerFile"
  })
  await caller.ask("POST", "/api/v1/customers", { token, body: { kind: "person", registration, details } })
  await caller.must("POST", "/api/v1/customers/search", {
    token,
    body: { kind: "person", registration },
    purpose: "customerFile"
  })
  await caller.must("POST", `/api/v1/customers/${id}/documents`, {
    token,
    body: {
      documents: ["passport", "proof-of-address"].map((kind, at) => ({
        kind,
        digest: String(at).repeat(64),
        expiresOn: null
      }))
    },
    purpose: "customerFile"
  })
  await caller.must("POST", `/api/v1/customers/${id}/verification`, { token, purpose: "customerFile" })
  await caller.must("POST", `/api/v1/customers/${id}/activation`, { token, purpose: "customerFile" })
  const open = async (productId: string): Promise<string> =>
    (await caller.must("POST", "/api/v1/accounts", { token, body: { customerId: id, productId } })).id
  const [daily, saved] = [await open("current"), await open("savings")]
  await caller.must("POST", "/api/v1/transactions/deposits", {
    token,
    body: { accountId: daily, amount: { amount: "900.00", currency: "SEK" } }
  })

  const payee = plant("name of a payee", "Mottagar Plantberg Handelsbolag")
  const iban = plant("account of a payee", "SE7280000810340009783242")
  const misread = plant("mistyped account number", "SE7280000810340009783243")
  const friend = plant("name of a beneficiary", "Vännina Plantberg Skog")
  const spaced = plant("account of a beneficiary", "DE89 3704 0044 0532 0130 00")
  const text = plant("message to a payee", "Plantmeddelande om hyran för mars")
  const payment = (account: string) => ({
    accountId: daily,
    amount: { amount: "10.00", currency: "SEK" },
    creditor: { name: payee, account: { scheme: "Iban", number: account } },
    message: { _tag: "Text", text }
  })
  await caller.ask("POST", "/api/v1/payments", { token, body: payment(misread) })
  await caller.must("POST", "/api/v1/payments", { token, body: payment(iban), purpose: "payment" })
  await caller.must("GET", "/api/v1/payments", { token, purpose: "payment" })
  const schedule = {
    startOn: "2031-01-31",
    recurrence: { kind: "months", every: 1, day: 31 },
    ends: { kind: "never" },
    adjustment: "unadjusted",
    skipped: [],
    pauses: []
  }
  const planned = { ...payment(iban), schedule }
  await caller.must("POST", "/api/v1/payment-plans", { token, body: planned, purpose: "payment" })
  await caller.must("GET", "/api/v1/payment-plans", { token, purpose: "payment" })
  const beneficiary = { name: friend, account: { scheme: "Iban", number: spaced } }
  const kept = { token, body: beneficiary, purpose: "beneficiary" } as const
  await caller.must("POST", `/api/v1/customers/${id}/beneficiaries`, kept)
  await caller.ask("POST", `/api/v1/customers/${id}/beneficiaries`, kept)
  return [daily, saved]
}
