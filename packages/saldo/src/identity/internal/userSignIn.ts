/**
 * Who somebody is, by its credentials; and whether somebody who acts is still the one who signed in.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AuditEntry } from "../../audit/AuditRecord.ts"
import * as Actor from "../../core/Actor.ts"
import { sha256 } from "../../core/sha256.ts"
import {
  CredentialsRejected,
  EmailUnverified,
  SecondFactorRequired,
  type TooManyAttempts,
  type UserNotFound
} from "../IdentityRefusal.ts"
import { identityOf } from "../Roles.ts"
import type { SecondFactor, StoredUser, UserFile } from "../User.ts"
import type { Credentials, Proof, Users } from "../Users.ts"
import { type Ground, isSame, present } from "./userGround.ts"
import type { Gate } from "./userThrottle.ts"
import { about, circumstances, type OpenUser, visitor } from "./userTrail.ts"

type Service = Users["Service"]

/** The form of a recovery code by which it is remembered, however it was typed. */
export const recoveryHash = (code: Redacted.Redacted): string =>
  sha256(Redacted.value(code).replaceAll(/[\s-]/gu, "").toLowerCase())

/** Why credentials are not enough; what only the trail may know stands behind it. */
interface Shortfall {
  readonly failure: CredentialsRejected | EmailUnverified | SecondFactorRequired
  readonly cause: string
}

const short = (cause: string, failure: Shortfall["failure"] = new CredentialsRejected()) =>
  Result.fail<Shortfall>({ failure, cause })

/** The second factor after a code was used up; `None` when it is not one of its codes. */
export const useCode = Effect.fnUntraced(function* (
  { codes }: Pick<Ground, "codes">,
  factor: SecondFactor,
  code: Redacted.Redacted
) {
  const step = yield* codes.verify(factor.secret, code, yield* DateTime.now)
  if (Option.isSome(step)) {
    return step.value > factor.lastStep ? Option.some({ ...factor, lastStep: step.value }) : Option.none()
  }
  const hash = recoveryHash(code)
  return factor.confirmed && factor.recoveryCodes.includes(hash)
    ? Option.some({ ...factor, recoveryCodes: factor.recoveryCodes.filter((each) => each !== hash) })
    : Option.none()
})

/** The file after the code was used up that a confirmed second factor asks for. */
const codeFor = Effect.fnUntraced(function* (
  base: Pick<Ground, "codes">,
  file: UserFile,
  code: Redacted.Redacted | undefined
) {
  const factor = file.secondFactor
  if (factor === null || !factor.confirmed) return Result.succeed(file)
  if (code === undefined) return short("code-missing", new SecondFactorRequired())
  const used = yield* useCode(base, factor, code)
  return Option.isSome(used) ? Result.succeed({ ...file, secondFactor: used.value }) : short("wrong-code")
})

/** A proof that is enough, and what of it has been used up. */
export interface Proven {
  readonly user: StoredUser
  /** The file without the code that was shown. */
  readonly file: UserFile
}

interface Judged {
  readonly tenant: string
  readonly gates: ReadonlyArray<Gate>
  readonly action: AuditEntry["action"]
  readonly from: string | undefined
}

/** Makes what judges credentials in a locking transaction, counting and recording those that are not enough. */
const makeJudge = (base: Ground) => {
  const { audit, refused, throttle } = base

  const shortfall = Effect.fnUntraced(function* (
    { action, from, gates, tenant }: Judged,
    { cause, failure }: Shortfall,
    user: StoredUser | null
  ) {
    // The password was right, which is no guess; nor does it make up for guesses at the code.
    if (failure._tag !== "CredentialsRejected") yield* throttle.undecided(tenant, gates)
    const more = circumstances(from, cause)
    yield* user === null
      ? audit.recordSecurity({
          action,
          subject: { type: "address", id: gates.find(({ forgiving }) => forgiving)?.key ?? "" },
          outcome: "refused",
          reason: failure._tag,
          ...more
        })
      : refused(action, user, failure._tag, more)
    return failure
  })

  /** What is enough to be the user, of a password that matched or did not. */
  const standing = Effect.fnUntraced(function* (
    { file, user }: OpenUser,
    compared: UserFile["passwordHash"],
    matches: boolean,
    code: Redacted.Redacted | undefined
  ) {
    if (file === null) return short("deleted")
    if (!matches) return short("wrong-password")
    if (!isSame(file.passwordHash, compared)) return short("changed-meanwhile")
    if (user.state === "unverified") return short("unverified", new EmailUnverified())
    if (user.state !== "active") return short(user.state)
    return Result.map(yield* codeFor(base, file, code), (left): Proven => ({ user, file: left }))
  })

  return { shortfall, standing }
}

