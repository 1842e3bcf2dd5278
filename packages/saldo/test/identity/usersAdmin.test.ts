import { describe, expect, it } from "@effect/vitest"
import * as TestSqlite from "@saldo/testing/TestSqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import * as Actor from "saldo/core/Actor"
import { sha256 } from "saldo/core/sha256"
import type { IdentityKeyring } from "saldo/identity/IdentityKeys"
import { IdentityTokenStore } from "saldo/identity/IdentityTokenStore"
import { standardRoles } from "saldo/identity/Roles"
import { SessionStore } from "saldo/identity/SessionStore"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import { sessionOf } from "./sessionOf.ts"
import {
  active,
  admin,
  asUser,
  deliver,
  email,
  inbox,
  inWorld,
  key,
  latestLink,
  mailedToken,
  next,
  password,
  records,
  redact,
  ring,
  secrets,
  signIn,
  signUp,
  sqlStores,
  start,
  tenant,
  usersOn
} from "./userWorld.ts"

const world = inWorld()

const using = <A, E, R>(call: (users: Users["Service"]) => Effect.Effect<A, E, R>) => Users.use(call)

const refusal = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

/** Somebody who manages users and may do no more than a teller besides. */
const supervisor = Actor.as(
  new Actor.Identity({
    kind: "user",
    tenant,
    id: "supervisor",
    roles: [],
    permissions: [...standardRoles.teller, Actor.Permission.make("identity:manage")]
  })
)

describe("administering users", () => {
  it.effect("gives and takes no roles that may do more than oneself", () =>
    world(
      Effect.gen(function* () {
        const { id: userId } = yield* active
        const give = (name: string, ...roles: ReadonlyArray<string>) =>
          using(({ setRoles }) => setRoles({ key: key(name), userId, roles }))
        expect(yield* refusal(give("1", "officer").pipe(supervisor))).toBe("NotPermitted")
        expect(yield* refusal(give("2", "nonsense").pipe(admin))).toBe("RoleUnknown")
        expect(yield* refusal(give("2b", "toString").pipe(admin))).toBe("RoleUnknown")
        // A customer may pay, which a supervisor may not, so it does not take that away either.
        expect(yield* refusal(give("3", "teller").pipe(supervisor))).toBe("NotPermitted")
        expect((yield* give("4", "teller", "teller").pipe(admin)).roles).toEqual(["teller"])
        expect((yield* give("5").pipe(supervisor)).roles).toEqual([])
        const invitation = { email: redact("new@example.test"), name: redact("New"), party: null }
        const invite = using((users) => users.invite({ key: key("6"), ...invitation, roles: ["admin"] }))
        expect(yield* refusal(invite.pipe(supervisor))).toBe("NotPermitted")
        yield* give("7", "admin").pipe(admin)
        expect(yield* refusal(using(({ lock }) => lock({ key: key("8"), userId })).pipe(supervisor))).toBe(
          "NotPermitted"
        )
      })
    )
  )

  it.effect("is nobody's act on itself", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        yield* using(({ setRoles }) => setRoles({ key: key("1"), userId: user.id, roles: ["admin"] })).pipe(admin)
        const self = asUser({ ...user, roles: ["admin"] })
        const acts = [
          using(({ lock }) => lock({ key: key("2"), userId: user.id })),
          using(({ setRoles }) => setRoles({ key: key("3"), userId: user.id, roles: [] })),
          using(({ setParty }) => setParty({ key: key("4"), userId: user.id, party: "cust_1" }))
        ]
        for (const act of acts) expect(yield* refusal(act.pipe(self))).toBe("ActOnOneself")
        const told = (yield* records).filter(({ reason }) => reason === "ActOnOneself")
        expect(told.map(({ action, kind }) => [action, kind])).toEqual([
          ["identity.lock", "security"],
          ["identity.setRoles", "security"],
          ["identity.setParty", "security"]
        ])
      })
    )
  )

  it.effect("happens once for a key, and ends sessions of whoever is locked", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const sessions = yield* SessionStore
        const session = yield* sessionOf(user, start)
        yield* sessions.insert(session, "hash")
        const lock = using((users) => users.lock({ key: key("lock"), userId: user.id })).pipe(admin)
        const locked = yield* lock
        expect(yield* lock).toEqual(locked)
        expect(locked.version).toBe(user.version + 1)
        const ended = yield* sessions.find(tenant, session.id)
        expect(ended).toMatchObject({ value: { ended: { reason: "user-locked" } } })
        const again = yield* using((users) => users.lock({ key: key("again"), userId: user.id })).pipe(admin)
        expect(again.version).toBe(locked.version)
        expect((yield* records).filter(({ action }) => action === "identity.lock")).toHaveLength(1)
        const unlock = using((users) => users.unlock({ key: key("lock"), userId: user.id })).pipe(admin)
        expect((yield* unlock).state).toBe("active")
      })
    )
  )

  it.effect("keeps nothing that nobody could read again", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const invitation = { email: redact("new@example.test"), name: redact("New"), roles: [], party: null }
        const invite = (name: string, given: { readonly locale?: string; readonly party?: string | null }) =>
          using((users) => users.invite({ key: key(name), ...invitation, ...given })).pipe(admin, Effect.exit)
        const setParty = using((users) => users.setParty({ key: key("4"), userId: user.id, party: "" }))
        const exits = [
          yield* invite("1", { locale: "no language" }),
          yield* invite("2", { party: "\u0000" }),
          yield* Effect.exit(setParty.pipe(admin))
        ]
        expect(exits.map(({ _tag }) => _tag)).toEqual(["Failure", "Failure", "Failure"])
        const rename = using((users) => users.changeProfile({ key: key("5"), name: redact("New"), locale: "?" }))
        expect((yield* Effect.exit(rename.pipe(asUser(user))))._tag).toBe("Failure")
        expect((yield* using(({ list }) => list()).pipe(admin)).items).toEqual([user])
      })
    )
  )

  it.effect("reaches the users of one tenant alone", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const elsewhere = Actor.as(Actor.system("elsewhere"))
        expect(yield* refusal(using(({ find }) => find(user.id)).pipe(elsewhere))).toBe("UserNotFound")
        expect((yield* using(({ list }) => list()).pipe(elsewhere)).items).toEqual([])
        expect((yield* using(({ list }) => list({ state: "active" })).pipe(admin)).items).toEqual([user])
        expect(yield* refusal(using(({ list }) => list()).pipe(asUser(user)))).toBe("NotPermitted")
      })
    )
  )
})

