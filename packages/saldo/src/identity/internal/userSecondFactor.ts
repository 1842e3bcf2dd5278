/**
 * The second factor: begun with a secret, confirmed by a code, and removed again.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { randomBytes } from "../../internal/sealing.ts"
import { CredentialsRejected, SecondFactorUnfit } from "../IdentityRefusal.ts"
import type { SecondFactor, UserFile } from "../User.ts"
import type { Proof, RecoveryCodes, Users } from "../Users.ts"
import { type Ground, present } from "./userGround.ts"
import { makeProving, recoveryHash } from "./userSignIn.ts"
import { circumstances, type OpenUser } from "./userTrail.ts"

type Service = Users["Service"]

const codeCount = 10
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"

/** A code of 140 random bits, in seven groups of characters that nobody takes for each other. */
const newRecoveryCode = Effect.map(randomBytes(28), (bytes) => {
  const text = [...bytes].map((byte) => alphabet.charAt(byte & 31)).join("")
  return Redacted.make((text.match(/.{4}/gu) ?? []).join("-"), { label: "recovery code" })
})

const newRecoveryCodes: Effect.Effect<RecoveryCodes> = Effect.replicateEffect(newRecoveryCode, codeCount)

/** The confirmed second factor of a file. */
const confirmedIn = ({ user }: OpenUser, { secondFactor }: UserFile) =>
  secondFactor?.confirmed === true
    ? Effect.succeed(secondFactor)
    : Effect.fail(new SecondFactorUnfit({ userId: user.id, confirmed: false }))

const makeConfirm = ({ atomic, codes, files, locked, mailTo, refused, replace, self, throttle }: Ground) => {
  const action = "identity.confirmSecondFactor"
  return Effect.fn("Users.confirmSecondFactor")(function* ({ code }: { readonly code: Redacted.Redacted }) {
    const before = yield* self()
    const { id, tenant } = before.user
    const gates = yield* throttle.userGates(
      tenant,
      yield* files.emailIndex(tenant, (yield* present(before)).email),
      undefined
    )
    yield* throttle.enter({ tenant, action, gates, from: undefined })
    const recoveryCodes = yield* newRecoveryCodes
    const confirming = Effect.gen(function* () {
      const there = yield* locked(tenant, id)
      const file = yield* present(there)
      const factor = file.secondFactor
      if (factor === null || factor.confirmed) {
        return yield* new SecondFactorUnfit({ userId: id, confirmed: factor?.confirmed ?? false })
      }
      const step = yield* codes.verify(factor.secret, code, yield* DateTime.now)
      if (Option.isNone(step)) {
        yield* refused(action, there.user, "CredentialsRejected", circumstances(undefined, "wrong-code"))
        return false
      }
      const secondFactor: SecondFactor = {
        ...factor,
        confirmed: true,
        lastStep: step.value,
        recoveryCodes: recoveryCodes.map(recoveryHash)
      }
      const after = yield* replace(action, there, { file: { ...file, secondFactor } })
      yield* throttle.succeeded(tenant, gates)
      yield* mailTo(after, "second-factor-added")
      return true
    })
    return (yield* atomic.runLocking(confirming)) ? recoveryCodes : yield* new CredentialsRejected()
  })
}

/** What users do with their second factor. */
export const makeSecondFactor = (base: Ground) => {
  const { codes, files, mailTo, policy, replace, self } = base
  const prove = makeProving(base)

  return {
    confirmSecondFactor: makeConfirm(base) satisfies Service["confirmSecondFactor"],
    beginSecondFactor: Effect.fn("Users.beginSecondFactor")(function* (proof: Proof) {
      const before = yield* self()
      const action = "identity.beginSecondFactor"
      const secret = yield* codes.generateSecret
      const { email } = yield* present(before)
      yield* prove(
        action,
        before,
        proof,
        Effect.fnUntraced(function* (there, { file, user }) {
          if (file.secondFactor?.confirmed === true) {
            return yield* new SecondFactorUnfit({ userId: user.id, confirmed: true })
          }
          const secondFactor: SecondFactor = { secret, confirmed: false, lastStep: 0, recoveryCodes: [] }
          return yield* replace(action, there, { file: { ...file, secondFactor } })
        })
      )
      const uri = yield* codes.uri(secret, { issuer: policy.issuer, account: Redacted.value(email) })
      return { secret, uri }
    }) satisfies Service["beginSecondFactor"],
    renewRecoveryCodes: Effect.fn("Users.renewRecoveryCodes")(function* (proof: Proof) {
      const before = yield* self()
      const action = "identity.renewRecoveryCodes"
      const recoveryCodes = yield* newRecoveryCodes
      yield* prove(
        action,
        before,
        proof,
        Effect.fnUntraced(function* (there, { file }) {
          const factor = yield* confirmedIn(there, file)
          const secondFactor = { ...factor, recoveryCodes: recoveryCodes.map(recoveryHash) }
          return yield* replace(action, there, { file: { ...file, secondFactor } })
        })
      )
      return recoveryCodes
    }) satisfies Service["renewRecoveryCodes"],
    removeSecondFactor: Effect.fn("Users.removeSecondFactor")(function* (proof: Proof) {
      const before = yield* self()
      const action = "identity.removeSecondFactor"
      const after = yield* prove(
        action,
        before,
        proof,
        Effect.fnUntraced(function* (there, { file }) {
          yield* confirmedIn(there, file)
          const changed = yield* replace(action, there, { file: { ...file, secondFactor: null } })
          yield* mailTo(changed, "second-factor-removed")
          return changed
        })
      )
      return files.read(after.user, after.file)
    }) satisfies Service["removeSecondFactor"]
  }
}
