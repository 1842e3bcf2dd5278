import * as Schema from "effect/Schema"

/** The host of this interface has users of its own, and signs them in elsewhere. */
export class IdentityNotOffered extends Schema.TaggedError<IdentityNotOffered>()(
  "IdentityNotOffered",
  {},
  { httpApiStatus: 501 }
) {
  override get message(): string {
    return "This server has no users of its own; sign in where its operator says"
  }
}
