/**
 * How users choose another password: by a link in a mail, or by the one they have.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Mailed, Users } from "../Users.ts"
import { withoutPendingEmail } from "./userEmail.ts"
import type { Ground } from "./userGround.ts"
import { makeRedeem } from "./userTokens.ts"

type Service = Users["Service"]

/** How users choose another password by a link, and how what has expired is forgotten. */
export const makeRecovery = (base: Ground) => {
  const { attempts, endSessions, files, mailTo, passwords, policy, tokens } = base
  const redeem = makeRedeem(base)
  return {
    confirmPasswordReset: Effect.fn("Users.confirmPasswordReset")(function* ({
      password,
      ...mailed
    }: Mailed & { readonly password: Redacted.Redacted }) {
      const { file, user } = yield* redeem(mailed, {
        action: "identity.confirmPasswordReset",
        purpose: "reset-password",
        // Somebody may have guessed until the user was shut out, which is over with the password that was guessed at.
        forgiving: true,
        prepare: ({ file: known }) =>
          passwords.choose(password, known === null ? [] : [known.email, known.name, Redacted.make(policy.issuer)]),
        // Who reads the mail has the address, so it is verified by that; a lock stays.
        decide: ({ state }, open, passwordHash) => ({
          ...(state === "unverified" ? { facts: { state: "active" } } : {}),
          file: { ...withoutPendingEmail(open), passwordHash }
        }),
        also: Effect.fnUntraced(function* (after) {
          yield* endSessions(after, "credentials-changed")
          yield* mailTo(after, "password-changed")
        })
      })
      return files.read(user, file)
    }) satisfies Service["confirmPasswordReset"],
    purge: Effect.fn("Users.purge")(function* (limit = 1000) {
      const now = yield* DateTime.now
      const { mailAttempts, originAttempts, userAttempts } = policy
      const longest = Math.max(mailAttempts.forgetAfterMs, originAttempts.forgetAfterMs, userAttempts.forgetAfterMs)
      const forgotten = yield* tokens.purge(now, limit)
      return forgotten + (yield* attempts.purge(DateTime.subtract(now, { milliseconds: longest }), limit))
    }) satisfies Service["purge"]
  }
}
