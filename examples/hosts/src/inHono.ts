import { Hono } from "hono"
import type { Handler } from "@saldo/http/promise"

/** Saldo behind the routes of a Hono application, which runs wherever Hono does. */
export const inHono = ({ handle }: Handler): Hono => {
  const app = new Hono()
  app.get("/hello", (context) => context.text("hello from Hono"))
  app.mount("/", (request) => handle(request), { replaceRequest: false })
  return app
}
