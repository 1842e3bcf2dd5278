/**
 * Why Kameo's client could not go on: one case for each situation that a host must tell apart. No case carries a
 * password, a secret, a code, a token, an account number or the text of a page.
 */
import * as Schema from "effect/Schema"
import { SchemaDrift } from "saldo/lending/LoanSource"

const seconds = Schema.NullOr(Schema.Finite)

/** The cases of a {@link KameoError}, told apart by `_tag`. Paths are URL paths without a query. */
export const KameoReason = Schema.TaggedUnion({
  /** A setting cannot be used; `key` is its name in the environment. */
  InvalidConfig: { key: Schema.String, problem: Schema.String },
  /** The call needs a login, and no e-mail and password are configured. */
  CredentialsMissing: { path: Schema.String },
  /** The e-mail or the password is wrong. Never retried. */
  LoginRejected: {},
  /** The account is locked, usually after wrong passwords. */
  AccountLocked: { retryAfterSeconds: seconds },
  /** A one-time code is asked for, and no secret is configured. */
  SecondFactorRequired: {},
  /** The account signs in with BankID or MitID, which a program cannot do. */
  SecondFactorNotTotp: {},
  /** Kameo's clock minus ours, in seconds, when its `Date` header told; above 15 s the clock is the likely cause. */
  CodeRejected: { attempts: Schema.Int, clockSkewSeconds: seconds },
  /** The login seemed to pass, but the account call does not prove it. */
  LoginUnproven: { path: Schema.String },
  /** The session ended, and one new login did not help, or none was possible. */
  SessionExpired: { path: Schema.String },
  RateLimited: { path: Schema.String, retryAfterSeconds: seconds },
  /** A page where data was asked for: maintenance, a gateway's error page, or a page we do not know. */
  HtmlInsteadOfJson: { path: Schema.String, status: Schema.Int },
  /** The answer is not what this version knows; the differences are listed. */
  SchemaDrift: { path: Schema.String, differences: Schema.Array(SchemaDrift) },
  /** More pages exist than the client may read. */
  Truncated: { page: Schema.Int, maximumPages: Schema.Int },
  /** A redirect to another host or away from https, which is not followed. */
  UnsafeRedirect: { path: Schema.String, target: Schema.String },
  TooManyRedirects: { path: Schema.String, maximum: Schema.Int },
  BodyTooLarge: { path: Schema.String, limitBytes: Schema.Int },
  HttpStatus: { path: Schema.String, status: Schema.Int },
  TimedOut: { path: Schema.String, afterMs: Schema.Finite },
  /** `code` is the system's word for it, such as `ECONNREFUSED`. */
  Network: { path: Schema.String, host: Schema.String, code: Schema.String },
  /** The host failed so often in a row that it is left alone for a while; nothing was sent. */
  NotAsked: { path: Schema.String, host: Schema.String, failures: Schema.Int, retryAfterSeconds: Schema.Int },
  LoanNotFound: { loanId: Schema.String },
  /** Kameo gives no preview for this bid: the amount, or the state of the loan. */
  BidRefused: { loanId: Schema.String, problem: Schema.String },
  /** No account in that currency; `available` are the currencies that exist. */
  AccountNotFound: { currency: Schema.String, available: Schema.Array(Schema.String) }
})

/** One case of {@link KameoReason}. */
export type KameoReason = typeof KameoReason.Type

const skewText = (skew: number | null): string => {
  if (skew === null) return "Kameo's clock could not be read."
  if (Math.abs(skew) <= 2) return "This computer's clock agrees with Kameo's."
  return `This computer's clock is ${Math.abs(skew)} seconds ${skew > 0 ? "behind" : "ahead of"} Kameo's.`
}

const later = (seconds: number | null): string =>
  seconds === null ? "Wait a few minutes and try again." : `Wait ${Math.ceil(seconds)} seconds and try again.`

const listed = (differences: ReadonlyArray<SchemaDrift>): string => {
  const shown = differences.slice(0, 5).map((one) => `${one.path} (${one.kind}: ${one.found})`)
  const rest = differences.length - shown.length
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "")
}

