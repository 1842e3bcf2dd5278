import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { ApiKeys } from "saldo/identity/ApiKeys"
import { Api } from "../api/Api.ts"
import { offered } from "./identityOffered.ts"
import { linked } from "./paging.ts"

/** Answers about API keys. */
export const layer = HttpApiBuilder.group(
  Api,
  "apiKeys",
  Effect.fnUntraced(function* (handlers) {
    const apiKeys = yield* offered(ApiKeys)
    return handlers.handleAll({
      make: ({ payload }) => apiKeys(({ make }) => make(payload)),
      list: ({ query }) => apiKeys(({ list }) => linked(list(query))),
      // A key that was revoked stays so, so this needs no memory of its key.
      revoke: ({ params }) => apiKeys(({ revoke }) => revoke(params.apiKeyId))
    })
  })
)
