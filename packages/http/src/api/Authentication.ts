/**
 * Who calls: every endpoint but those listed as public asks for a credential.
 */
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Actor } from "saldo/core/Actor"
import { CredentialsInvalid } from "saldo/identity/CredentialsInvalid"
import { problem } from "./Problem.ts"

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
