import { getRequestListener } from "@hono/node-server"
import express, { type Express } from "express"
import type { Handler } from "@saldo/http/promise"

/** Saldo behind the routes of an Express application. It reads bodies itself, so it comes before any parser of them. */
export const inExpress = ({ handle }: Handler): Express => {
  const app = express()
  app.get("/hello", (_request, response) => void response.send("hello from Express"))
  app.use(getRequestListener(handle))
  return app
}
