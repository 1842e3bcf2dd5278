/**
 * Events that their subscription has given up on, which wait for somebody to decide.
 */
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { DeadLetter } from "saldo/core/DeadLetterStore"
import { Outbox } from "saldo/core/Outbox"
import type { Cursor } from "saldo/core/Page"
import { mailSubscription } from "saldo/identity/MailDue"

const subscription = mailSubscription.name

const letters = Effect.map(Outbox, (outbox) =>
  Stream.paginate<Cursor | undefined, DeadLetter>(undefined, (cursor) =>
    Effect.map(
      Effect.orDie(outbox.deadLetters(subscription, { limit: 100, ...(cursor === undefined ? {} : { cursor }) })),
      ({ items, next }) => [items, Option.fromNullishOr(next)]
    )
  )
)

/** Names them with the reason of the last attempt. */
export const list = Effect.gen(function* () {
  const all = yield* Stream.runCollect(yield* letters)
  const lines = all.map(
    ({ attempts, diedAt, event, reason }) =>
      `${event.id}  ${event.name}  ${DateTime.formatIso(diedAt)}  ${attempts} attempts: ${reason}`
  )
  yield* Console.log(lines.length === 0 ? "No mail was given up on." : lines.join("\n"))
})

/** Has all of them delivered again, with all their attempts. */
export const redeliver = Effect.gen(function* () {
  const [outbox, all] = [yield* Outbox, yield* Stream.runCollect(yield* letters)]
  const again = yield* Effect.forEach(all, ({ event }) => outbox.redeliver(subscription, event.id))
  const count = again.filter((done) => done).length
  yield* Console.log(`${count} ${count === 1 ? "mail is" : "mails are"} due again; a running server delivers them.`)
})