describe("a user itself", () => {
  it.effect("changes its profile once for a key, and its password with the one it has", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const self = asUser(user)
        const change = using(({ changeProfile }) =>
          changeProfile({ key: key("1"), name: redact("Quirina Nygift"), locale: "sv" })
        ).pipe(self)
        const changed = yield* change
        expect(yield* change).toEqual(changed)
        expect(Redacted.value(changed.profile?.name ?? redact(""))).toBe("Quirina Nygift")
        const sessions = yield* SessionStore
        const [kept, other] = [yield* sessionOf(user, start), yield* sessionOf(user, start)]
        yield* sessions.insert(kept, "kept")
        yield* sessions.insert(other, "other")
        const changePassword = (proof: Redacted.Redacted, wanted: Redacted.Redacted) =>
          using((users) => users.changePassword({ password: proof, next: wanted, keep: kept.id })).pipe(self)
        expect(yield* refusal(changePassword(redact("a wrong password"), next))).toBe("CredentialsRejected")
        expect(yield* refusal(changePassword(password, redact("quirina-nygift")))).toBe("PasswordUnsuitable")
        yield* using((users) => users.requestPasswordReset({ tenant, email }))
        const token = yield* mailedToken
        yield* changePassword(password, next)
        const stale = using((users) =>
          users.confirmPasswordReset({ tenant, token, password: redact("an old link, used") })
        )
        expect(yield* refusal(stale)).toBe("TokenRejected")
        const live = (yield* sessions.list(tenant, user.id, start, {})).items
        expect(live.map(({ id }) => id)).toEqual([kept.id])
        expect(yield* refusal(signIn())).toBe("CredentialsRejected")
        yield* signIn({ password: next })
        yield* deliver(1)
        expect((yield* inbox).at(-1)).toMatchObject({
          locale: "sv",
          subject: "Ditt lösenord hos Quick Bank har ändrats"
        })
      })
    )
  )

  it.effect("is gone when it is deleted, and its address is free", () =>
    world(
      Effect.gen(function* () {
        const user = yield* active
        const remove = (proof: Redacted.Redacted) =>
          using((users) => users.delete({ password: proof })).pipe(asUser(user))
        expect(yield* refusal(remove(redact("a wrong password")))).toBe("CredentialsRejected")
        const [sessions, tokens] = [yield* SessionStore, yield* IdentityTokenStore]
        const session = yield* sessionOf(user, start)
        yield* sessions.insert(session, "hash")
        yield* using((users) => users.requestPasswordReset({ tenant, email }))
        yield* deliver(1)
        const gone = yield* remove(password)
        expect(gone).toMatchObject({ state: "deleted", profile: null, roles: [], party: null })
        expect(yield* sessions.find(tenant, session.id)).toMatchObject({ value: { ended: { reason: "user-deleted" } } })
        expect(yield* tokens.forget(tenant, user.id)).toBe(0)
        expect(yield* refusal(remove(password))).toBe("UserNotFound")
        expect(yield* refusal(signIn())).toBe("CredentialsRejected")
        expect(yield* refusal(using(({ unlock }) => unlock({ key: key("1"), userId: user.id })).pipe(admin))).toBe(
          "UserStateUnfit"
        )
        expect((yield* using(({ me }) => me).pipe(asUser(user))).profile).toBeNull()
        yield* signUp
        const { items } = yield* using(({ list }) => list()).pipe(admin)
        expect(items.map(({ state }) => state)).toEqual(["deleted", "unverified"])
      })
    )
  )
})

