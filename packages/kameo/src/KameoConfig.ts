/**
 * The settings of Kameo's client: from the environment or as plain options, checked when the client starts. Without
 * e-mail and password the client still reads the public listing.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { BreakerTerms } from "saldo/core/Breaker"
import { type KameoError, kameoError } from "./KameoError.ts"
import { parseTotpSecret, type TotpSecret } from "./totp.ts"

/** Where the listing is read: the public JSON API, or the site's own call, which needs a login. */
export type KameoListingPath = "api" | "ezjscore"

/** Settings as a host gives them; every one has a default, and secrets may be plain text or `Redacted`. */
export interface KameoOptions {
  readonly email?: string | Redacted.Redacted | undefined
  readonly password?: string | Redacted.Redacted | undefined
  /** Base 32 or an `otpauth://totp/` address; empty means no second factor. */
  readonly totpSecret?: string | Redacted.Redacted | undefined
  /** The site. Default `https://www.kameo.se`. */
  readonly baseUrl?: string | undefined
  /** The JSON API, without `/v1`. Default `https://api.kameo.se`. */
  readonly apiBaseUrl?: string | undefined
  /** Default 5000. */
  readonly connectTimeoutMs?: number | undefined
  /** Default 10000: the longest silence from Kameo, before and within an answer. */
  readonly readTimeoutMs?: number | undefined
  /** Default 5. */
  readonly maximumRedirects?: number | undefined
  readonly userAgent?: string | undefined
  /** Tries after the first for a GET that failed in passing. Default 3. */
  readonly retries?: number | undefined
  /** The first pause between tries; each next is twice as long, with up to 20 % jitter. Default 1000. */
  readonly retryDelayMs?: number | undefined
  /** The longest `Retry-After` that is waited out; a longer one fails at once with `RateLimited`. Default 60000. */
  readonly longestWaitMs?: number | undefined
  /** The largest answer that is read. Default 16 MiB. */
  readonly maximumBodyBytes?: number | undefined
  /** When a host that fails is left alone, and for how long; see `saldo/core/Breaker`. Default: after 3 failed calls. */
  readonly breaker?: Partial<BreakerTerms> | undefined
  readonly loanSource?: KameoListingPath | undefined
  /** The form of an account number in the HTML fallback. Default seven digits. */
  readonly accountNumberPattern?: RegExp | undefined
}

/** Who logs in. */
export interface KameoCredentials {
  readonly email: Redacted.Redacted
  readonly password: Redacted.Redacted
  readonly totp: TotpSecret | null
}

/** Checked settings. */
export interface KameoSettings {
  readonly credentials: KameoCredentials | null
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly apiBaseUrl: string
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  readonly maximumRedirects: number
  readonly userAgent: string
  readonly retries: number
  readonly retryDelayMs: number
  readonly longestWaitMs: number
  readonly maximumBodyBytes: number
  readonly breaker: Partial<BreakerTerms>
  readonly loanSource: KameoListingPath
  readonly accountNumberPattern: RegExp
}

const invalid = (key: string, problem: string): Result.Result<never, KameoError> =>
  Result.fail(kameoError({ _tag: "InvalidConfig", key, problem }))

const loopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(?:\.\d+){3}$/u.test(hostname)

const checkUrl = (key: string, text: string): Result.Result<string, KameoError> => {
  const url = URL.parse(text.trim())
  if (url === null) return invalid(key, "it is not a web address such as https://www.kameo.se")
  if (url.username !== "" || url.password !== "") return invalid(key, "it must not hold a user name or a password")
  const secure = url.protocol === "https:" || (url.protocol === "http:" && loopback(url.hostname))
  if (!secure) return invalid(key, "it must begin with https:// (http:// is only for this computer itself)")
  const path = url.pathname.replace(/\/+$/u, "")
  if (path === "/v1") {
    return invalid(
      key,
      key === "KAMEO_BASE_URL"
        ? "it is the site, which has no /v1; the address of the API belongs in KAMEO_API_BASE_URL, without /v1"
        : "it must end before /v1, which the client adds itself"
    )
  }
  if (path !== "" || url.search !== "" || url.hash !== "") return invalid(key, "it must be a host without a path")
  return Result.succeed(url.origin)
}

