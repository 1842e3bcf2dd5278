/** Sessions for tests of what ends them. */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Id from "saldo/core/Id"
import type { Session } from "saldo/identity/Session"
import type { User } from "saldo/identity/User"

/** A session of a user that began at an instant. */
export const sessionOf = ({ id: userId, tenant }: User, at: DateTime.Utc): Effect.Effect<Session> =>
  Effect.map(Id.make("sess"), (id) => ({
    id,
    tenant,
    userId,
    address: null,
    agent: null,
    startedAt: at,
    refreshedAt: at,
    expiresAt: DateTime.add(at, { days: 7 }),
    endsAt: DateTime.add(at, { days: 30 }),
    ended: null
  }))
