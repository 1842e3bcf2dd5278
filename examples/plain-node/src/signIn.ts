import { identityTools } from "@saldo/identity/identity"
import { sqlite } from "@saldo/sqlite/sqlite"
import { createSaldo, type IdentityKeys, type IdentityMail } from "saldo/promise"

const credentials = { email: "quirina@example.test", password: "four random wombats sing" }

/** Somebody signs up, opens the link in the mail, signs in, stays, and acts; says who it was and what it may do. */
export const signUpAndIn = async (filename: string, keys: IdentityKeys) => {
  const { promise: mailed, resolve } = Promise.withResolvers<IdentityMail>()
  await using saldo = await createSaldo({
    storage: sqlite({ filename }),
    identity: {
      keys,
      tools: identityTools({ issuer: "https://bank.example" }),
      // A host hands mails to whoever carries them.
      mail: async (mail) => resolve(mail),
      pages: {
        "verify-email": "https://bank.example/verify",
        "reset-password": "https://bank.example/reset",
        "accept-invitation": "https://bank.example/welcome",
        "change-email": "https://bank.example/new-address"
      }
    }
  })
  const { authenticate, sessions, users } = saldo.identity
  await users.signUp({ ...credentials, name: "Quirina Testsson" })
  const [, token = ""] = /#(\S+)/u.exec((await mailed).text.reveal()) ?? []
  await users.verifyEmail({ token })

  const { refreshToken } = await sessions.signIn(credentials)
  const { accessToken } = await sessions.refresh(refreshToken)

  const actor = await authenticate({ scheme: "bearer", text: accessToken })
  const { profile } = await saldo.as(actor).identity.users.me()
  return `${profile?.name.reveal() ?? "nobody"} acts as ${actor.roles.join(" and ")}`
}
