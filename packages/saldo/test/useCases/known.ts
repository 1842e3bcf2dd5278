import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bank } from "./bank.ts"
import { auditRetention, bookkeeping, loanCollection } from "./books.ts"
import type { UseCase } from "./everything.ts"
import { apiKeys, authentication, sessions, signingKeys } from "./sessions.ts"
import { identityMail, users } from "./users.ts"
import { webhookDispatch, webhooks } from "./webhooks.ts"

/** Every use case, by its name. A new one, and a new method of one, is tried by no test until it is given its place. */
export const known: Readonly<Record<string, UseCase>> = {
  ...bank,
  ApiKeys: apiKeys,
  AuditRetention: auditRetention,
  Authentication: authentication,
  Ledger: bookkeeping,
  LoanCollection: loanCollection,
  IdentityMail: identityMail,
  Sessions: sessions,
  SigningKeys: signingKeys,
  Users: users,
  WebhookDispatch: webhookDispatch,
  Webhooks: webhooks
}

/** Services that others are made of and that leave checks and records to whoever calls them. */
const parts = new Set([
  "AccessRefusals",
  "AuditTrail",
  "IdentityKeys",
  "LastingData",
  "PersonalData",
  "Presence",
  "TrailFeed",
  "WebhookKeys",
  "WrappingKeys"
])

/** The use cases in the sources: services that are no port. */
export const useCasesInSources = (): ReadonlyArray<string> => {
  const source = fileURLToPath(new URL("../../src/", import.meta.url))
  return ["audit", "banking", "identity", "ledger", "lending", "notifications"].flatMap((folder) =>
    readdirSync(`${source}${folder}`).flatMap((file) => {
      const text = file.endsWith(".ts") ? readFileSync(`${source}${folder}/${file}`, "utf8") : ""
      const [, name = ""] = /export class (\w+) extends Context\.Service/u.exec(text) ?? []
      const isPort =
        /static readonly layerMemory\b/u.test(text) ||
        /(Channel|Codes|Hasher|Rail|Sender|Source|Tokens|Verifier)$/u.test(name)
      return name === "" || isPort || parts.has(name) ? [] : [name]
    })
  )
}
