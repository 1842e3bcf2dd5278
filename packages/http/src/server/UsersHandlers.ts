import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Option from "effect/Option"
import type { Page } from "saldo/core/Page"
import { ApiKeys } from "saldo/identity/ApiKeys"
import type { Session } from "saldo/identity/Session"
import { Sessions } from "saldo/identity/Sessions"
import type { User } from "saldo/identity/User"
import { Users } from "saldo/identity/Users"
import { Api } from "../api/Api.ts"
import { userShown } from "../api/UserView.ts"
import { client } from "./clientAddress.ts"
import { keyed } from "./commands.ts"
import { currentSession, offered } from "./identityOffered.ts"
import { linked, parted } from "./paging.ts"

const shown = <E, R>(user: Effect.Effect<User, E, R>) => Effect.map(user, userShown)

const marked = <E, R>(sessions: Effect.Effect<Page<Session>, E, R>) =>
  Effect.map(Effect.all([sessions, currentSession]), ([{ items, next }, current]) => ({
    items: items.map((each) => ({ ...each, current: Option.contains(current, each.id) })),
    next
  }))

/** Answers about users. */
export const layer = HttpApiBuilder.group(
  Api,
  "users",
  Effect.fnUntraced(function* (handlers) {
    const [users, sessions, apiKeys] = [yield* offered(Users), yield* offered(Sessions), yield* offered(ApiKeys)]
    return handlers.handleAll({
      changeProfile: ({ headers, payload }) =>
        users(({ changeProfile }) => shown(keyed(headers, (key) => changeProfile({ ...payload, key })))),
      deleteMe: ({ payload }) =>
        users((all) =>
          Effect.gen(function* () {
            const { address } = yield* client
            yield* all.delete({ ...payload, ...(address === null ? {} : { from: address }) })
          })
        ),
      sessions: ({ query }) => sessions(({ list }) => linked(marked(list(query)))),
      // What is over stays over, so none of these needs a memory of its key.
      endOtherSessions: () =>
        sessions(({ revokeAll }) =>
          Effect.asVoid(
            Effect.flatMap(currentSession, (keep) => revokeAll(Option.isSome(keep) ? { keep: keep.value } : {}))
          )
        ),
      endSession: ({ params }) => sessions(({ revoke }) => revoke(params.sessionId)),
      list: ({ query }) => {
        const { filter, page } = parted(query)
        return users(({ list }) =>
          linked(Effect.map(list(filter, page), ({ items, next }) => ({ items: items.map(userShown), next })))
        )
      },
      invite: ({ headers, payload }) =>
        users(({ invite }) => shown(keyed(headers, (key) => invite({ ...payload, key })))),
      find: ({ params }) => users(({ find }) => shown(find(params.userId))),
      setRoles: ({ headers, params, payload }) =>
        users(({ setRoles }) => shown(keyed(headers, (key) => setRoles({ ...params, ...payload, key })))),
      setParty: ({ headers, params, payload }) =>
        users(({ setParty }) => shown(keyed(headers, (key) => setParty({ ...params, ...payload, key })))),
      lock: ({ headers, params }) => users(({ lock }) => shown(keyed(headers, (key) => lock({ ...params, key })))),
      unlock: ({ headers, params }) =>
        users(({ unlock }) => shown(keyed(headers, (key) => unlock({ ...params, key })))),
      // Whose sessions and keys there are none of may be nobody: that is said, and not an empty list.
      sessionsOf: ({ params, query }) =>
        users(({ find }) =>
          Effect.andThen(
            find(params.userId),
            sessions(({ listOf }) => linked(marked(listOf(params.userId, query))))
          )
        ),
      endSessionsOf: ({ params }) =>
        users(({ find }) =>
          Effect.andThen(
            find(params.userId),
            sessions(({ revokeAllOf }) => Effect.asVoid(revokeAllOf(params.userId)))
          )
        ),
      apiKeysOf: ({ params, query }) =>
        users(({ find }) =>
          Effect.andThen(
            find(params.userId),
            apiKeys(({ listAll }) => linked(listAll({ userId: params.userId }, query)))
          )
        )
    })
  })
)
