/**
 * How users change the address that they sign in with.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Struct from "effect/Struct"
import type { UserFile } from "../User.ts"
import type { Mailed, Proof, Users } from "../Users.ts"
import { addressOf } from "./userEntrance.ts"
import type { Ground } from "./userGround.ts"
import { makeProving } from "./userSignIn.ts"
import { makeRedeem } from "./userTokens.ts"

type Service = Users["Service"]

/** The file of somebody who waits for no other address any more: what was asked for with an old password does not come. */
export const withoutPendingEmail: (file: UserFile) => UserFile = Struct.omit(["pendingEmail"])

/** The file once the address that was asked for is the address; the one before it is told so. */
const moved = (file: UserFile, email: UserFile["email"]): UserFile => ({
  ...withoutPendingEmail(file),
  email,
  formerEmail: file.email
})

const makeRequest = (base: Ground): Service["requestEmailChange"] => {
  const { files, mailTo, replace, self, throttle, tokens } = base
  const prove = makeProving(base)
  const action = "identity.requestEmailChange"
  return Effect.fn("Users.requestEmailChange")(function* ({
    email,
    ...proof
  }: Proof & { readonly email: Redacted.Redacted }) {
    const before = yield* self()
    const { id, tenant } = before.user
    const address = yield* addressOf(email)
    const index = yield* files.emailIndex(tenant, address)
    const [own, theirs] = [yield* throttle.changeGate(tenant, id), yield* throttle.mailGate(tenant, index)]
    const asked = yield* prove(
      action,
      before,
      proof,
      Effect.fnUntraced(function* (there, { file }) {
        const { from } = proof
        const entered = yield* Effect.result(throttle.enter({ tenant, action, gates: [own], from }))
        // How often others had mails sent to the address is not for whoever asks to know: it is answered the same.
        const isAdmitted =
          Result.isSuccess(entered) && (yield* throttle.admits({ tenant, action, gates: [theirs], from }))
        if (!isAdmitted) {
          // The code that was shown is used up all the same.
          if (file !== there.file) yield* replace(action, there, { file })
          return entered
        }
        // A link is good for the address that it was sent to, so those that were sent to another are not any more.
        yield* tokens.forget(tenant, id)
        const after = yield* replace(action, there, { file: { ...file, pendingEmail: address } })
        yield* mailTo(after, "change-email")
        yield* mailTo(after, "email-change-asked")
        return entered
      })
    )
    yield* Effect.fromResult(asked)
  })
}

/** How users change their address. */
export const makeEmailChange = (base: Ground) => {
  const { endSessions, files, mailTo, tokens } = base
  const redeem = makeRedeem(base)
  return {
    requestEmailChange: makeRequest(base),
    confirmEmailChange: Effect.fn("Users.confirmEmailChange")(function* (mailed: Mailed) {
      const { file, user } = yield* redeem(mailed, {
        action: "identity.confirmEmailChange",
        purpose: "change-email",
        prepare: ({ file: known }) =>
          known?.pendingEmail === undefined
            ? Effect.succeed(null)
            : Effect.map(files.emailIndex(mailed.tenant, known.pendingEmail), (index) => Redacted.make(index)),
        // The token that is taken was sent to the address that was read with it: another wish would have forgotten it.
        decide: ({ state }, open, index) =>
          state !== "active" || open.pendingEmail === undefined || index === null
            ? null
            : { facts: { emailIndex: Redacted.value(index) }, file: moved(open, open.pendingEmail) },
        also: Effect.fnUntraced(function* (after) {
          yield* tokens.forget(after.user.tenant, after.user.id)
          yield* endSessions(after, "credentials-changed")
          yield* mailTo(after, "email-changed")
        })
      })
      return files.read(user, file)
    }) satisfies Service["confirmEmailChange"]
  }
}
