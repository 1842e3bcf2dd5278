/**
 * Who calls: every endpoint but those listed as public asks for a credential.
 */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import type { Actor } from "saldo/core/Actor"
import { problem } from "./Problem.ts"

/** The credential is missing, malformed, unknown, expired or revoked; which of these is not said. */
export class CredentialsInvalid extends Schema.TaggedError<CredentialsInvalid>()(
  "CredentialsInvalid",
  {},
  { httpApiStatus: 401 }
) {
  override get message(): string {
    return "This needs a valid access token (Authorization: Bearer …) or API key (X-API-Key: …)"
  }
}

/**
 * Reads the credential of a request and provides the `Actor` that it stands for.
 *
 * @effect-expect-leaking HttpServerRequest | ParsedSearchParams | RouteContext
 */
export class Authentication extends HttpApiMiddleware.Service<Authentication, { provides: Actor }>()(
  "@saldo/http/api/Authentication",
  {
    error: problem(CredentialsInvalid),
    security: {
      bearer: HttpApiSecurity.bearer.pipe(
        HttpApiSecurity.annotateMerge(OpenApi.annotations({ description: "An access token", format: "JWT" }))
      ),
      apiKey: HttpApiSecurity.apiKey({ key: "X-API-Key", in: "header" }).pipe(
        HttpApiSecurity.annotateMerge(OpenApi.annotations({ description: "An API key" }))
      )
    }
  }
) {}
