/**
 * How sessions are listed and end.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Actor, as, Subject, system } from "../../core/Actor.ts"
import type { PageRequest } from "../../core/Page.ts"
import { managePermission, selfPermission } from "../Roles.ts"
import { type Session, type SessionEndReason, type SessionId, SessionNotFound } from "../Session.ts"
import { isInForce } from "../sessionLife.ts"
import { UserId } from "../User.ts"
import { hashOf } from "./refreshSecrets.ts"
import { recordOf, type SessionGround, subjectOf } from "./sessionGround.ts"

const purgedAtOnce = 1000
const keptForDays = 30

const isUser = Schema.is(UserId)

/** Whoever acts without being a user has no sessions. */
const nobody = { items: [], next: null }

/** Whose data it is that a session of a user ends: that of whom the user acts for, or the user's own. */
const makeOwner =
  ({ users }: SessionGround) =>
  (tenant: string, userId: UserId) =>
    Effect.map(
      users.acting(tenant, userId),
      Option.match({ onNone: () => new Subject({ tenant, id: userId }), onSome: ({ owner }) => owner })
    )

const makeEnd = (ground: SessionGround) => {
  const { audit, store } = ground
  const ownerOf = makeOwner(ground)
  return Effect.fnUntraced(function* (session: Session, reason: SessionEndReason) {
    const ended = { at: yield* DateTime.now, reason }
    if (!(yield* store.end(session.tenant, session.id, ended))) return false
    yield* audit.recordSecurity({
      ...recordOf("identity.end-session", session, { ...session, ended }),
      onBehalfOf: yield* ownerOf(session.tenant, session.userId)
    })
    return true
  })
}

const makeRevocations = (ground: SessionGround) => {
  const { atomic, audit, store } = ground
  const end = makeEnd(ground)
  const ownerOf = makeOwner(ground)

  const endAll = Effect.fnUntraced(function* (userId: UserId, keep?: SessionId) {
    const { tenant } = yield* Actor
    const ended = yield* store.endAllOf(tenant, userId, { at: yield* DateTime.now, reason: "revoked" }, keep)
    if (ended.length === 0) return 0
    const onBehalfOf = yield* ownerOf(tenant, userId)
    yield* Effect.forEach(ended, (id) =>
      audit.recordSecurity({ action: "identity.end-session", subject: subjectOf({ id }), onBehalfOf })
    )
    return ended.length
  })

  return {
    revoke: Effect.fn("Sessions.revoke")(function* (sessionId: SessionId) {
      const actor = yield* Actor
      if (!actor.may(managePermission)) yield* Actor.require(selfPermission)
      const found = Option.filter(
        yield* store.find(actor.tenant, sessionId),
        ({ userId }) => userId === actor.id || actor.may(managePermission)
      )
      if (Option.isNone(found)) return yield* new SessionNotFound({ sessionId })
      yield* atomic.runLocking(end(found.value, "revoked"))
    }),
    revokeAll: Effect.fn("Sessions.revokeAll")(function* (request: { readonly keep?: SessionId } = {}) {
      yield* Actor.require(selfPermission)
      const { id } = yield* Actor
      return isUser(id) ? yield* atomic.runLocking(endAll(id, request.keep)) : 0
    }),
    revokeAllOf: Effect.fn("Sessions.revokeAllOf")(function* (userId: UserId) {
      yield* Actor.require(managePermission)
      return yield* atomic.runLocking(endAll(userId))
    })
  }
}

/** The calls by which sessions are listed and end. */
export const makeSessionEnds = (ground: SessionGround) => {
  const { atomic, audit, operator, store, users } = ground
  const end = makeEnd(ground)

  const leaving = Effect.fnUntraced(function* (token: Redacted.Redacted) {
    const held = yield* store.lock(hashOf(token))
    if (Option.isNone(held)) return
    const { session } = held.value
    const by = yield* users.acting(session.tenant, session.userId)
    if (!isInForce(session, yield* DateTime.now) || Option.isNone(by)) return
    yield* end(session, "signed-out").pipe(as(by.value))
  })

  const purging = Effect.gen(function* () {
    const before = DateTime.subtract(yield* DateTime.now, { days: keptForDays })
    const purged = yield* store.purge(before, purgedAtOnce)
    if (purged === 0) return 0
    yield* audit.recordSecurity({
      action: "identity.purge-sessions",
      subject: { type: "sessions", id: DateTime.formatIso(before) }
    })
    return purged
  })

  return {
    ...makeRevocations(ground),
    signOut: Effect.fn("Sessions.signOut")((token: Redacted.Redacted) => atomic.runLocking(leaving(token))),
    list: Effect.fn("Sessions.list")(function* (page: PageRequest = {}) {
      yield* Actor.require(selfPermission)
      const { id, tenant } = yield* Actor
      return isUser(id) ? yield* store.list(tenant, id, yield* DateTime.now, page) : nobody
    }),
    listOf: Effect.fn("Sessions.listOf")(function* (userId: UserId, page: PageRequest = {}) {
      yield* Actor.require(managePermission)
      return yield* store.list((yield* Actor).tenant, userId, yield* DateTime.now, page)
    }),
    purge: purging.pipe(atomic.run, as(system(operator)), Effect.withSpan("Sessions.purge"))
  }
}
