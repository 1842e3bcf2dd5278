import * as Schema from "effect/Schema"

/**
 * What somebody showed to be let in does not let in. Never why: whether it is unknown, altered, over or withdrawn is for the
 * trail alone.
 */
export class CredentialsInvalid extends Schema.TaggedError<CredentialsInvalid>()(
  "CredentialsInvalid",
  {},
  { httpApiStatus: 401 }
) {
  override get message(): string {
    return "The credentials are not valid, or not any more; sign in again, or use a key that is in force"
  }
}
