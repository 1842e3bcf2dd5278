/**
 * A Saldo that knows its users, its mails, and somebody who has signed up.
 */
import { identityTools } from "@saldo/identity/identity"
import { sqlite } from "@saldo/sqlite/sqlite"
import { createSaldo, type IdentityMail, type IdentityOptions, type IdentitySaldo } from "saldo/promise"
import { vi } from "vitest"

export const email = "Quirina.Testsson@example.test"
export const password = "four random wombats sing"
export const next = "seven purple herons dance"
export const client = { address: "192.0.2.1", agent: "Firefox" }

const cheap = { cost: { memoryKiB: 1024, passes: 1, lanes: 1 } }

/** Mails as they come, and the token in one of them. */
export class Inbox {
  readonly mails: Array<IdentityMail> = []

  readonly carry = async (mail: IdentityMail): Promise<void> => {
    this.mails.push(mail)
  }

  async token(nth = 0): Promise<string> {
    const mail = await vi.waitFor(
      () => {
        const found = this.mails[nth]
        if (found === undefined) throw new RangeError(`there are ${this.mails.length} mails`)
        return found
      },
      { timeout: 10_000, interval: 5 }
    )
    return /#(\S+)/u.exec(mail.text.reveal())?.[1] ?? ""
  }
}

/** What identity needs, with hashes that are made quickly. */
export const identityOf = (inbox: Inbox, given: Partial<IdentityOptions> = {}): IdentityOptions => ({
  keys: { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) },
  tools: identityTools({ issuer: "https://bank.example", passwords: cheap }),
  mail: inbox.carry,
  pages: {
    "verify-email": "https://bank.example/verify",
    "reset-password": "https://bank.example/reset",
    "accept-invitation": "https://bank.example/welcome",
    "change-email": "https://bank.example/new-address"
  },
  ...given
})

/** A Saldo in memory that knows its users. */
export const open = async (given: Partial<IdentityOptions> = {}, filename = ":memory:", workers = true) => {
  const inbox = new Inbox()
  const saldo = await createSaldo({ storage: sqlite({ filename }), workers, identity: identityOf(inbox, given) })
  return { inbox, saldo }
}

/** Signs somebody up whose mail comes first, and in. */
export const signIn = async (saldo: IdentitySaldo, inbox: Inbox) => {
  const { authenticate, sessions, users } = saldo.identity
  await users.signUp({ email, password, name: "Quirina Testsson" })
  const user = await users.verifyEmail({ token: await inbox.token() })
  const signedIn = await sessions.signIn({ email, password, client })
  const actor = await authenticate({ scheme: "bearer", text: signedIn.accessToken })
  return { actor, own: saldo.as(actor).identity, signedIn, user }
}