const checkNumber = (key: string, value: number, minimum: number, unit: string): Result.Result<number, KameoError> =>
  Number.isFinite(value) && value >= minimum
    ? Result.succeed(value)
    : invalid(key, `it must be a number of ${unit}, at least ${minimum}`)

const secret = (value: string | Redacted.Redacted | undefined): Redacted.Redacted =>
  Redacted.isRedacted(value) ? value : Redacted.make(value ?? "")

const checkCredentials = (options: KameoOptions): Result.Result<KameoCredentials | null, KameoError> =>
  Result.gen(function* () {
    const email = Redacted.make(Redacted.value(secret(options.email)).trim(), { label: "Kameo e-mail" })
    const password = Redacted.make(Redacted.value(secret(options.password)), { label: "Kameo password" })
    const totp = yield* Result.mapError(parseTotpSecret(secret(options.totpSecret)), ({ problem }) =>
      kameoError({ _tag: "InvalidConfig", key: "KAMEO_TOTP_SECRET", problem })
    )
    const hasEmail = Redacted.value(email) !== ""
    const hasPassword = Redacted.value(password) !== ""
    if (!hasEmail && !hasPassword) return null
    if (!hasEmail) return yield* invalid("KAMEO_EMAIL", "a password is set, and no e-mail")
    if (!hasPassword) return yield* invalid("KAMEO_PASSWORD", "an e-mail is set, and no password")
    return { email, password, totp }
  })

const checkUserAgent = (text: string): Result.Result<string, KameoError> =>
  /^[\x20-\x7e]+$/u.test(text)
    ? Result.succeed(text)
    : invalid("KAMEO_USER_AGENT", "it must be one line of plain ASCII")

/**
 * Checks options and fills in the defaults. The error names the setting and what would be right.
 *
 * @example
 * ```ts
 * import * as Result from "effect/Result"
 * import { kameoSettings } from "@saldo/kameo/KameoConfig"
 *
 * Result.getOrThrow(kameoSettings({})).baseUrl // => "https://www.kameo.se"
 * Result.isFailure(kameoSettings({ baseUrl: "https://api.kameo.se/v1" })) // => true
 * ```
 */
export const kameoSettings = (options: KameoOptions): Result.Result<KameoSettings, KameoError> =>
  Result.gen(function* () {
    const connectTimeoutMs = options.connectTimeoutMs ?? 5000
    const readTimeoutMs = options.readTimeoutMs ?? 10_000
    const maximumRedirects = options.maximumRedirects ?? 5
    return {
      credentials: yield* checkCredentials(options),
      baseUrl: yield* checkUrl("KAMEO_BASE_URL", options.baseUrl ?? "https://www.kameo.se"),
      apiBaseUrl: yield* checkUrl("KAMEO_API_BASE_URL", options.apiBaseUrl ?? "https://api.kameo.se"),
      connectTimeoutMs: yield* checkNumber("KAMEO_CONNECT_TIMEOUT", connectTimeoutMs, 1, "milliseconds"),
      readTimeoutMs: yield* checkNumber("KAMEO_READ_TIMEOUT", readTimeoutMs, 1, "milliseconds"),
      maximumRedirects: Number.isInteger(maximumRedirects)
        ? yield* checkNumber("KAMEO_MAX_REDIRECTS", maximumRedirects, 0, "redirects")
        : yield* invalid("KAMEO_MAX_REDIRECTS", "it must be a whole number"),
      userAgent: yield* checkUserAgent(options.userAgent ?? "Saldo-Kameo/0.1 (+https://github.com/saldo-dev/saldo)"),
      retries: Math.trunc(yield* checkNumber("retries", options.retries ?? 3, 0, "tries")),
      retryDelayMs: yield* checkNumber("retryDelayMs", options.retryDelayMs ?? 1000, 0, "milliseconds"),
      longestWaitMs: yield* checkNumber("longestWaitMs", options.longestWaitMs ?? 60_000, 0, "milliseconds"),
      maximumBodyBytes: Math.trunc(
        yield* checkNumber("maximumBodyBytes", options.maximumBodyBytes ?? 16 * 1024 * 1024, 1024, "bytes")
      ),
      breaker: { failures: 3, ...options.breaker },
      loanSource: options.loanSource ?? "api",
      accountNumberPattern: options.accountNumberPattern ?? /^\d{7}$/u
    }
  })

