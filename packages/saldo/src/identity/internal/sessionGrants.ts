/**
 * How sessions begin and go on.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { as } from "../../core/Actor.ts"
import * as Id from "../../core/Id.ts"
import { type Client, keptClient } from "../clientText.ts"
import { CredentialsInvalid } from "../CredentialsInvalid.ts"
import { refreshDecision } from "../refreshTokens.ts"
import type { Session } from "../Session.ts"
import type { SignedIn, SignIn } from "../Sessions.ts"
import type { HeldSession } from "../SessionStore.ts"
import type { User } from "../User.ts"
import { firstToken, hashOf, newSalt, successorOf } from "./refreshSecrets.ts"
import { recordOf, type SessionGround, subjectOf } from "./sessionGround.ts"

/** Somebody whose session goes on, or who is not let in. */
type Outcome = Option.Option<{ readonly session: Session; readonly refreshToken: Redacted.Redacted }>

const earlier = (left: DateTime.Utc, right: DateTime.Utc): DateTime.Utc =>
  DateTime.isLessThan(left, right) ? left : right

/** As tokens tell times: to the second, and not later than they are. */
const wholeSecond = (instant: DateTime.Utc): DateTime.Utc =>
  DateTime.makeUnsafe(Math.floor(instant.epochMilliseconds / 1000) * 1000)

const makeGrant = ({ accessTokens, terms }: SessionGround) =>
  Effect.fnUntraced(function* (session: Session, refreshToken: Redacted.Redacted) {
    const issuedAt = wholeSecond(yield* DateTime.now)
    const accessExpiresAt = wholeSecond(earlier(DateTime.addDuration(issuedAt, terms.accessFor), session.endsAt))
    const accessToken = yield* accessTokens.sign({
      tenant: session.tenant,
      userId: session.userId,
      sessionId: session.id,
      tokenId: yield* Id.make("access"),
      issuedAt,
      expiresAt: accessExpiresAt
    })
    const granted: SignedIn = {
      session,
      accessToken,
      accessExpiresAt,
      refreshToken,
      refreshExpiresAt: session.expiresAt
    }
    return granted
  })

/** Nothing, when the user is not any more who was let in: whoever ended the user's sessions meanwhile did not see this one. */
const makeBegin = ({ atomic, audit, store, terms, userStore, users }: SessionGround) =>
  Effect.fnUntraced(function* (user: User, client: Client) {
    const refreshToken = yield* firstToken
    const id = yield* Id.make("sess")
    const beginning = Effect.gen(function* () {
      const now = yield* DateTime.now
      const there = yield* userStore.lock(user.tenant, user.id)
      const by = yield* users.acting(user.tenant, user.id)
      if (Option.isNone(there) || there.value.version !== user.version || Option.isNone(by)) return Option.none()
      const endsAt = DateTime.addDuration(now, terms.atMost)
      const session: Session = {
        id,
        tenant: user.tenant,
        userId: user.id,
        ...keptClient(client),
        startedAt: now,
        refreshedAt: now,
        expiresAt: earlier(DateTime.addDuration(now, terms.unusedFor), endsAt),
        endsAt,
        ended: null
      }
      yield* store.insert(session, hashOf(refreshToken))
      yield* audit.recordSecurity(recordOf("identity.begin-session", null, session)).pipe(as(by.value))
      return Option.some({ session, refreshToken })
    })
    return yield* atomic.runLocking(beginning)
  })

const makeRotate = ({ audit, store, terms }: SessionGround) =>
  Effect.fnUntraced(function* (used: Redacted.Redacted, { session, token }: HeldSession, client: Client) {
    const now = yield* DateTime.now
    const salt = yield* newSalt
    const refreshToken = successorOf(used, salt)
    const after: Session = {
      ...session,
      ...client,
      refreshedAt: now,
      expiresAt: earlier(DateTime.addDuration(now, terms.unusedFor), session.endsAt)
    }
    const rotation = { used: token.hash, successor: hashOf(refreshToken), salt, session: after }
    if (!(yield* store.rotate(rotation))) {
      return yield* Effect.die(new RangeError(`A token of ${session.id} was used while its session was locked`))
    }
    yield* audit.recordSecurity(recordOf("identity.refresh-session", session, after))
    return { session: after, refreshToken }
  })

const makeRefreshing = (ground: SessionGround) => {
  const { audit, operator, refused, store, terms, users } = ground
  const rotate = makeRotate(ground)
  const action = "identity.refresh-session" as const

  const reuse = Effect.fnUntraced(function* (session: Session, at: DateTime.Utc) {
    const ended = { ...session, ended: { at, reason: "token-reused" as const } }
    yield* store.end(session.tenant, session.id, ended.ended)
    yield* audit.recordSecurity({
      ...recordOf("identity.reuse-refresh-token", session, ended),
      outcome: "refused",
      reason: "RefreshTokenReused"
    })
  })

  const unknown = { tenant: operator, action, subject: { type: "session", id: "unknown" }, reason: "TokenUnknown" }

  return Effect.fnUntraced(function* (used: Redacted.Redacted, given: Client) {
    const at = yield* DateTime.now
    const client = keptClient(given)
    const none: Outcome = Option.none()
    const held = yield* store.lock(hashOf(used))
    if (Option.isNone(held)) return yield* Effect.as(refused(unknown), none)
    const { session, token } = held.value
    const by = yield* users.acting(session.tenant, session.userId)
    const askAgainForMs = Duration.toMillis(terms.askAgainFor)
    const decision = refreshDecision({ session, token, at, agent: client.agent, askAgainForMs })
    if (decision === "over" || Option.isNone(by)) {
      const { tenant } = session
      return yield* Effect.as(refused({ tenant, action, subject: subjectOf(session), reason: "SessionOver" }), none)
    }
    if (decision === "reused") return yield* Effect.as(reuse(session, at), none).pipe(as(by.value))
    if (decision === "rotate") {
      return Option.some(yield* rotate(used, held.value, client).pipe(as(by.value)))
    }
    return Option.some({ session, refreshToken: successorOf(used, token.salt ?? "") })
  })
}

/** How often somebody is asked again whose user was changed between the check of the password and the session. */
const signInsAtMost = 3

/** The calls by which sessions begin and go on. */
export const makeSessionGrants = (ground: SessionGround) => {
  const { atomic, users } = ground
  const [begin, grant, refreshing] = [makeBegin(ground), makeGrant(ground), makeRefreshing(ground)]

  return {
    signIn: Effect.fn("Sessions.signIn")(function* ({ client, ...credentials }: SignIn) {
      const from = client.address === null ? {} : { from: client.address }
      for (let attempt = 1; attempt <= signInsAtMost; attempt++) {
        const begun = yield* begin(yield* users.authenticate({ ...credentials, ...from }), client)
        if (Option.isSome(begun)) return yield* grant(begun.value.session, begun.value.refreshToken)
      }
      return yield* Effect.die(
        new RangeError("A user was changed each time between its authentication and its session")
      )
    }),
    refresh: Effect.fn("Sessions.refresh")(function* (used: Redacted.Redacted, client: Client) {
      // What a reuse ends must stay ended, so the transaction succeeds and the refusal comes after it.
      const outcome = yield* atomic.runLocking(refreshing(used, client))
      if (Option.isNone(outcome)) return yield* new CredentialsInvalid()
      return yield* grant(outcome.value.session, outcome.value.refreshToken)
    })
  }
}
