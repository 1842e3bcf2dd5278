/**
 * The interface of a Saldo that knows its users, for hosts without Effect.
 */
import { createHandler } from "@saldo/http/promise"
import { identityTools } from "@saldo/identity/identity"
import { sqlite } from "@saldo/sqlite/sqlite"
import { createSaldo, type IdentityMail } from "saldo/promise"
import { expect, it } from "vitest"

const keys = { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) }
const credentials = { email: "anna@example.test", password: "four random wombats sing" }

const bank = { keys, products: [], kyc: "reference" } as const

it("signs users in and lets them act by what they got", async () => {
  const { promise: mailed, resolve } = Promise.withResolvers<IdentityMail>()
  await using saldo = await createSaldo({
    storage: sqlite({ filename: ":memory:" }),
    bank,
    identity: {
      keys,
      tools: identityTools({
        issuer: "https://bank.example",
        passwords: { cost: { memoryKiB: 1024, passes: 1, lanes: 1 } }
      }),
      mail: async (mail) => resolve(mail),
      pages: {
        "verify-email": "https://bank.example/verify",
        "reset-password": "https://bank.example/reset",
        "accept-invitation": "https://bank.example/welcome",
        "change-email": "https://bank.example/new-address"
      }
    }
  })
  await saldo.identity.users.signUp({ ...credentials, name: "Anna Ek" })
  await saldo.identity.users.verifyEmail({ token: /#(\S+)/u.exec((await mailed).text.reveal())?.[1] ?? "" })

  await using handler = await createHandler(saldo)
  const ask = (path: string, init?: RequestInit) => handler.handle(new Request(`http://localhost/api${path}`, init))
  const login = await ask("/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(credentials)
  })
  expect(login.status).toBe(200)
  const { accessToken } = (await login.json()) as { readonly accessToken: string }
  const me = await ask("/auth/me", { headers: { authorization: `Bearer ${accessToken}` } })
  expect([me.status, await me.json()]).toMatchObject([200, { email: credentials.email, roles: ["customer"] }])
  const events = await ask("/v1/events", { headers: { authorization: `Bearer ${accessToken}` } })
  expect(events.status).toBe(200)
  const told = events.text()
  const stranger = await ask("/auth/me", { headers: { authorization: "Bearer nobody's" } })
  expect(stranger.status).toBe(401)
  // Closing waits for nobody who listens.
  await handler.close()
  expect(await told).toMatch(/"Ready"[^]+"reason":"closing"/u)
})

it("offers the webhooks of a Saldo that has any", async () => {
  const status = async (webhooks?: { readonly keys: Omit<typeof keys, "index"> }) => {
    const storage = sqlite({ filename: ":memory:" })
    await using saldo = await createSaldo({ storage, bank, ...(webhooks === undefined ? {} : { webhooks }) })
    await using handler = await createHandler(saldo, {
      authenticate: async () => ({ tenant: "main", id: "admin", permissions: ["webhooks:manage"] })
    })
    const headers = { authorization: "Bearer admin" }
    return (await handler.handle(new Request("http://localhost/api/v1/webhooks", { headers }))).status
  }
  expect([await status(), await status({ keys })]).toEqual([501, 200])
})

it("asks the host who signs in where the Saldo has no users", async () => {
  await using saldo = await createSaldo({ storage: sqlite({ filename: ":memory:" }), bank })
  // @ts-expect-error A Saldo without users needs `authenticate`.
  await expect(createHandler(saldo)).rejects.toThrow("expected authenticate")
})
