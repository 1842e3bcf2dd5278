import { IdentityTools } from "saldo/identity/IdentityTools"
import * as Argon2PasswordHasher from "./Argon2PasswordHasher.ts"
import * as JoseAccessTokens from "./JoseAccessTokens.ts"
import * as TotpOneTimeCodes from "./TotpOneTimeCodes.ts"

/** By whom access tokens are made and for whom, and what a password costs to hash. */
export interface IdentityToolOptions extends JoseAccessTokens.JoseOptions {
  /** What is left out is as OWASP recommends: 19 MiB, two passes, one lane, two passwords at a time. */
  readonly passwords?: Argon2PasswordHasher.Argon2Options
}

/**
 * Passwords by Argon2id, one-time codes for authenticators, and access tokens as signed JSON Web Tokens, for `createSaldo`.
 *
 * @example
 * ```ts
 * import { identityTools } from "@saldo/identity/identity"
 * import { sqlite } from "@saldo/sqlite/sqlite"
 * import { createSaldo } from "saldo/promise"
 *
 * await using saldo = await createSaldo({
 *   storage: sqlite({ filename: ":memory:" }),
 *   identity: {
 *     keys: { current: { id: "2026", key: "a".repeat(64) }, index: "b".repeat(64) },
 *     tools: identityTools({ issuer: "https://bank.example" }),
 *     mail: async () => {},
 *     pages: {
 *       "verify-email": "https://bank.example/verify",
 *       "reset-password": "https://bank.example/reset",
 *       "accept-invitation": "https://bank.example/welcome",
 *       "change-email": "https://bank.example/new-address"
 *     }
 *   }
 * })
 * const { items } = await saldo.identity.users.list()
 * items // => []
 * ```
 */
export const identityTools = ({ passwords = {}, ...tokens }: IdentityToolOptions): IdentityTools =>
  new IdentityTools({
    passwordHasher: Argon2PasswordHasher.layerWith(passwords),
    oneTimeCodes: TotpOneTimeCodes.layer,
    accessTokens: JoseAccessTokens.layer(tokens)
  })