/** Everything in every table, as text and as bytes in hexadecimal digits. */
const dump = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`SELECT name FROM sqlite_master WHERE type = 'table'`
  const rows = yield* Effect.forEach(tables, ({ name }) => sql.unsafe(`SELECT * FROM ${name}`))
  return JSON.stringify(rows, (_, value: unknown) => {
    if (typeof value === "bigint") return String(value)
    return value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value
  })
})

describe("what is stored", () => {
  it.live("holds no password, token, code or secret, and an address in the trail alone", () =>
    Effect.gen(function* () {
      const planted: Array<string> = [secrets.password, secrets.next]
      const user = yield* active
      planted.push((yield* latestLink).split("#")[1] ?? "")
      const { secret } = yield* using(({ beginSecondFactor }) => beginSecondFactor({ password })).pipe(asUser(user))
      planted.push(Redacted.value(secret))
      yield* using((users) => users.changePassword({ password, next })).pipe(asUser(user))
      yield* using((users) => users.requestPasswordReset({ tenant, email }))
      yield* deliver(2)
      planted.push((yield* latestLink).split("#")[1] ?? "")
      yield* using((users) => users.requestPasswordReset({ tenant, email }))
      yield* Effect.ignore(signIn({ password: redact(secrets.password) }))
      const text = yield* dump
      for (const each of planted) {
        expect(each.length).toBeGreaterThan(8)
        expect(text).not.toContain(each)
      }
      expect(text).not.toContain("$scrypt$")
      const sql = yield* SqlClient.SqlClient
      yield* sql`DELETE FROM saldo_audit_records`
      const rest = yield* dump
      for (const personal of [secrets.email, secrets.email.toLowerCase(), secrets.name, "Quirina"]) {
        expect(rest).not.toContain(personal)
      }
    }).pipe(
      Effect.provide(Layer.fresh(usersOn().pipe(Layer.provideMerge(sqlStores), Layer.provideMerge(TestSqlite.layer))))
    )
  )

  it.effect("is sealed anew when the host's key changes, and read in the meantime", () => {
    const [current] = [ring.current]
    const next2027 = { id: "2027", key: Redacted.make(sha256("the identity key of 2027")) }
    const rotated: IdentityKeyring = { ...ring, current: next2027, previous: [current] }
    const stores = Layer.provide(sqlStores, TestSqlite.layer)
    return Effect.gen(function* () {
      const context = yield* Layer.build(stores)
      const under = (keyring: IdentityKeyring) =>
        Effect.provide(Layer.fresh(usersOn({ keyring }).pipe(Layer.provideMerge(Layer.succeedContext(context)))))
      const user = yield* active.pipe(under(ring))
      yield* Effect.gen(function* () {
        expect((yield* signIn()).id).toBe(user.id)
        const users = yield* Users
        expect(yield* users.reseal()).toBe(1)
        expect(yield* users.reseal()).toBe(0)
        expect((yield* signIn()).version).toBe(user.version + 1)
      }).pipe(under(rotated))
      yield* signIn().pipe(under({ ...ring, current: next2027 }))
      const store = yield* Effect.provide(UserStore, context)
      expect(yield* store.sealedByOthers("2027", 10)).toEqual([])
      const exit = yield* Effect.exit(signIn().pipe(under(ring)))
      expect(JSON.stringify(exit)).toContain("IdentityDataUnreadable")
    }).pipe(Effect.scoped)
  })
})
