import * as Schema from "effect/Schema"

/** Why the server does not start, in words for whoever started it, and what to do about it. */
export class ServerFailure extends Schema.TaggedError<ServerFailure>()("ServerFailure", {
  happened: Schema.String,
  remedy: Schema.String
}) {
  override get message(): string {
    return `${this.happened}\n${this.remedy}`
  }
}
