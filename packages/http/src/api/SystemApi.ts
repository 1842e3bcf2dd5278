/**
 * Whether the process lives and can work.
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { problems } from "./Problem.ts"

/** The process runs. */
export const Alive = Schema.Struct({ status: Schema.Literal("alive") })

/** All that the process needs answers. */
export const Ready = Schema.Struct({ status: Schema.Literal("ready"), checks: Schema.Array(Schema.String) })

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
    HttpApiEndpoint.get("live", "/health/live", { success: Alive }).annotateMerge(
      OpenApi.annotations({ summary: "Whether the process runs" })
    ),
    HttpApiEndpoint.get("ready", "/health/ready", { success: Ready, error: problems(NotReady) }).annotateMerge(
      OpenApi.annotations({ summary: "Whether all that the process needs answers" })
    )
  )
  .annotateMerge(OpenApi.annotations({ title: "System", description: "Whether the process lives and can work" })) {}