/** How somebody signs in. */
export const makeSignIn = (base: Ground) => {
  const { atomic, audit, files, found, locked, passwords, policy, replace, throttle, users } = base
  const { shortfall, standing } = makeJudge(base)
  const action = "identity.signIn"

  const authenticate = Effect.fn("Users.authenticate")(function* ({
    code,
    email,
    from,
    password,
    tenant
  }: Credentials) {
    const index = yield* files.emailIndex(tenant, email)
    const gates = yield* throttle.userGates(tenant, index, from)
    yield* throttle.enter({ tenant, action, gates, from })
    const known = Option.getOrNull(yield* users.findByEmail(tenant, index))
    const encoded = known === null ? null : ((yield* files.open(known))?.passwordHash ?? null)
    const { matches, outdated } = yield* passwords.compare(encoded, password)
    const stronger = matches && outdated ? yield* passwords.rehash(password) : null
    const judged: Judged = { tenant, gates, action, from }

    const judging = Effect.gen(function* () {
      if (known === null) {
        return Result.fail(yield* shortfall(judged, { failure: new CredentialsRejected(), cause: "unknown" }, null))
      }
      const before = yield* Effect.orDie(locked(tenant, known.id))
      const verdict = yield* standing(before, encoded, matches, code)
      if (Result.isFailure(verdict)) return Result.fail(yield* shortfall(judged, verdict.failure, before.user))
      const { file, user } = verdict.success
      const kept = stronger === null ? file : { ...file, passwordHash: stronger }
      const more = circumstances(from)
      const after = yield* (
        kept === before.file
          ? Effect.as(audit.recordSecurity({ action, ...about(user), ...more }), before)
          : replace(action, before, { file: kept }, more.changes)
      ).pipe(Actor.as(identityOf(policy.roles, user)))
      yield* throttle.succeeded(tenant, gates)
      return Result.succeed(files.read(after.user, after.file))
    }).pipe(Actor.as(visitor(tenant)))
    return yield* Effect.fromResult(yield* atomic.runLocking(judging))
  }) satisfies Service["authenticate"]

  return {
    authenticate,
    acting: Effect.fn("Users.acting")(function* (tenant, id) {
      const known = yield* Effect.option(found(tenant, id))
      return Option.map(
        Option.filter(known, ({ user }) => user.state === "active"),
        ({ user }) => identityOf(policy.roles, user)
      )
    }) satisfies Service["acting"]
  }
}

/** Why a proof is not enough. */
type ProofShort = CredentialsRejected | SecondFactorRequired | TooManyAttempts | UserNotFound

/**
 * Makes what judges the proof of somebody who acts already, and does what the proof is for in the same locking transaction.
 * The act puts the file in place that it is given, without the code that was used.
 */
export const makeProving = (base: Ground) => {
  const { atomic, files, locked, passwords, throttle } = base
  const { shortfall, standing } = makeJudge(base)

  return Effect.fnUntraced(function* <A, E, R>(
    action: AuditEntry["action"],
    before: OpenUser,
    { code, from, password }: Proof,
    act: (locked: OpenUser, proven: Proven) => Effect.Effect<A, E, R>
  ): Effect.fn.Return<A, E | ProofShort, R | Actor.Actor> {
    const { id, tenant } = before.user
    const { email, passwordHash } = yield* present(before)
    const gates = yield* throttle.userGates(tenant, yield* files.emailIndex(tenant, email), from)
    yield* throttle.enter({ tenant, action, gates, from })
    const { matches } = yield* passwords.compare(passwordHash, password)
    const proving = Effect.gen(function* () {
      const there = yield* locked(tenant, id)
      const verdict = yield* standing(there, passwordHash, matches, code)
      if (Result.isFailure(verdict)) {
        const failure = yield* shortfall({ tenant, gates, action, from }, verdict.failure, there.user)
        // Whoever acts has signed in, so the address was verified.
        return Result.fail(failure._tag === "EmailUnverified" ? new CredentialsRejected() : failure)
      }
      yield* throttle.succeeded(tenant, gates)
      return Result.succeed(yield* act(there, verdict.success))
    })
    return yield* Effect.fromResult(yield* atomic.runLocking(proving))
  })
}
