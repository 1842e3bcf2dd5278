import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpEffect from "effect/http/HttpEffect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { SealedRecord } from "saldo/audit/AuditSeal"
import { AuditStore } from "saldo/audit/AuditStore"
import { readPermission } from "saldo/banking/BankAccess"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import { PersonalData } from "saldo/banking/PersonalData"
import { Actor, type Identity, NotPermitted } from "saldo/core/Actor"
import { Ledger } from "saldo/ledger/Ledger"
import { TrailFeed } from "saldo/notifications/TrailFeed"
import { Api } from "../api/Api.ts"
import { EventIdUnknown } from "../api/EventsApi.ts"
import { type Concern, makeConcerns, mayHearAny } from "./concerns.ts"
import { type EventIds, eventIdsOf } from "./eventIds.ts"
import { type FollowingFrom, makeFollowing } from "./following.ts"
import type { LiveTerms } from "./liveTerms.ts"
import { countTold, makePlaces } from "./streamPlaces.ts"
import { Standing } from "./Standing.ts"

/**
 * What a link changed, asked once however many hear of it: they are given the same link, and at the same time. It is asked in
 * a fiber of its own, as whoever was first may leave before the answer is there.
 */
const makeConcernsOf = Effect.fnUntraced(function* (sources: Parameters<typeof makeConcerns>[0]) {
  const of = makeConcerns(sources)
  const scope = yield* Effect.scope
  const asked = new WeakMap<SealedRecord, Deferred.Deferred<ReadonlyArray<Concern>>>()
  return Effect.fnUntraced(function* (link: SealedRecord) {
    const there = asked.get(link)
    if (there !== undefined) return yield* Deferred.await(there)
    if (link.record === null) return []
    const answer = Deferred.makeUnsafe<ReadonlyArray<Concern>>()
    asked.set(link, answer)
    yield* Effect.forkIn(Deferred.into(of(link.record), answer), scope)
    return yield* Deferred.await(answer)
  })
})

interface Asked {
  readonly actor: Identity
  readonly head: number
  readonly lastId: string | undefined
  readonly seconds: number | undefined
  readonly expiresAt: number
  readonly now: number
}

/** Where a stream begins and when it ends. */
const fromOf = (terms: LiveTerms, ids: EventIds, asked: Asked): Effect.Effect<FollowingFrom, EventIdUnknown> =>
  Effect.suspend(() => {
    const { actor, expiresAt, head, lastId, now, seconds } = asked
    const once = seconds === 0
    const longest = Math.min(expiresAt, now + terms.longestSeconds * 1000)
    // A stream that ends when everything is told takes as long as that takes.
    const wished = seconds === undefined || once ? Infinity : now + seconds * 1000
    const end = wished <= longest ? ("finished" as const) : ("expired" as const)
    const base = { actor, endsAt: Math.min(wished, longest), end, once }
    if (lastId === undefined) return Effect.succeed({ ...base, sequence: head, missed: false })
    const last = ids.positionOf(lastId)
    if (Option.isNone(last)) return Effect.fail(new EventIdUnknown())
    const { at, sequence } = last.value
    const missed = now - at > terms.resumeSeconds * 1000 || sequence > head
    return Effect.succeed({ ...base, sequence: missed ? head : sequence, missed })
  })

/** Proxies are asked to pass on what they get, as it comes. */
const unbuffered = HttpEffect.appendPreResponseHandler((_, response) =>
  Effect.succeed(HttpServerResponse.setHeader(response, "x-accel-buffering", "no"))
)

/** A feed that the host gave, so that it can end it before its server waits for open answers, or one of our own. */
const feed: Layer.Layer<TrailFeed, never, AuditStore> = Layer.unwrap(
  Effect.map(
    Effect.serviceOption(TrailFeed),
    Option.match({ onNone: () => TrailFeed.layer, onSome: (given) => Layer.succeed(TrailFeed, given) })
  )
)

/** Tells of changes, on the given terms. */
export const layer = (terms: LiveTerms) =>
  HttpApiBuilder.group(
    Api,
    "events",
    Effect.fnUntraced(function* (handlers) {
      const trail = yield* AuditStore
      const personal = yield* PersonalData
      const { listen } = yield* TrailFeed
      const take = makePlaces(terms.streamsPerCaller)
      const concernsOf = yield* makeConcernsOf({
        accounts: yield* DepositAccounts,
        ledger: yield* Ledger,
        payments: yield* Payments,
        plans: yield* PaymentPlans
      })
      return handlers.handleAll({
        follow: Effect.fnUntraced(function* ({ headers, query }) {
          const actor = yield* Actor
          if (!mayHearAny(actor)) {
            return yield* new NotPermitted({ actor: `${actor.tenant}/${actor.id}`, permission: readPermission })
          }
          const standing = yield* Standing
          yield* take(actor)
          const ids = yield* eventIdsOf(personal, actor)
          const listening = yield* listen(actor.tenant)
          const now = yield* Clock.currentTimeMillis
          const from = yield* fromOf(terms, ids, {
            actor,
            now,
            head: (yield* trail.head(actor.tenant)).sequence,
            lastId: headers["last-event-id"],
            seconds: query.seconds,
            expiresAt: Option.match(yield* standing.expiresAt, {
              onNone: () => Infinity,
              onSome: ({ epochMilliseconds }) => epochMilliseconds
            })
          })
          yield* unbuffered
          const following = makeFollowing({ terms, trail, listening, concernsOf, ids, standing })
          return Stream.tap(following(from, now), ({ data }) => countTold(data))
        })
      })
    })
  ).pipe(Layer.provide(feed))
