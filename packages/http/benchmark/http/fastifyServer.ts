/**
 * The anchor of a read: Fastify, the token verified by jose, and one prepared query on the same file for the same row.
 */
import Fastify from "fastify"
import { createLocalJWKSet, jwtVerify } from "jose"
import { DatabaseSync } from "node:sqlite"

const [filename = "", jwks = ""] = process.argv.slice(2)
const keys = createLocalJWKSet(JSON.parse(jwks))
const database = new DatabaseSync(filename, { readOnly: true })
const find = database.prepare("SELECT * FROM saldo_banking_deposit_accounts WHERE tenant = ? AND account_id = ?")

const app = Fastify()
app.get<{ Params: { readonly id: string } }>("/api/v1/accounts/:id", async (request, reply) => {
  const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ")
  if (scheme !== "Bearer") return reply.code(401).send()
  const { payload } = await jwtVerify(token, keys, { issuer: "benchmark" })
  const row = find.get(String(payload["tenant"]), request.params.id)
  return row ?? reply.code(404).send()
})
await app.listen({ port: 0, host: "127.0.0.1" })
const address = app.server.address()
process.send?.({ port: address === null || typeof address === "string" ? 0 : address.port })
process.on("disconnect", () => void app.close().then(() => database.close()))