/** What happened, in one sentence (two where the clock matters). */
export const whatHappened: (reason: KameoReason) => string = KameoReason.match({
  InvalidConfig: ({ key, problem }) => `${key} cannot be used: ${problem}.`,
  CredentialsMissing: ({ path }) => `Kameo wants a login for ${path}, and no e-mail and password are configured.`,
  LoginRejected: () => "Kameo rejected the e-mail or the password.",
  AccountLocked: () => "Kameo has locked the account.",
  SecondFactorRequired: () => "Kameo asks for a one-time code, and no TOTP secret is configured.",
  SecondFactorNotTotp: () => "The second factor of this account is not a one-time code (TOTP).",
  CodeRejected: ({ attempts, clockSkewSeconds }) =>
    `Kameo rejected the one-time code ${attempts === 1 ? "once" : `${attempts} times`}. ${skewText(clockSkewSeconds)}`,
  LoginUnproven: ({ path }) => `The login seemed to pass, but ${path} does not confirm it.`,
  SessionExpired: ({ path }) => `Kameo ended the session at ${path}.`,
  RateLimited: ({ path }) => `Kameo refused ${path} because of too many requests.`,
  HtmlInsteadOfJson: ({ path, status }) => `Kameo answered ${path} with a web page (status ${status}) instead of data.`,
  SchemaDrift: ({ path, differences }) =>
    `The answer of ${path} is not in the form this version knows: ${listed(differences)}.`,
  Truncated: ({ page, maximumPages }) =>
    `The listing goes on after page ${page}, and no more than ${maximumPages} pages may be read at once.`,
  UnsafeRedirect: ({ path, target }) => `Kameo redirected ${path} to ${target}, which is another host or not https.`,
  TooManyRedirects: ({ path, maximum }) => `Kameo redirected ${path} more than ${maximum} times.`,
  BodyTooLarge: ({ path, limitBytes }) => `The answer of ${path} is larger than ${limitBytes} bytes.`,
  HttpStatus: ({ path, status }) => `Kameo answered ${path} with status ${status}.`,
  TimedOut: ({ path, afterMs }) => `Kameo did not answer ${path} within ${afterMs / 1000} seconds.`,
  Network: ({ path, host, code }) => `The connection to ${host} failed at ${path} (${code}).`,
  NotAsked: ({ failures, host, path }) => `Nothing was sent for ${path}, as ${host} failed ${failures} times in a row.`,
  LoanNotFound: ({ loanId }) => `Kameo has no loan ${loanId}.`,
  BidRefused: ({ loanId, problem }) => `Kameo gives no preview of this bid on loan ${loanId}: ${problem}.`,
  AccountNotFound: ({ currency, available }) =>
    `The investor has no account in ${currency}${available.length === 0 ? "" : `, only in ${available.join(", ")}`}.`
})

const statusRemedy = (status: number): string => {
  if (status >= 500) return "Try again later."
  if (status === 403) return "Open Kameo's website with a browser and see whether it asks for something there."
  if (status === 422) return "Ask for smaller pages; Kameo's own pages ask for 12 loans at most."
  return "Check that the address and the loan id are right."
}

/** What to do about it, in one sentence. */
export const remedyFor: (reason: KameoReason) => string = KameoReason.match({
  InvalidConfig: ({ key }) => `Correct ${key} in the environment, in .env or in the options.`,
  CredentialsMissing: () => "Set KAMEO_EMAIL and KAMEO_PASSWORD.",
  LoginRejected: () => "Check KAMEO_EMAIL and KAMEO_PASSWORD; do not repeat a wrong password, it can lock the account.",
  AccountLocked: ({ retryAfterSeconds }) =>
    `${later(retryAfterSeconds)} If it stays locked, unlock it on Kameo's website.`,
  SecondFactorRequired: () => "Set KAMEO_TOTP_SECRET to the secret that the authenticator app was given.",
  SecondFactorNotTotp: () => "Choose an authenticator app as second factor in Kameo's security settings.",
  CodeRejected: ({ clockSkewSeconds }) =>
    clockSkewSeconds !== null && Math.abs(clockSkewSeconds) > 15
      ? "Set this computer's clock by a time server (NTP) and try again."
      : "Check that KAMEO_TOTP_SECRET is the secret of this account.",
  LoginUnproven: () => "Log in with a browser and see whether Kameo asks for something there.",
  SessionExpired: () => "Run the command again; if it stays so, log in with a browser and see what Kameo asks for.",
  RateLimited: ({ retryAfterSeconds }) => later(retryAfterSeconds),
  HtmlInsteadOfJson: () => "Kameo is probably under maintenance; try again later.",
  SchemaDrift: () => "Update @saldo/kameo; if there is no newer version, report the differences.",
  Truncated: () => "Raise the number of pages, or go on from the next page.",
  UnsafeRedirect: () => "Check KAMEO_BASE_URL and KAMEO_API_BASE_URL.",
  TooManyRedirects: () => "Check KAMEO_BASE_URL; if it is right, try again later.",
  BodyTooLarge: () => "Ask for smaller pages, or raise maximumBodyBytes.",
  HttpStatus: ({ status }) => statusRemedy(status),
  TimedOut: () => "Try again, or raise KAMEO_READ_TIMEOUT.",
  Network: () => "Check the network and KAMEO_BASE_URL and KAMEO_API_BASE_URL.",
  NotAsked: ({ retryAfterSeconds }) => later(retryAfterSeconds),
  LoanNotFound: () => "Check the id; the listing shows the ids that exist.",
  BidRefused: () => "Check that the loan is open, the least amount of a bid, and the available balance.",
  AccountNotFound: () => "Ask for a currency that the investor has."
})
