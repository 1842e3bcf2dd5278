/**
 * What can be asked of the server by whoever is not signed in.
 */
import type { AuthApi } from "@saldo/http/api/AuthApi"
import { NoAnswer, problemFrom } from "./problem.ts"
import type { BodyOf } from "./wire.ts"

type Body<Name extends string> = BodyOf<typeof AuthApi, Name>

/** A body that is not JSON comes from something between us and the server, and says nothing. */
const bodyOf = async (response: Response): Promise<unknown> => {
  const text = await response.text()
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Posts without a credential, and gives whatever comes back. */
export const post = async (path: string, body: unknown): Promise<Response> => {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body)
    })
  } catch (cause) {
    throw new NoAnswer("No answer", { cause })
  }
}

/** The body of a good answer; any other is the server's problem. */
export const readAnswer = async (response: Response): Promise<unknown> => {
  const body = await bodyOf(response)
  if (response.ok) return body
  throw problemFrom(response.status, body, response.headers.get("x-request-id"))
}

const ask =
  <Name extends string>(path: string) =>
  async (body: Body<Name>): Promise<void> => {
    await readAnswer(await post(path, body))
  }

/** Becomes a user; a mail has the link that verifies the address. */
export const signUp = ask<"signup">("/api/auth/signup")

/** Verifies an address by the token of a mail. */
export const verifyEmail = ask<"verifyEmail">("/api/auth/verify-email")

/** Has the link that verifies an address sent again. */
export const resendVerification = ask<"resendVerification">("/api/auth/verify-email-request")

/** Chooses a password by the token of an invitation. */
export const acceptInvitation = ask<"acceptInvitation">("/api/auth/invitation-acceptance")

/** Has a link sent to choose another password. */
export const requestPasswordReset = ask<"requestPasswordReset">("/api/auth/password-reset-request")

/** Chooses another password by the token of a mail. */
export const confirmPasswordReset = ask<"confirmPasswordReset">("/api/auth/password-reset-confirm")

/** Makes an address the user's by the token of a mail to it, and ends all sessions. */
export const confirmEmailChange = ask<"confirmEmailChange">("/api/auth/email-confirmation")
