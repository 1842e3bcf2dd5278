import { expect, layer } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AuditStore } from "saldo/audit/AuditStore"
import { Customers } from "saldo/banking/Customers"
import * as Actor from "saldo/core/Actor"
import { AccessTokens } from "saldo/identity/AccessTokens"
import { Authentication } from "saldo/identity/Authentication"
import { mailedToken, person, servedWithUsers, servedWithUsersAndTokens, signedIn } from "./identityWorld.ts"
import { activeCustomer, Served, tenant } from "./world.ts"

const admin = { as: "machine" }

/** What the trail says of a user, the oldest first. */
const recordsOf = (id: string) =>
  AuditStore.use((store) =>
    store.list({ tenant, limit: 100, order: "oldest-first", filter: { subject: { type: "user", id } } })
  ).pipe(Effect.map(({ items }) => items.map(({ action, outcome }) => `${action} ${outcome}`)))

layer(servedWithUsersAndTokens, { excludeTestServices: true })("an administrator", (it) => {
  it.effect("invites somebody, gives roles, locks and unlocks", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { email, name, password } = person("karin")
      const body = { email, name, roles: [], party: null }
      const invited = yield* call("POST", "/api/v1/users", { ...admin, key: "invite", body })
      expect(invited).toMatchObject({ status: 201, body: { email, state: "unverified", roles: [], version: 1 } })
      const again = yield* call("POST", "/api/v1/users", { ...admin, key: "invite", body })
      expect(again.body).toEqual(invited.body)
      const path = `/api/v1/users/${invited.body.id}`

      const token = yield* mailedToken(email, "accept-invitation")
      expect((yield* call("POST", "/api/auth/invitation-acceptance", { body: { token, password } })).status).toBe(204)
      const login = call("POST", "/api/auth/login", { body: { email, password } })
      expect((yield* login).status).toBe(200)
      const listed = yield* call("GET", `${path}/sessions`, admin)
      expect(listed.body.items).toMatchObject([{ userId: invited.body.id, ended: null, current: false }])

      const unknown = yield* call("PUT", `${path}/roles`, { ...admin, key: "none", body: { roles: ["emperor"] } })
      expect(unknown).toMatchObject({ status: 422, body: { code: "RoleUnknown" } })
      const locked = yield* call("PUT", `${path}/lock`, { ...admin, key: "lock" })
      expect(locked).toMatchObject({ status: 200, body: { state: "locked" } })
      expect((yield* login).status).toBe(401)
      expect((yield* call("GET", `${path}/sessions`, admin)).body.items).toEqual([])
      expect((yield* call("DELETE", `${path}/lock`, { ...admin, key: "unlock" })).body).toMatchObject({
        state: "active"
      })
      expect((yield* login).status).toBe(200)
      expect((yield* call("DELETE", `${path}/sessions`, { ...admin, key: "end" })).status).toBe(204)
      expect((yield* call("GET", `${path}/sessions`, admin)).body.items).toEqual([])
      const found = yield* call("GET", "/api/v1/users?state=active", admin)
      expect(found.body.items).toMatchObject([{ id: invited.body.id, email }])
      expect(yield* recordsOf(invited.body.id as string)).toEqual([
        "identity.invite succeeded",
        "identity.mailToken succeeded",
        "identity.acceptInvitation succeeded",
        "identity.signIn succeeded",
        "identity.lock succeeded",
        "identity.signIn refused",
        "identity.unlock succeeded",
        "identity.signIn succeeded"
      ])
    })
  )

  it.effect("says for which customer somebody acts, who then reaches its data and no other", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const [party, other] = [
        yield* activeCustomer("party", "19900118-9803"),
        yield* activeCustomer("other", "19900118-9811")
      ]
      const { access, email } = yield* signedIn("orvar")
      const listed = yield* call("GET", "/api/v1/users", admin)
      const user = listed.body.items.find((each: { readonly email: string }) => each.email === email) as { id: string }
      const path = `/api/v1/users/${user.id}/party`
      const given = yield* call("PUT", path, { ...admin, key: "party", body: { party } })
      expect(given).toMatchObject({ status: 200, body: { party, version: 3 } })
      const again = yield* call("PUT", path, { ...admin, key: "party", body: { party: other } })
      expect(again).toMatchObject({ status: 422, body: { code: "IdempotencyMismatch" } })
      const authentication = yield* Authentication
      const identity = yield* authentication.bearer(Redacted.make(access))
      expect(identity.owner).toMatchObject({ tenant, id: party })
      const customers = yield* Customers
      expect((yield* customers.find(party).pipe(Actor.as(identity))).id).toBe(party)
      expect(yield* Effect.flip(customers.find(other).pipe(Actor.as(identity)))).toMatchObject({
        _tag: "CustomerNotFound"
      })
      const ended = yield* call("PUT", path, { ...admin, key: "own", body: { party: null } })
      expect(ended.body).toMatchObject({ party: null, version: 4 })
      expect((yield* recordsOf(user.id)).filter((each) => each.startsWith("identity.setParty"))).toEqual([
        "identity.setParty succeeded",
        "identity.setParty succeeded"
      ])
    })
  )
})

