/**
 * What is said when the server is there: where it is, who can sign in, and three calls to begin with.
 */
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Actor from "saldo/core/Actor"
import { ApiKeys } from "saldo/identity/ApiKeys"
import { Users } from "saldo/identity/Users"
import { customers, password, staff } from "./demo/people.ts"
import { tenant } from "./offer.ts"

/** A key for a day, by which the printed calls are made as the demonstration's auditor, who may look and not touch. */
const demoKey = Effect.gen(function* () {
  const [users, keys] = [yield* Users, yield* ApiKeys]
  const { items } = yield* users.list({}, { limit: 100 }).pipe(Actor.as(Actor.system(tenant)))
  const auditor = items.find(({ roles }) => roles.includes("auditor"))
  if (auditor === undefined) return undefined
  const acting = yield* users.acting(tenant, auditor.id)
  if (Option.isNone(acting)) return undefined
  const scopes = acting.value.permissions.filter((each) => !each.startsWith("identity:"))
  const expiresAt = DateTime.add(yield* DateTime.now, { days: 1 })
  const { text } = yield* keys.make({ name: "Printed at start", scopes, expiresAt }).pipe(Actor.as(acting.value))
  return Redacted.value(text)
}).pipe(Effect.orDie)

const curlsOf = (url: string, key: string | undefined): ReadonlyArray<string> =>
  key === undefined
    ? [`curl -s ${url}/health/ready`]
    : [
        `curl -s ${url}/api/v1/accounts -H 'X-API-Key: ${key}'`,
        `curl -s ${url}/api/v1/ledger/trial-balance -H 'X-API-Key: ${key}'`,
        `curl -s '${url}/api/v1/market/listings?limit=3' -H 'X-API-Key: ${key}'`
      ]

/** Says that the server is there. */
export const welcome = Effect.fnUntraced(function* (place: string) {
  const url = HttpServer.formatAddress((yield* HttpServer.HttpServer).address)
  const key = yield* demoKey
  const people = [customers[0], ...staff].map(({ email, name }) => `  ${email.padEnd(22)} ${name}`)
  const logins = key === undefined ? [] : ["", `Sign in there with the password ${password} as`, "", ...people]
  const calls = curlsOf(url, key).map((line) => `  ${line}`)
  yield* Console.log(
    [`Saldo is at ${url}, on ${place}.`, ...logins, "", "Or call it:", "", ...calls, "", "Ctrl+C ends it."].join("\n")
  )
})
