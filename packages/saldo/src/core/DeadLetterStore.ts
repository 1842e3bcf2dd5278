import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type EventId, StoredEvent } from "./DomainEvent.ts"
import * as MemoryTable from "./MemoryTable.ts"

/** An event that a subscription has given up on, with the reason of the last attempt. */
export const DeadLetter = Schema.Struct({
  subscription: Schema.String,
  event: StoredEvent,
  attempts: Schema.Int,
  reason: Schema.String,
  diedAt: Schema.DateTimeUtcFromMillis
})
export type DeadLetter = typeof DeadLetter.Type

/**
 * Port: keeps the events that subscriptions have given up on until somebody decides about them.
 *
 * - `put` keeps one letter per subscription and event; the newest one replaces an older one.
 * - `take` removes and gives a letter. Exactly one of concurrent callers gets it.
 * - `list` gives up to `limit` letters of a subscription by ascending event id, after an id if one is given.
 * Inside `Atomic.run` everything is part of that transaction.
 */
export class DeadLetterStore extends Context.Service<
  DeadLetterStore,
  {
    readonly put: (letter: DeadLetter) => Effect.Effect<void>
    readonly take: (subscription: string, id: EventId) => Effect.Effect<Option.Option<DeadLetter>>
    readonly list: (
      subscription: string,
      after: EventId | undefined,
      limit: number
    ) => Effect.Effect<ReadonlyArray<DeadLetter>>
  }
>()("saldo/core/DeadLetterStore") {
  /** Dead letters of this process. */
  static readonly layerMemory: Layer.Layer<DeadLetterStore> = Layer.effect(
    this,
    Effect.map(MemoryTable.make<string, DeadLetter>(), (letters) =>
      DeadLetterStore.of({
        put: (letter) => letters.set(`${letter.event.id} ${letter.subscription}`, letter),
        take: (subscription, id) =>
          letters.modify((rows) => {
            const letter = Option.fromUndefinedOr(rows.get(`${id} ${subscription}`))
            rows.delete(`${id} ${subscription}`)
            return letter
          }),
        list: (subscription, after, limit) =>
          Effect.map(letters.values, (all) =>
            all
              .filter((letter) => letter.subscription === subscription)
              .filter((letter) => after === undefined || letter.event.id > after)
              .sort((a, b) => (a.event.id < b.event.id ? -1 : 1))
              .slice(0, limit)
          )
      })
    )
  )
}