const secondsToMs = (name: string) => Config.option(Config.map(Config.Finite(name), (seconds) => seconds * 1000))

// Read as secrets throughout: a decoding error then shows no value, whatever stood in the environment.
const environment = Config.all({
  email: Config.option(Config.Redacted("KAMEO_EMAIL")),
  password: Config.option(Config.Redacted("KAMEO_PASSWORD")),
  totpSecret: Config.option(Config.Redacted("KAMEO_TOTP_SECRET")),
  baseUrl: Config.option(Config.String("KAMEO_BASE_URL")),
  apiBaseUrl: Config.option(Config.String("KAMEO_API_BASE_URL")),
  connectTimeoutMs: secondsToMs("KAMEO_CONNECT_TIMEOUT"),
  readTimeoutMs: secondsToMs("KAMEO_READ_TIMEOUT"),
  maximumRedirects: Config.option(Config.Int("KAMEO_MAX_REDIRECTS")),
  userAgent: Config.option(Config.String("KAMEO_USER_AGENT")),
  loanSource: Config.option(Config.Literals(["api", "ezjscore"], "KAMEO_LOAN_SOURCE"))
})

/**
 * The options that the environment gives: `KAMEO_EMAIL`, `KAMEO_PASSWORD`, `KAMEO_TOTP_SECRET`, `KAMEO_BASE_URL`,
 * `KAMEO_API_BASE_URL`, `KAMEO_CONNECT_TIMEOUT` and `KAMEO_READ_TIMEOUT` (seconds), `KAMEO_MAX_REDIRECTS`,
 * `KAMEO_USER_AGENT`, `KAMEO_LOAN_SOURCE` (`api` or `ezjscore`). All are optional.
 */
export const kameoOptionsConfig: Config.Config<KameoOptions> = Config.map(environment, (found) => ({
  email: Option.getOrUndefined(found.email),
  password: Option.getOrUndefined(found.password),
  totpSecret: Option.getOrUndefined(found.totpSecret),
  baseUrl: Option.getOrUndefined(found.baseUrl),
  apiBaseUrl: Option.getOrUndefined(found.apiBaseUrl),
  connectTimeoutMs: Option.getOrUndefined(found.connectTimeoutMs),
  readTimeoutMs: Option.getOrUndefined(found.readTimeoutMs),
  maximumRedirects: Option.getOrUndefined(found.maximumRedirects),
  userAgent: Option.getOrUndefined(found.userAgent),
  loanSource: Option.getOrUndefined(found.loanSource)
}))

const configKey = (error: Config.ConfigError): string => /KAMEO_[A-Z_]+/u.exec(error.message)?.[0] ?? "The environment"

/** Reads and checks the settings of the environment; options given here win over it. */
export const kameoSettingsFromConfig = (options?: KameoOptions): Effect.Effect<KameoSettings, KameoError> =>
  Effect.gen(function* () {
    const found = yield* kameoOptionsConfig
    const given = Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined))
    return yield* Effect.fromResult(kameoSettings({ ...found, ...given }))
  }).pipe(
    Effect.catchTag("ConfigError", (error) =>
      Effect.fail(
        kameoError({
          _tag: "InvalidConfig",
          key: configKey(error),
          problem: Schema.isSchemaError(error.cause)
            ? "its value has not the form that this setting needs"
            : "the environment cannot be read"
        })
      )
    )
  )
