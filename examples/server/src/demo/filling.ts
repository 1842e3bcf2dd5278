/**
 * Fills an empty database with the story and with a market that was collected twice.
 */
import * as Clock from "effect/Clock"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Customers } from "saldo/banking/Customers"
import * as Actor from "saldo/core/Actor"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { Users } from "saldo/identity/Users"
import * as beginnings from "../beginnings.ts"
import * as market from "../market.ts"
import { tenant } from "../offer.ts"
import { ServerFailure } from "../ServerFailure.ts"
import { mails } from "./arrivals.ts"
import { tellStory } from "./story.ts"
import { shifted } from "./StoryClock.ts"

const collect = (begunAt: DateTime.Utc) =>
  LoanCollection.use((collection) => collection.run()).pipe(
    Actor.as(Actor.system(tenant)),
    Effect.orDie,
    Effect.provide(Layer.orDie(market.layer(begunAt)))
  )

/** The market as it was when it began, and as it is now, so that loans have a history. */
const collectTwice = Effect.gen(function* () {
  const begunAt = market.begunWith(yield* beginnings.beginning)
  const clock = yield* Clock.Clock
  const by = begunAt.epochMilliseconds - (yield* Clock.currentTimeMillis)
  yield* collect(begunAt).pipe(Effect.provideService(Clock.Clock, shifted(clock, by)))
  yield* collect(begunAt)
})

const isEmpty = Effect.gen(function* () {
  const [users, customers] = [yield* Users, yield* Customers]
  const known = [yield* users.list({}, { limit: 1 }), yield* customers.list({}, { limit: 1 })]
  return known.every(({ items }) => items.length === 0)
}).pipe(Actor.as(Actor.system(tenant)), Effect.orDie)

/** Fills the database in scope if nobody has begun to use it, and says whether it did. */
export const fill = Effect.gen(function* () {
  yield* beginnings.beginning
  if ((yield* beginnings.noted("demo-made")) !== undefined) return false
  if ((yield* beginnings.noted("demo-begun")) !== undefined) {
    return yield* new ServerFailure({
      happened: "Somebody began to fill this database with demonstration data, and has not finished.",
      remedy: "If no other process is at it, start with an empty database."
    })
  }
  if (!(yield* isEmpty) || !(yield* beginnings.note("demo-begun"))) return false
  yield* tellStory.pipe(Effect.provide(mails))
  yield* collectTwice
  yield* beginnings.note("demo-made")
  return true
})
