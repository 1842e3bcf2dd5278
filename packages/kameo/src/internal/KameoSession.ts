/**
 * The session with Kameo's site: the login, its proof, the access token for the API, and one new
 * login when a session ends.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import type { KameoCredentials, KameoSettings } from "../KameoConfig.ts"
import { type KameoError, kameoError } from "../KameoError.ts"
import type { KameoAnswer } from "./KameoExchange.ts"
import type { KameoHttp } from "./KameoHttp.ts"
import { readJson } from "./kameoJson.ts"
import { type AccessToken, accessToken, saysLocked, type TwoFactorForm, twoFactorForm } from "./kameoPages.ts"
import { isRecord } from "./listingKeys.ts"
import { totpCode, totpRemainingMs, type TotpSecret, totpStep } from "../totp.ts"

/** The logins that a command may still cause: the first one of the client, and one more when a session ends. */
export interface LoginBudget {
  first: boolean
  renewal: boolean
}

/** The session of one client. */
export interface KameoSession {
  /** Logs in anew, whatever went before. */
  readonly login: Effect.Effect<void, KameoError>
  /** Logs in unless a login passed before; `path` is what needs it. */
  readonly ensure: (path: string) => Effect.Effect<void, KameoError>
  /** Runs a request; when it meets the end of the session, logs in, once per command, and repeats that request. */
  readonly renewing: <A>(budget: LoginBudget, request: Effect.Effect<A, KameoError>) => Effect.Effect<A, KameoError>
  /** The access token for the API, read anew when it is due; `null` when nobody is logged in or no page carries one. */
  readonly bearer: Effect.Effect<Redacted.Redacted | null, KameoError>
  readonly logout: Effect.Effect<void, KameoError>
}

/** The budget of one command. */
export const newBudget = (): LoginBudget => ({ first: true, renewal: true })

const transferPath = "/ezjscore/call/kameo_transfer::init"

/** The page that the account call belongs to, as its `Referer`. */
export const dashboardPath = "/investor/dashboard"

/** The account call; reading it also proves a login. */
export const transferInit = (http: KameoHttp, settings: KameoSettings): Effect.Effect<unknown, KameoError> =>
  Effect.flatMap(
    http.send({
      method: "GET",
      url: new URL(settings.baseUrl + transferPath),
      accept: "json",
      referer: settings.baseUrl + dashboardPath
    }),
    (answer) => Effect.fromResult(readJson(answer))
  )

const stepMarginMs = 3000

