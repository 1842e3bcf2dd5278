/**
 * Whether the process lives and can work.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotPermitted } from "saldo/core/Actor"
import { Authentication } from "./Authentication.ts"
import { problems } from "./Problem.ts"

/** The process runs. */
export const Alive = Schema.Struct({ status: Schema.Literal("alive") })

/** All that the process needs answers. */
export const Ready = Schema.Struct({
  status: Schema.Literal("ready"),
  checks: Schema.Array(Schema.String),
  /** The services outside that failed, and are left alone for a while; the process works without them. */
  leftAlone: Schema.Array(Schema.String)
})

/** Something that the process needs does not answer. */
export class NotReady extends Schema.TaggedError<NotReady>()(
  "NotReady",
  { failed: Schema.Array(Schema.String) },
  { httpApiStatus: 503 }
) {
  override get message(): string {
    return `These do not answer: ${this.failed.join(", ")}`
  }
}

/** The endpoints about the process itself. */
export class SystemApi extends HttpApiGroup.make("system")
  .add(
    HttpApiEndpoint.get("live", "/health/live", { success: Alive }).annotate(
      OpenApi.Summary,
      "Whether the process runs"
    ),
    HttpApiEndpoint.get("ready", "/health/ready", { success: Ready, error: problems(NotReady) }).annotate(
      OpenApi.Summary,
      "Whether all that the process needs answers"
    ),
    // What the figures tell is not for everybody: a scraper has an API key like any other caller.
    HttpApiEndpoint.get("metrics", "/metrics", {
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain; version=0.0.4; charset=utf-8" })),
      error: problems(NotPermitted)
    })
      .annotate(OpenApi.Summary, "Figures of the process in the text format of Prometheus")
      .middleware(Authentication)
  )
  .annotateMerge(OpenApi.annotations({ title: "System", description: "Whether the process lives and can work" })) {}
