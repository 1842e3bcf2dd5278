/**
 * What changes in what a caller may see, told while it happens.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotPermitted } from "saldo/core/Actor"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"

/** The kinds of thing that changes are told of. Each can be read from the group of its name, by whoever hears of it. */
export const ChangedKind = Schema.Literals([
  "account",
  "approval",
  "beneficiary",
  "collection",
  "customer",
  "ledger-account",
  "ledger-entry",
  "payment",
  "payment-plan",
  "webhook"
])

/** A kind of thing that changes are told of. */
export type ChangedKind = typeof ChangedKind.Type

/** Something that changed, or came: which, and never what is in it. */
export const Change = Schema.Struct({
  kind: ChangedKind,
  id: Schema.String,
  /** The version that it had when this was told, or a later one; null of what has none. */
  version: Schema.NullOr(Schema.Int)
}).annotate({ identifier: "Change" })

/** Something that changed. */
export type Change = typeof Change.Type

/** Why no more is told on a stream. All but `revoked` are followed by another call, with the last id. */
export const EventsEnd = Schema.Literals(["closing", "expired", "failed", "finished", "revoked", "slow"])

/** Why no more is told on a stream. */
export type EventsEnd = typeof EventsEnd.Type

const at = { at: Schema.DateTimeUtc }

/** What is told on a stream of changes. */
export const LiveEvent = Schema.Union([
  /** From here on everything is told. */
  Schema.TaggedStruct("Ready", at),
  /** One act, recorded at a time, has changed these, and `omitted` more that found no room. */
  Schema.TaggedStruct("Changed", { ...at, changes: Schema.Array(Change), omitted: Schema.Int }),
  /** More may have happened than can still be told: what is shown has to be read anew. */
  Schema.TaggedStruct("Missed", at),
  /** Nothing happened for a while. */
  Schema.TaggedStruct("Idle", at),
  /** The last that is told here. */
  Schema.TaggedStruct("Ended", { ...at, reason: EventsEnd })
]).annotate({ identifier: "LiveEvent" })

/** What is told on a stream of changes. */
export type LiveEvent = typeof LiveEvent.Type

/** An event on the wire, whose id is where the stream stood when it was told. */
export const SentEvent = Schema.Struct({
  id: Schema.String,
  event: Schema.Literal("message"),
  data: Schema.fromJsonString(Schema.toCodecJson(LiveEvent))
})

/** An event on the wire. */
export type SentEvent = typeof SentEvent.Type

/** The id is none that this caller was told. */
export class EventIdUnknown extends Schema.TaggedError<EventIdUnknown>()("EventIdUnknown", {}, { httpApiStatus: 400 }) {
  override get message(): string {
    return "Last-Event-ID is none that you were told here; leave it out, and read anew what you show"
  }
}

/** The caller follows changes on as many streams as it may. */
export class TooManyStreams extends Schema.TaggedError<TooManyStreams>()(
  "TooManyStreams",
  { limit: Schema.Int },
  { httpApiStatus: 429 }
) {
  override get message(): string {
    return `You follow changes on ${this.limit} streams, and may on no more; end one of them first`
  }
}

/** The endpoint of live changes. */
export class EventsApi extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("follow", "/", {
      headers: Schema.Struct({ "last-event-id": Schema.optionalKey(Schema.String.check(Schema.isMaxLength(200))) }),
      query: {
        /** Ends the stream after so long; at 0 once everything that has happened is told. */
        seconds: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1800 })))
      },
      success: HttpApiSchema.StreamSse({ events: SentEvent }),
      error: problems(NotPermitted, EventIdUnknown, TooManyStreams)
    }).annotate(OpenApi.Summary, "Hear what changes in what you may see, from now on or behind an event you were told")
  )
  .middleware(Authentication)
  .prefix("/api/v1/events")
  .annotateMerge(
    OpenApi.annotations({
      title: "Events",
      description:
        "Server-sent events about what changes. They name things and never say what is in them; read what you want to know. " +
        "A stream ends after half an hour at the latest: call again with the last id, and nothing is lost or told twice"
    })
  ) {}
