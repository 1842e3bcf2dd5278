/**
 * Users, sessions and keys by promises, as a host without Effect has them.
 */
import { sqlite } from "@saldo/sqlite/sqlite"
import { codeAt } from "@saldo/testing/TotpCodes"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Authentication } from "saldo/identity/Authentication"
import { createSaldo, InputInvalid, Secret } from "saldo/promise"
import { knowsUsers, openedOf } from "saldo/promise/opened"
import { describe, expect, it } from "vitest"
import { client, email, identityOf, Inbox, next, open, password, signIn } from "./promiseIdentityWorld.ts"

const keys = { current: { id: "2026", key: "c".repeat(64) }, index: "d".repeat(64) }

describe("a user", () => {
  it("comes by a mail, signs in, stays, acts, and leaves", async () => {
    const { inbox, saldo } = await open()
    await using _open = saldo
    const { authenticate, authenticateSession, sessions, users } = saldo.identity
    await users.signUp({ email, password, name: "Quirina Testsson", from: "192.0.2.1" })
    await expect(sessions.signIn({ email, password, client })).rejects.toMatchObject({ _tag: "EmailUnverified" })
    const user = await users.verifyEmail({ token: await inbox.token() })
    expect(user.state).toBe("active")
    expect(`${JSON.stringify(inbox.mails)}${JSON.stringify(user)}`).not.toMatch(/quirina|#/iu)
    expect(inbox.mails.map(({ to }) => to.address.reveal())).toEqual([email])

    const first = await sessions.signIn({ email: new Secret(email), password: new Secret(password), client })
    const actor = await authenticate({ scheme: "bearer", text: first.accessToken })
    expect(actor).toMatchObject({ kind: "user", tenant: "main", id: user.id, roles: ["customer"] })
    const own = saldo.as(actor).identity
    expect((await own.users.me()).profile?.name.reveal()).toBe("Quirina Testsson")
    await expect(own.users.list()).rejects.toMatchObject({ _tag: "NotPermitted" })

    const renewed = await sessions.refresh(first.refreshToken.reveal(), client)
    expect(renewed.session.id).toBe(first.session.id)
    const present = await authenticateSession(renewed.accessToken)
    expect(present).toEqual({ actor, sessionId: renewed.session.id, expiresAt: renewed.accessExpiresAt })
    expect((await own.sessions.list()).items).toMatchObject([client])

    await sessions.signOut(renewed.refreshToken)
    const late = authenticate({ scheme: "bearer", text: renewed.accessToken })
    await expect(late).rejects.toMatchObject({ _tag: "CredentialsInvalid" })
  })

  it("changes its password and keeps one session of two", async () => {
    const { inbox, saldo } = await open()
    await using _open = saldo
    const { own, signedIn } = await signIn(saldo, inbox)
    await saldo.identity.sessions.signIn({ email, password })
    expect((await own.sessions.list()).items).toHaveLength(2)
    await own.users.changePassword({ password, next, keep: signedIn.session.id })
    expect((await own.sessions.list()).items.map(({ id }) => id)).toEqual([signedIn.session.id])
    await expect(saldo.identity.users.authenticate({ email, password })).rejects.toMatchObject({
      _tag: "CredentialsRejected"
    })
    expect((await saldo.identity.users.authenticate({ email, password: next })).state).toBe("active")
  })

  it("has a second factor, and codes that are shown once", async () => {
    const { inbox, saldo } = await open()
    await using _open = saldo
    const { own } = await signIn(saldo, inbox)
    const { secret, uri } = await own.users.beginSecondFactor({ password })
    expect([String(secret), uri.reveal().startsWith("otpauth://totp/")]).toEqual([`<${secret.label}>`, true])
    const code = codeAt(Redacted.make(secret.reveal()), DateTime.fromDateUnsafe(new Date()))
    const codes = await own.users.confirmSecondFactor({ code: Redacted.value(code) })
    expect(codes).toHaveLength(10)
    await expect(saldo.identity.sessions.signIn({ email, password })).rejects.toMatchObject({
      _tag: "SecondFactorRequired"
    })
    const [recovery] = codes
    if (recovery === undefined) throw new RangeError("there is no recovery code")
    const { session } = await saldo.identity.sessions.signIn({ email, password, code: recovery })
    expect(session.ended).toBeNull()
  })

  it("lets a program act by a key, with what the key may do", async () => {
    const { inbox, saldo } = await open()
    await using _open = saldo
    const { actor, own } = await signIn(saldo, inbox)
    const { key, text } = await own.apiKeys.make({ name: "Nightly", scopes: ["bank:read"], expiresAt: null })
    expect(JSON.stringify({ key, text })).not.toContain(text.reveal())
    const { authenticate } = saldo.identity
    const program = await authenticate({ scheme: "apiKey", text })
    expect(program).toEqual({
      kind: "service",
      tenant: "main",
      id: key.id,
      roles: [],
      permissions: ["bank:read"],
      onBehalfOf: actor.id
    })
    await own.apiKeys.revoke(key.id)
    await expect(authenticate({ scheme: "apiKey", text })).rejects.toMatchObject({ _tag: "CredentialsInvalid" })
  })
})

describe("what the host decides", () => {
  it("is who may come, as what, and by which passwords", async () => {
    const asked: Array<string> = []
    const { inbox, saldo } = await open({
      rules: { roles: { clerk: ["identity:self"] }, signUpRoles: ["clerk"], password: { minimumLength: 20 } },
      breachedPasswords: async (tried) => {
        asked.push(String(tried))
        return tried.reveal() === next ? 7 : Promise.reject(new RangeError(tried.reveal()))
      }
    })
    await using _open = saldo
    const { users } = saldo.identity
    const name = "Quirina Testsson"
    const weak = (weakness: string) => ({ _tag: "PasswordUnsuitable", weaknesses: [weakness] })
    await expect(users.signUp({ email, password: "odd cats sleep", name })).rejects.toMatchObject(weak("too-short"))
    await expect(users.signUp({ email, password: next, name })).rejects.toMatchObject(weak("breached"))
    const { actor } = await signIn(saldo, inbox)
    expect([actor.roles, actor.permissions]).toEqual([["clerk"], ["identity:self"]])
    expect(new Set(asked)).toEqual(new Set(["<password>"]))
  })

  it("may be that users come by invitation alone, for a customer", async () => {
    const { inbox, saldo } = await open({ rules: { signUpRoles: null } })
    await using _open = saldo
    const { authenticate, sessions, users } = saldo.identity
    await expect(users.signUp({ email, password, name: "Q" })).rejects.toMatchObject({ _tag: "SignUpClosed" })
    const party = saldo.newId("cust")
    const invitation = { key: "1", email, name: "Quirina Testsson", roles: ["customer"], party }
    const invited = await users.invite(invitation)
    expect(await users.invite(invitation)).toEqual(invited)
    await users.acceptInvitation({ token: await inbox.token(), password })
    const { accessToken } = await sessions.signIn({ email, password })
    expect(await authenticate({ scheme: "bearer", text: accessToken })).toMatchObject({ onBehalfOf: party })
    expect((await users.list({ party })).items.map(({ id }) => id)).toEqual([invited.id])
    await users.lock({ key: "2", userId: invited.id })
    await expect(authenticate({ scheme: "bearer", text: accessToken })).rejects.toMatchObject({
      _tag: "CredentialsInvalid"
    })
  })

  it("is how long people stay", async () => {
    const { inbox, saldo } = await open({ sessions: { accessForMs: 60_000, unusedForMs: 120_000, atMostMs: 180_000 } })
    await using _open = saldo
    const { signedIn } = await signIn(saldo, inbox)
    const { expiresAt, endsAt, startedAt } = signedIn.session
    const after = (instant: Date) => instant.getTime() - startedAt.getTime()
    expect([after(expiresAt), after(endsAt)]).toEqual([120_000, 180_000])
    expect(after(signedIn.accessExpiresAt)).toBeLessThanOrEqual(60_000)
  })

  it("is whose administrators change the keys that sign", async () => {
    const { saldo } = await open()
    await using _open = saldo
    await expect(saldo.identity.signingKeys.rotate()).rejects.toMatchObject({ _tag: "NotPermitted" })
    const { inbox, saldo: single } = await open({ signingKeys: { operatorTenant: "main", rememberedForMs: 0 } })
    await using _single = single
    const { signedIn } = await signIn(single, inbox)
    const { authenticate, signingKeys } = single.identity
    const before = await signingKeys.published()
    const rotated = await signingKeys.rotate()
    expect((await signingKeys.published()).keys.map(({ kid }) => kid)).toContain(rotated.id)
    const bearer = { scheme: "bearer", text: signedIn.accessToken } as const
    expect((await authenticate(bearer)).kind).toBe("user")
    for (const { kid } of before.keys) await signingKeys.withdraw(kid)
    await expect(authenticate(bearer)).rejects.toMatchObject({ _tag: "CredentialsInvalid" })
  })

  const unfit = [
    ["/identity/rules/password/minimumLength", { rules: { password: { minimumLength: 0 } } }],
    ["/identity/rules/userAttempts/free", { rules: { userAttempts: { free: -1 } } }],
    ["/identity/sessions/accessForMs", { sessions: { accessForMs: 0.5 } }],
    ["/identity/signingKeys/signsForMs", { signingKeys: { signsForMs: -1 } }],
    ["/identity/pages/verify-email", { pages: { ...identityOf(new Inbox()).pages, "verify-email": "verify#here" } }]
  ] as const
  for (const [path, given] of unfit) {
    it(`does not fit at ${path}`, async () => {
      await expect(open(given)).rejects.toMatchObject({ _tag: "InputInvalid", path })
    })
  }

  it("has keys of 64 hexadecimal digits", async () => {
    await expect(open({ keys: { ...keys, index: "short" } })).rejects.toThrow(RangeError)
  })
})

describe("mails", () => {
  it("are tried again, and another process sends what one without workers has left", async () => {
    const folder = await mkdtemp(join(tmpdir(), "saldo-promise-identity-"))
    try {
      const filename = join(folder, "users.sqlite")
      const { inbox: none, saldo: first } = await open({}, filename, false)
      await first.identity.users.signUp({ email, password, name: "Quirina Testsson" })
      await first.close()
      expect(none.mails).toEqual([])

      const inbox = new Inbox()
      let refusals = 0
      const mail = async (given: Parameters<Inbox["carry"]>[0]) => {
        if (refusals++ === 0) throw new RangeError(`no way to ${given.to.address.reveal()}`)
        await inbox.carry(given)
      }
      const { saldo } = await open({ mail }, filename)
      const { state } = await saldo.identity.users.verifyEmail({ token: await inbox.token() })
      expect([state, refusals]).toEqual(["active", 2])
      await saldo.close()
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

describe("what is given", () => {
  it("is read before anything happens, and secrets are in no message", async () => {
    const { saldo } = await open()
    await using _open = saldo
    const { sessions, users } = saldo.identity
    const nameless = users.signUp({ email, password, name: "" }).catch((error: unknown) => error)
    expect(await nameless).toBeInstanceOf(InputInvalid)
    expect(await nameless).toMatchObject({ path: "/name" })
    expect(String(await nameless)).not.toContain(password)
    await expect(users.find("nobody")).rejects.toMatchObject({ _tag: "InputInvalid" })
    await expect(sessions.revoke("nothing")).rejects.toMatchObject({ _tag: "InputInvalid" })
    await expect(users.signUp({ email: "nowhere", password, name: "Q" })).rejects.toMatchObject({
      _tag: "EmailInvalid"
    })
  })

  it("concerns the tenant that the Saldo is about", async () => {
    const { inbox, saldo } = await open()
    await using _open = saldo
    await signIn(saldo, inbox)
    const elsewhere = saldo.as({ tenant: "other", id: "web" }).identity
    await expect(elsewhere.users.authenticate({ email, password })).rejects.toMatchObject({
      _tag: "CredentialsRejected"
    })
    expect((await saldo.as({ tenant: "other", id: "admin", permissions: ["*"] }).identity.users.list()).items).toEqual(
      []
    )
  })
})

it("gives a bank its users, and what builds on it the services of both", async () => {
  const inbox = new Inbox()
  await using saldo = await createSaldo({
    storage: sqlite({ filename: ":memory:" }),
    // The compiler knows what the functions among the options are given.
    identity: { ...identityOf(inbox), mail: async (mail) => inbox.carry(mail) },
    bank: { keys, products: [], kyc: "reference" }
  })
  const { actor } = await signIn(saldo, inbox)
  const own = saldo.as(actor)
  expect((await own.bank.payments.list()).items).toEqual([])
  const [whole, lent] = [knowsUsers(saldo), knowsUsers(own)]
  expect([whole, lent]).toEqual([true, true])
  const authentication = Context.get(await openedOf(saldo).context(), Authentication)
  expect(authentication).toHaveProperty("bearer")

  await using bare = await createSaldo({
    storage: sqlite({ filename: ":memory:" }),
    bank: { keys, products: [], kyc: "reference" }
  })
  expect([knowsUsers(bare), "identity" in bare]).toEqual([false, false])
})