/** Makes the session of a client. */
export const makeKameoSession = (http: KameoHttp, settings: KameoSettings): KameoSession => {
  const { baseUrl } = settings
  const oneLogin = Semaphore.makeUnsafe(1)
  let loggedIn = false
  let logins = 0
  let token: AccessToken | null = null
  // A code is good for one submission; the step of the last one is remembered across logins.
  let lastStep = -1

  const get = (path: string, referer: string) =>
    http.send({ method: "GET", url: new URL(baseUrl + path), accept: "html", referer: baseUrl + referer })

  const post = (path: string, form: ReadonlyArray<readonly [string, Redacted.Redacted]>) =>
    http.send({
      method: "POST",
      url: new URL(baseUrl + path),
      accept: "html",
      origin: baseUrl,
      referer: baseUrl + path,
      form
    })

  const submitPassword = (credentials: KameoCredentials) =>
    post("/user/login", [
      ["Login", credentials.email],
      ["Password", credentials.password],
      ["LoginButton", Redacted.make("")],
      ["RedirectURI", Redacted.make("")]
    ])

  // A code may die between here and Kameo's check when its step is nearly over, and a used step gives no new code.
  const freshCode = Effect.fnUntraced(function* (secret: TotpSecret) {
    for (;;) {
      const now = yield* Clock.currentTimeMillis
      const remainingMs = totpRemainingMs(secret, now)
      const step = totpStep(secret, now / 1000)
      if (step > lastStep && remainingMs >= Math.min(stepMarginMs, secret.period * 500)) {
        lastStep = step
        return Redacted.make(totpCode(secret, Math.floor(now / 1000)), { label: "one-time code" })
      }
      // A clock that was set back would otherwise wait for a step that lies hours ahead.
      if (step < lastStep - 2) lastStep = -1
      else yield* Effect.sleep(remainingMs)
    }
  })

  const submitCode = Effect.fnUntraced(function* (form: TwoFactorForm, secret: TotpSecret) {
    const code = yield* freshCode(secret)
    return yield* post("/auth/2fa", [
      ["ezxform_token", form.formToken],
      ["code", code],
      ["submit_code", Redacted.make("")]
    ])
  })

  const passSecondFactor = Effect.fnUntraced(function* (page: KameoAnswer, secret: TotpSecret | null) {
    const form = twoFactorForm(Redacted.value(page.body), page.url)
    if (form === null) return yield* kameoError({ _tag: "SecondFactorNotTotp" })
    if (secret === null) return yield* kameoError({ _tag: "SecondFactorRequired" })
    let answer = yield* submitCode(form, secret)
    // The form token belongs to the session, not to the page, so the second try needs no second form.
    if (isCodeRefused(answer)) answer = yield* submitCode(form, secret)
    if (isCodeRefused(answer)) {
      return yield* kameoError({ _tag: "CodeRejected", attempts: 2, clockSkewSeconds: answer.clockSkewSeconds })
    }
    yield* refuseStatus(answer)
    // Leaving the code page is not yet success: a lost session leaves it too, for the login page.
    if (answer.url.pathname === "/user/login") return yield* kameoError({ _tag: "SessionExpired", path: "/auth/2fa" })
    if (answer.url.pathname === "/auth/e-sign") return yield* kameoError({ _tag: "SecondFactorNotTotp" })
    return answer
  })

  const prove = transferInit(http, settings).pipe(
    Effect.catchTag("KameoError", (error) =>
      error.reason._tag === "SessionExpired" || error.reason._tag === "HtmlInsteadOfJson"
        ? Effect.fail(kameoError({ _tag: "LoginUnproven", path: transferPath }))
        : Effect.fail(error)
    ),
    Effect.flatMap((json) => {
      const content = isRecord(json) ? json["content"] : undefined
      const proven = isRecord(json) && json["error_text"] === "" && isRecord(content) && isRecord(content["data"])
      return proven ? Effect.void : Effect.fail(kameoError({ _tag: "LoginUnproven", path: transferPath }))
    })
  )

  const login = Effect.fn("KameoSession.login")(function* (credentials: KameoCredentials) {
    loggedIn = false
    token = null
    yield* http.forgetCookies
    yield* refuseStatus(yield* get("/user/login", "/"))
    const afterPassword = yield* submitPassword(credentials)
    yield* refusePassword(afterPassword)
    const landing =
      afterPassword.url.pathname === "/auth/2fa"
        ? yield* passSecondFactor(afterPassword, credentials.totp)
        : afterPassword
    yield* prove
    token = accessToken(Redacted.value(landing.body))
    loggedIn = true
    logins += 1
    yield* Effect.logDebug("Logged in to Kameo")
  })

  const loginFor = (path: string) =>
    settings.credentials === null
      ? Effect.fail(kameoError({ _tag: "CredentialsMissing", path }))
      : login(settings.credentials)

  const renewing: KameoSession["renewing"] = (budget, request) =>
    Effect.suspend(() => {
      const loginsBefore = logins
      return Effect.catchTag(request, "KameoError", (error) => {
        if (error.reason._tag !== "SessionExpired") return Effect.fail(error)
        const { path } = error.reason
        if (settings.credentials === null) return Effect.fail(kameoError({ _tag: "CredentialsMissing", path }))
        // Being asked for a login before there was one is not the end of a session.
        const allowance = !loggedIn && budget.first ? "first" : "renewal"
        if (!budget[allowance]) return Effect.fail(error)
        budget[allowance] = false
        // Another command may have met the same end and logged in meanwhile; its session serves this one too.
        const renew = Effect.suspend(() => (logins > loginsBefore ? Effect.void : loginFor(path)))
        return Effect.andThen(oneLogin.withPermit(renew), renewing(budget, request))
      })
    })

  const refreshToken = Effect.fnUntraced(function* () {
    const page = yield* get("/aktuella-lan", "/")
    if (page.url.pathname === "/user/login" || page.url.pathname === "/auth/2fa") {
      return yield* kameoError({ _tag: "SessionExpired", path: "/aktuella-lan" })
    }
    token = accessToken(Redacted.value(page.body))
    return token?.token ?? null
  })

  return {
    login: oneLogin.withPermit(Effect.suspend(() => loginFor("/user/login"))),
    ensure: (path) => oneLogin.withPermit(Effect.suspend(() => (loggedIn ? Effect.void : loginFor(path)))),
    renewing,
    bearer: Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const known = token
      if (known === null) return Effect.succeed(null)
      const usable = now < known.expiresAt ? known.token : null
      if (now < known.refreshAt) return Effect.succeed(usable)
      // The listing is public: a site that is down must not take the API with it, nor be asked before every page.
      return Effect.catchTag(refreshToken(), "KameoError", (error) => {
        if (error.reason._tag === "SessionExpired") return Effect.fail(error)
        token = { ...known, refreshAt: now + 60_000 }
        return Effect.succeed(usable)
      })
    }),
    logout: Effect.suspend(() => {
      const wasLoggedIn = loggedIn
      loggedIn = false
      token = null
      return wasLoggedIn
        ? Effect.asVoid(Effect.ensuring(get("/user/logout", "/aktuella-lan"), http.forgetCookies))
        : Effect.void
    })
  }
}

// The page again, or the status a stricter server would give with it.
const isCodeRefused = (answer: KameoAnswer): boolean =>
  answer.url.pathname === "/auth/2fa" && (answer.status < 400 || answer.status === 401 || answer.status === 422)

const refuseStatus = (answer: KameoAnswer): Effect.Effect<void, KameoError> =>
  answer.status < 400
    ? Effect.void
    : Effect.fail(kameoError({ _tag: "HttpStatus", path: answer.url.pathname, status: answer.status }))

const refusePassword = (answer: KameoAnswer): Effect.Effect<void, KameoError> => {
  const path = answer.url.pathname
  if (path === "/auth/e-sign") return Effect.fail(kameoError({ _tag: "SecondFactorNotTotp" }))
  if (path !== "/user/login") return refuseStatus(answer)
  if (answer.status === 423 || saysLocked(Redacted.value(answer.body))) {
    return Effect.fail(kameoError({ _tag: "AccountLocked", retryAfterSeconds: null }))
  }
  return Effect.andThen(
    answer.status === 401 ? Effect.void : refuseStatus(answer),
    Effect.fail(kameoError({ _tag: "LoginRejected" }))
  )
}
