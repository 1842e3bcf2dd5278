import { getRequestListener } from "@hono/node-server"
import Fastify, { type FastifyInstance } from "fastify"
import type { Handler } from "@saldo/http/promise"

/** Saldo behind the routes of a Fastify application, in a scope whose parsers leave bodies alone. */
export const inFastify = ({ handle }: Handler): FastifyInstance => {
  const app = Fastify()
  const answer = getRequestListener(handle)
  app.get("/hello", () => "hello from Fastify")
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser("*", (_request, _body, parsed) => parsed(null))
    scope.all("/*", async (request, reply) => {
      reply.hijack()
      await answer(request.raw, reply.raw)
    })
    done()
  })
  return app
}
