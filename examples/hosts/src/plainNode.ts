import { getRequestListener } from "@hono/node-server"
import { createServer, type Server } from "node:http"
import type { Handler } from "@saldo/http/promise"

/** Saldo as the whole of a server of plain Node. */
export const plainNode = ({ handle }: Handler): Server => {
  const answer = getRequestListener(handle)
  return createServer((request, response) => void answer(request, response))
}
