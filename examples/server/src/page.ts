/**
 * Hands out the page. It is bundled while the server starts; who asks before it is ready waits for it.
 */
import { bundlePage, type PageFile } from "@saldo/example-page/bundle"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"

/** A file with the name of what is in it. */
interface TaggedFile extends PageFile {
  readonly tag: string
}

const tagged = (file: PageFile): TaggedFile => ({
  ...file,
  tag: createHash("sha256").update(file.body).digest("base64url").slice(0, 22)
})

const encodings = ["br", "gzip"] as const
type Encoding = (typeof encodings)[number]

/** The first encoding of ours that a client takes (RFC 9110, section 12.5.3); one with a weight of zero is refused. */
const encodingFor = (accepted: string | undefined): Encoding | undefined => {
  const taken = new Set(
    (accepted ?? "").split(",").flatMap((part) => {
      const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase())
      return parameters.some((each) => /^q=0(?:\.0{0,3})?$/u.test(each)) ? [] : [name]
    })
  )
  return encodings.find((encoding) => taken.has(encoding))
}

/** Whether the client has the answer already (RFC 9110, section 13.1.2). */
const isKnown = (known: string | undefined, tag: string): boolean =>
  (known ?? "").split(",").some((each) => [`"${tag}"`, "*"].includes(each.trim().replace(/^W\//u, "")))

const answer = ({ body, encoded, headers, tag }: TaggedFile, request: HttpServerRequest.HttpServerRequest) => {
  const encoding = encodingFor(request.headers["accept-encoding"])
  // Each encoding of a file is a representation of its own, which a strong tag tells from the others.
  const own = encoding === undefined ? tag : `${tag}-${encoding}`
  const { "content-type": contentType, ...others } = headers
  const said = { ...others, etag: `"${own}"` }
  if (isKnown(request.headers["if-none-match"], own)) return HttpServerResponse.empty({ status: 304, headers: said })
  return HttpServerResponse.uint8Array(encoding === undefined ? body : encoded[encoding], {
    ...(contentType === undefined ? {} : { contentType }),
    headers: { ...said, ...(encoding === undefined ? {} : { "content-encoding": encoding }) }
  })
}

const absent = HttpServerResponse.text("There is no such file.", { status: 404 })

/** Where mails lead. What they carry is behind `#`, which only the page gets to see. */
const entrances = ["/", "/verify-email", "/reset-password", "/accept-invitation", "/change-email"] as const

const routes = Effect.gen(function* () {
  const bundling = yield* Effect.forkScoped(
    Effect.map(Effect.promise(bundlePage), (files) => new Map([...files].map(([path, file]) => [path, tagged(file)])))
  )
  const give = (path: string) =>
    Effect.gen(function* () {
      const file = (yield* Fiber.join(bundling)).get(path)
      return file === undefined ? absent : answer(file, yield* HttpServerRequest.HttpServerRequest)
    })
  const assets = Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) => give(url.split("?", 1)[0] ?? ""))
  return Layer.mergeAll(
    HttpRouter.add("GET", "/assets/*", assets),
    ...entrances.map((path) => HttpRouter.add("GET", path, give("/")))
  )
})

/** The routes of the page. */
export const layer = Layer.unwrap(routes)
