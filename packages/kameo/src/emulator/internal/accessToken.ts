import { createHmac } from "node:crypto"

/** The claims of the access token, in unix seconds: exactly these, no issue time, issuer or audience. */
export interface AccessTokenClaims {
  readonly sub: number
  readonly refreshNotBefore: number
  readonly exp: number
}

const base64url = (text: string): string => Buffer.from(text, "utf8").toString("base64url")

/** A JSON Web Token signed with HMAC-SHA-256, as the site embeds it in its pages. */
export const signAccessToken = (claims: AccessTokenClaims, key: string): string => {
  const body = `${base64url('{"typ":"JWT","alg":"HS256"}')}.${base64url(JSON.stringify(claims))}`
  return `${body}.${createHmac("sha256", key).update(body).digest("base64url")}`
}
