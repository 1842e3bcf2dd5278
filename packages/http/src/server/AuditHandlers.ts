import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { AuditFilter } from "saldo/audit/AuditRecord"
import { AuditTrail, readPermission } from "saldo/audit/AuditTrail"
import { Actor } from "saldo/core/Actor"
import { Api } from "../api/Api.ts"
import type { AuditQuery } from "../api/AuditApi.ts"
import { linked, parted } from "./paging.ts"

const filterOf = ({ subjectId, subjectType, ...rest }: AuditQuery): AuditFilter =>
  subjectType === undefined
    ? rest
    : { ...rest, subject: { type: subjectType, ...(subjectId === undefined ? {} : { id: subjectId }) } }

/** Answers from the trail. */
export const layer = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fnUntraced(function* (handlers) {
    const trail = yield* AuditTrail
    return handlers.handleAll({
      query: ({ query: { order = "newest-first", ...asked } }) => {
        const { filter, page } = parted(asked)
        return linked(trail.query({ ...page, order, filter: filterOf(filter) }))
      },
      verify: () =>
        Effect.andThen(
          Actor.require(readPermission),
          Effect.flatMap(Actor, ({ tenant }) => trail.verify(tenant))
        )
    })
  })
)