layer(servedWithUsers(), { excludeTestServices: true })("a user", (it) => {
  it.effect("changes its profile, and is forgotten when it wants to be", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access: as, email, password } = yield* signedIn("lovisa")
      const change = { as, key: "rename", body: { name: "Lovisa Ny", locale: "sv" } }
      const changed = yield* call("PUT", "/api/v1/users/me", change)
      expect(changed).toMatchObject({ status: 200, body: { name: "Lovisa Ny", locale: "sv", email } })
      expect((yield* call("PUT", "/api/v1/users/me", change)).body).toEqual(changed.body)
      expect((yield* call("GET", "/api/v1/users", { as })).status).toBe(403)
      const wrong = yield* call("POST", "/api/v1/users/me/deletion", { as, body: { password: "another wombat" } })
      expect(wrong).toMatchObject({ status: 401, body: { code: "CredentialsRejected" } })
      expect((yield* call("POST", "/api/v1/users/me/deletion", { as, body: { password } })).status).toBe(204)
      expect((yield* call("GET", "/api/auth/me", { as })).status).toBe(401)
      expect((yield* call("POST", "/api/auth/login", { body: { email, password } })).status).toBe(401)
      const [{ subject } = { subject: { id: "" } }] = yield* AuditStore.use((store) =>
        store.list({ tenant, limit: 1, filter: { action: "identity.delete" } })
      ).pipe(Effect.map(({ items }) => items))
      expect((yield* recordsOf(subject.id)).slice(-3)).toEqual([
        "identity.changeProfile succeeded",
        "identity.delete refused",
        "identity.delete succeeded"
      ])
    })
  )

  it.effect("is not let in by a token that is over, though it was signed rightly", () =>
    Effect.gen(function* () {
      const { call } = yield* Served
      const { access } = yield* signedIn("maja")
      const tokens = yield* AccessTokens
      const claims = yield* tokens.verify(Redacted.make(access), yield* DateTime.now)
      const past = DateTime.subtract(claims.issuedAt, { hours: 2 })
      const over = { ...claims, issuedAt: past, expiresAt: DateTime.add(past, { hours: 1 }) }
      const as = Redacted.value(yield* tokens.sign(over))
      const answer = yield* call("GET", "/api/auth/me", { as })
      expect(answer).toMatchObject({ status: 401, body: { code: "CredentialsInvalid" } })
      const malformed = yield* call("GET", "/api/auth/me", { as: "x" })
      expect(answer.body).toEqual(malformed.body)
      const same = Redacted.value(yield* tokens.sign(claims))
      expect((yield* call("GET", "/api/auth/me", { as: same })).status).toBe(200)
    })
  )
})
