/**
 * E-mail addresses (RFC 5321, RFC 6531) as people type them.
 */
import * as Result from "effect/Result"
import { EmailInvalid } from "./IdentityRefusal.ts"

/** An address as mail is sent to it, and what two writings of one address have in common. */
export interface EmailAddress {
  readonly address: string
  /** Equal for addresses that differ in case or in the way Unicode writes them; to look up by, never to send to. */
  readonly key: string
}

/** Quoted local parts, comments and address literals are left to museums; control characters would split headers. */
const local = /^(?!\.)(?!.*\.\.)[\p{L}\p{M}\p{N}!#$%&'*+\-/=?^_`{|}~.]{1,64}(?<!\.)$/u

const domain = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:xn--[a-z0-9-]{1,59}|[a-z]{2,63})$/u

/** The domain as name servers know it, in lower case and with what is not ASCII as Punycode; empty when it is none. */
const asciiDomain = (written: string): string => {
  // A host name holds neither of these, and everything else that URLs read something into.
  if (/[\s/?#@:\\[\]%]/u.test(written)) return ""
  return URL.parse(`http://${written}/`)?.hostname ?? ""
}

/**
 * Reads an address: the local part as it was typed, the domain in its one form. White space around it is taken away.
 *
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import { readEmailAddress } from "saldo/identity/emailAddress"
 *
 * const read = Result.getOrThrow(readEmailAddress(" Anna.Ek@Example.COM "))
 * read.address // => "Anna.Ek@example.com"
 * read.key // => "anna.ek@example.com"
 * Result.isFailure(readEmailAddress("anna at example.com")) // => true
 * ```
 */
export const readEmailAddress = (text: string): Result.Result<EmailAddress, EmailInvalid> => {
  const typed = text.trim().normalize("NFC")
  const at = typed.lastIndexOf("@")
  const [name, host] = [typed.slice(0, Math.max(at, 0)), asciiDomain(typed.slice(at + 1))]
  if (!typed.isWellFormed() || typed.length > 254 || !local.test(name) || !domain.test(host)) {
    return Result.fail(new EmailInvalid())
  }
  return Result.succeed({ address: `${name}@${host}`, key: keyOfEmail(`${name}@${host}`) })
}

/** What the writings of one address have in common, also of a text that is none. */
export const keyOfEmail = (text: string): string => text.trim().normalize("NFKC").toLowerCase().toWellFormed()
