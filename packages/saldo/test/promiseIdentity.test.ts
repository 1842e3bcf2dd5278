/**
 * Users, sessions and keys by promises, as a host without Effect has them.
 */
import { identityTools } from "@saldo/identity/identity"
import { sqlite } from "@saldo/sqlite/sqlite"
import { createSaldo, type IdentityMail, type IdentityOptions, Secret } from "saldo/promise"
import { expect, it, vi } from "vitest"

const email = "Quirina.Testsson@example.test"
const password = "four random wombats sing"
const client = { address: "192.0.2.1", agent: "Firefox" }

const cheap = { cost: { memoryKiB: 1024, passes: 1, lanes: 1 } }

const world = async (given: Partial<IdentityOptions> = {}) => {
  const mails: Array<IdentityMail> = []
  const saldo = await createSaldo({
    storage: sqlite({ filename: ":memory:" }),
    identity: {
      keys: { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) },
      tools: identityTools({ issuer: "https://bank.example", passwords: cheap }),
      mail: async (mail) => {
        mails.push(mail)
      },
      pages: {
        "verify-email": "https://bank.example/verify",
        "reset-password": "https://bank.example/reset",
        "accept-invitation": "https://bank.example/welcome"
      },
      ...given
    }
  })
  const token = async (nth = 0) => {
    const mail = await vi.waitFor(() => {
      const found = mails[nth]
      if (found === undefined) throw new RangeError("no mail yet")
      return found
    }, 10_000)
    const [, text = ""] = /#(\S+)/u.exec(mail.text.reveal()) ?? []
    return text
  }
  return { saldo, mails, token }
}

it("takes a user from sign-up to an act, and out again", async () => {
  const { mails, saldo, token } = await world()
  await using open = saldo
  const { authenticate, sessions, users } = open.identity
  await users.signUp({ email, password, name: "Quirina Testsson", from: "192.0.2.1" })
  await expect(sessions.signIn({ email, password, client })).rejects.toMatchObject({ _tag: "EmailUnverified" })
  const user = await users.verifyEmail({ token: await token() })
  expect(user.state).toBe("active")
  expect(`${JSON.stringify(mails)}${JSON.stringify(user)}`).not.toMatch(/quirina/iu)
  expect(mails[0]?.to.address.reveal()).toBe(email)

  const first = await sessions.signIn({ email: new Secret(email), password: new Secret(password), client })
  const actor = await authenticate({ scheme: "bearer", text: first.accessToken })
  expect(actor).toMatchObject({ kind: "user", tenant: "main", id: user.id, roles: ["customer"] })
  const own = open.as(actor).identity
  expect((await own.users.me()).profile?.name.reveal()).toBe("Quirina Testsson")
  await expect(own.users.list()).rejects.toMatchObject({ _tag: "NotPermitted" })

  const next = await sessions.refresh(first.refreshToken.reveal(), client)
  expect(next.session.id).toBe(first.session.id)
  const present = await open.identity.authenticateSession(next.accessToken)
  expect(present).toEqual({ actor, sessionId: next.session.id, expiresAt: next.accessExpiresAt })
  expect((await own.sessions.list()).items).toMatchObject([client])

  await sessions.signOut(next.refreshToken)
  await expect(authenticate({ scheme: "bearer", text: next.accessToken })).rejects.toMatchObject({
    _tag: "CredentialsInvalid"
  })
})
