import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Actor } from "./Actor.ts"
import * as Id from "./Id.ts"

/** The id of an event, by which subscribers know a repeated delivery. */
export const EventId = Id.schema("event")
export type EventId = Id.Id<"event">

/**
 * A kind of event: a name in the past tense that never changes, such as `lending.InstalmentPaid`, and the version of its
 * payload. A change that old subscribers could not read is a new version, defined beside the old one.
 */
export interface EventDefinition<Name extends string = string, Payload = unknown> {
  readonly name: Name
  readonly version: number
  readonly payload: Schema.Codec<Payload, unknown>
}

/** Something that happened in a domain, once and for good. */
export interface DomainEvent<Name extends string = string, Payload = unknown> {
  readonly id: EventId
  readonly name: Name
  readonly version: number
  readonly tenant: string
  /** The id of what it happened to, such as a loan; events of one subject are what an order matters for. */
  readonly subject: string
  readonly occurredAt: DateTime.Utc
  /** Who did it, as `tenant/id`; absent when nobody was named. */
  readonly actor?: string
  readonly payload: Payload
}

/** The event that a definition defines. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Name, infer Payload> ? DomainEvent<Name, Payload> : never

/** An event as it is stored: the payload is JSON, read by whoever knows its definition. */
export const StoredEvent = Schema.Struct({
  id: EventId,
  name: Schema.String,
  version: Schema.Int,
  tenant: Schema.String,
  subject: Schema.String,
  occurredAt: Schema.DateTimeUtcFromMillis,
  actor: Schema.optionalKey(Schema.String),
  payload: Schema.Json
})
export type StoredEvent = typeof StoredEvent.Type

/** A stored event that no definition of a subscription can read, with what was wrong. */
export class EventUnreadable extends Schema.TaggedError<EventUnreadable>()("EventUnreadable", {
  id: EventId,
  name: Schema.String,
  version: Schema.Int,
  problem: Schema.String
}) {
  override get message(): string {
    return `The event ${this.id} (${this.name}, version ${this.version}) cannot be read: ${this.problem}`
  }
}

/**
 * Defines a kind of event; version 1 unless told otherwise.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as DomainEvent from "saldo/core/DomainEvent"
 *
 * const InstalmentPaid = DomainEvent.define("lending.InstalmentPaid", Schema.Struct({ amount: Schema.BigInt }))
 * InstalmentPaid.version // => 1
 * ```
 */
export const define = <const Name extends string, Payload>(
  name: Name,
  payload: Schema.Codec<Payload, unknown>,
  version = 1
): EventDefinition<Name, Payload> => ({ name, version, payload })

/** An event of a kind, happening now, with a new id, done by the actor in scope if there is one. */
export const make = Effect.fnUntraced(function* <Name extends string, Payload>(
  definition: EventDefinition<Name, Payload>,
  fields: { readonly tenant: string; readonly subject: string; readonly payload: Payload }
): Effect.fn.Return<DomainEvent<Name, Payload>> {
  const actor = yield* Effect.serviceOption(Actor)
  return {
    id: yield* Id.make("event"),
    name: definition.name,
    version: definition.version,
    tenant: fields.tenant,
    subject: fields.subject,
    payload: fields.payload,
    occurredAt: yield* DateTime.now,
    ...(Option.isSome(actor) ? { actor: `${actor.value.tenant}/${actor.value.id}` } : {})
  }
})

/** Writes an event down. A payload that its own schema refuses is a mistake in the program and dies. */
export const store = <Name extends string, Payload>(
  definition: EventDefinition<Name, Payload>,
  event: DomainEvent<Name, Payload>
): Effect.Effect<StoredEvent> =>
  Schema.encodeEffect(Schema.toCodecJson(definition.payload))(event.payload).pipe(
    Effect.map((payload): StoredEvent => ({ ...event, payload })),
    Effect.orDie
  )

/** Reads a stored event by the one of the definitions that has its name and version. */
export const read = <Definition extends EventDefinition>(
  definitions: ReadonlyArray<Definition>,
  event: StoredEvent
): Effect.Effect<EventOf<Definition>, EventUnreadable> => {
  const unreadable = (problem: string) =>
    new EventUnreadable({ id: event.id, name: event.name, version: event.version, problem })
  const definition = definitions.find(({ name, version }) => name === event.name && version === event.version)
  if (definition === undefined) return Effect.fail(unreadable("there is no definition with its name and version"))
  return Schema.decodeEffect(Schema.toCodecJson(definition.payload))(event.payload).pipe(
    Effect.mapError((error) => unreadable(error.message)),
    Effect.map((payload) => ({ ...event, payload }) as EventOf<Definition>)
  )
}
