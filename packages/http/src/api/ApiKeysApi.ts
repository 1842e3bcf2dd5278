/**
 * Keys by which programs act for users.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { NotPermitted } from "saldo/core/Actor"
import * as Page from "saldo/core/Page"
import { redacted } from "saldo/core/RedactedSchema"
import { ApiKey, ApiKeyExpiryPast, ApiKeyId, ApiKeyNotFound, ScopesExcessive } from "saldo/identity/ApiKey"
import { Authentication } from "./Authentication.ts"
import { IdentityNotOffered } from "./IdentityNotOffered.ts"
import { problems } from "./Problem.ts"
import { notFoundPage, pageQuery } from "./Read.ts"
import { writeHeaders } from "./Write.ts"

/** A key as it is shown, which is without its text. */
export const ApiKeyView = ApiKey.mapFields(Struct.omit(["tenant"])).annotate({ identifier: "ApiKey" })

/** A key and its text, which is shown in this answer alone. */
const MadeView = Schema.Struct({ key: ApiKeyView, text: redacted(Schema.String, "API key") }).annotate({
  identifier: "ApiKeyWithText"
})

/** The endpoints of API keys. */
export class ApiKeysApi extends HttpApiGroup.make("apiKeys")
  .add(
    // Its text is kept nowhere, so it cannot be told again: who lost the answer revokes the key and makes another one.
    HttpApiEndpoint.post("make", "/", {
      payload: Schema.Struct({
        name: ApiKey.fields.name,
        scopes: ApiKey.fields.scopes.check(Schema.isMaxLength(100)),
        expiresAt: ApiKey.fields.expiresAt
      }),
      success: MadeView.pipe(HttpApiSchema.status(201)),
      error: problems(NotPermitted, ScopesExcessive, ApiKeyExpiryPast, IdentityNotOffered)
    }).annotate(OpenApi.Summary, "Make a key that may do some of what one may do oneself"),
    HttpApiEndpoint.get("list", "/", {
      query: pageQuery,
      success: Page.schema(ApiKeyView),
      error: [...problems(NotPermitted, IdentityNotOffered), ...notFoundPage]
    }).annotate(OpenApi.Summary, "List one's keys, the latest first"),
    HttpApiEndpoint.delete("revoke", "/:apiKeyId", {
      params: { apiKeyId: ApiKeyId },
      headers: writeHeaders,
      success: ApiKeyView,
      error: problems(NotPermitted, ApiKeyNotFound, IdentityNotOffered)
    }).annotate(OpenApi.Summary, "Revoke a key, one's own or as an administrator anybody's")
  )
  .middleware(Authentication)
  .prefix("/api/v1/api-keys")
  .annotateMerge(OpenApi.annotations({ title: "API keys", description: "Keys by which programs act for users" })) {}
