import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Redacted from "effect/Redacted"
import type { Exchange, Handler, Route } from "./exchange.ts"
import { listing } from "./listing.ts"
import { textOf } from "./loanFields.ts"
import * as pages from "./pages.ts"
import { html, redirect, type Reply, siteJson, withCookie } from "./Reply.ts"
import type { Session } from "./Sessions.ts"
import { swedishAmount } from "./swedishAmount.ts"

const cookieName = "eZSESSID"

const sessionOf = (exchange: Exchange): Session | undefined =>
  exchange.world.sessions.find(exchange.request.cookies[cookieName])

/** Runs with the visitor's session, starting one and setting its cookie when there is none. */
const withSession = (exchange: Exchange, use: (session: Session) => Reply): Reply => {
  const known = sessionOf(exchange)
  if (known !== undefined) return use(known)
  const session = exchange.world.sessions.open()
  return withCookie(use(session), `${cookieName}=${session.id}; Path=/; HttpOnly; SameSite=Lax`)
}

const tokenFor = (exchange: Exchange, session: Session): string =>
  exchange.world.sessions.issueToken(session, exchange.world.user.id)

const toLogin = (exchange: Exchange): Reply => redirect(`${exchange.base}/user/login`)
const toSecondFactor = (exchange: Exchange): Reply => redirect(`${exchange.base}/auth/2fa`)
const toLanding = (exchange: Exchange): Reply =>
  redirect(`${exchange.base}${exchange.faults.landing ?? "/aktuella-lan"}`)

/** Runs for completely logged-in visitors; anybody else is sent to the step that is missing. */
const forMember = (exchange: Exchange, use: (session: Session) => Reply): Reply => {
  const session = sessionOf(exchange)
  if (session === undefined || session.stage === "anonymous") return toLogin(exchange)
  return session.stage === "password" ? toSecondFactor(exchange) : use(session)
}

const sameHost = (address: string, host: string | undefined): boolean =>
  URL.canParse(address) && new URL(address).host === host

/** Forms are refused when Origin or Referer names another host, or when both are missing. */
const comesFromOutside = ({ headers }: HttpServerRequest): boolean => {
  const named = [headers["origin"], headers["referer"]].filter((value) => value !== undefined)
  return named.length === 0 || named.some((address) => !sameHost(address, headers["host"]))
}

const forbidden = (text: string): Reply => html(pages.noticePage("Åtkomst nekad", text), 403)

const form = (exchange: Exchange): Effect.Effect<URLSearchParams> =>
  exchange.request.text.pipe(
    Effect.map((text) => new URLSearchParams(text)),
    // A body that breaks off is an empty form to the site; it answers as if nothing had been filled in.
    Effect.orElseSucceed(() => new URLSearchParams())
  )

const loginForm: Handler = (exchange) =>
  Effect.sync(() => withSession(exchange, (session) => html(pages.loginPage(session))))

const checkPassword = (exchange: Exchange, session: Session, fields: URLSearchParams): Reply => {
  const { faults, world } = exchange
  const lockAfter = faults.lockAfter ?? world.beginning.lockAfter
  if (world.wrongPasswords >= lockAfter) {
    return html(pages.loginPage(session, "Kontot är låst efter för många felaktiga försök."))
  }
  const right =
    (fields.get("Login") ?? "").trim().toLowerCase() === world.user.email.toLowerCase() &&
    fields.get("Password") === Redacted.value(world.user.password)
  if (!right) {
    world.wrongPasswords += 1
    session.stage = "anonymous"
    return html(pages.loginPage(session, "Fel användarnamn eller lösenord."))
  }
  world.wrongPasswords = 0
  session.stage = world.user.factor === "none" ? "complete" : "password"
  session.answered = 0
  return redirect(`${exchange.base}/auth/check`)
}

const login: Handler = (exchange) =>
  Effect.map(form(exchange), (fields) => {
    if (comesFromOutside(exchange.request)) return forbidden("Formuläret kom från en annan webbplats.")
    return withSession(exchange, (session) => checkPassword(exchange, session, fields))
  })

const check: Handler = (exchange) => Effect.sync(() => forMember(exchange, () => toLanding(exchange)))

const secondFactor: Handler = (exchange) =>
  Effect.sync(() => {
    const session = sessionOf(exchange)
    if (session === undefined || session.stage === "anonymous") return toLogin(exchange)
    if (session.stage === "complete") return toLanding(exchange)
    return html(pages.twoFactorPage(session, exchange.world.user, tokenFor(exchange, session)))
  })

const checkCode = (exchange: Exchange, session: Session, fields: URLSearchParams): Reply => {
  const { faults, request, world } = exchange
  const token = fields.get("ezxform_token") ?? request.headers["x-csrf-token"]
  if (token !== session.formToken) return forbidden("Formulärets säkerhetskod saknas eller är fel.")
  if (fields.has("cancel")) {
    world.sessions.end(session)
    return toLogin(exchange)
  }
  if (world.user.factor !== "totp" || !world.acceptCode(fields.get("code") ?? "", faults)) {
    return html(
      pages.twoFactorPage(session, world.user, tokenFor(exchange, session), "Koden är felaktig eller redan använd.")
    )
  }
  if (faults.drop2faSession !== undefined) {
    world.sessions.end(session)
    return toLogin(exchange)
  }
  session.stage = "complete"
  session.answered = 0
  return toLanding(exchange)
}

const submitCode: Handler = (exchange) =>
  Effect.map(form(exchange), (fields) => {
    if (comesFromOutside(exchange.request)) return forbidden("Formuläret kom från en annan webbplats.")
    const session = sessionOf(exchange)
    if (session === undefined || session.stage === "anonymous") return toLogin(exchange)
    return session.stage === "complete" ? toLanding(exchange) : checkCode(exchange, session, fields)
  })

const eSign: Handler = () =>
  Effect.succeed(html(pages.noticePage("Ingår inte", "Inloggning med BankID eller MitID finns inte i emulatorn."), 501))

const logout: Handler = (exchange) =>
  Effect.sync(() => {
    const session = sessionOf(exchange)
    if (session !== undefined) exchange.world.sessions.end(session)
    const left = redirect(`${exchange.base}/`)
    return withCookie(left, `${cookieName}=deleted; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`)
  })

const member =
  (heading: string, size: number): Handler =>
  (exchange) =>
    Effect.sync(() =>
      forMember(exchange, (session) =>
        html(pages.memberPage(session, exchange.world.user, tokenFor(exchange, session), heading, size))
      )
    )

const dashboard: Handler = (exchange) =>
  Effect.sync(() =>
    forMember(exchange, (session) => {
      const { faults, world } = exchange
      return html(pages.dashboardPage(session, world.user, tokenFor(exchange, session), faults.bigHtml))
    })
  )

const lastNumber = (path: string): number => Number(/\/(\d{1,15})\/?$/u.exec(path)?.[1] ?? Number.NaN)

const missing = (): Reply => html(pages.noticePage("Sidan finns inte", "Kontrollera adressen."), 404)

const shortLink: Handler = (exchange) =>
  Effect.sync(() => {
    const { base, url, world } = exchange
    const id = lastNumber(url.pathname)
    const loan = world.loans.find(id, world.clock.now())
    if (loan === undefined) return missing()
    return redirect(`${base}/listing/loan/${pages.slugOf(textOf(loan, "title") ?? "")}/${id}`)
  })

const loan: Handler = (exchange) =>
  Effect.sync(() => {
    const { url, world } = exchange
    const found = world.loans.find(lastNumber(url.pathname), world.clock.now())
    return found === undefined ? missing() : html(pages.loanPage(found))
  })

const translation = {
  from: "Från",
  to: "Till",
  balance: "Saldo",
  createBtn: "Skapa överföring",
  updateBtn: "Ändra",
  cancelBtn: "Avbryt",
  account: "Konto",
  insufficientCashWithMarginErr: "Beloppet är större än tillgängligt saldo.",
  confirmModalBtn: "Bekräfta",
  cancelModalBtn: "Stäng"
}

const transferInit = (exchange: Exchange, session: Session): Reply =>
  siteJson({
    error_text: "",
    content: {
      message: null,
      data: {
        xsrfToken: session.formToken,
        accounts: exchange.world.user.accounts.map((account) => ({
          accountNo: account.accountNo,
          currencyCode: account.currencyCode,
          availableCash: swedishAmount(account.availableMinor),
          reservedCash: swedishAmount(account.reservedMinor)
        })),
        transferRequests: [],
        translation,
        rates: null,
        fees: null
      }
    }
  })

const listingAlias = (exchange: Exchange): Reply => {
  const answer = listing(exchange)
  if (answer.status !== 200)
    return { ...siteJson({ error_text: "Invalid request", content: "" }), status: answer.status }
  return siteJson(
    exchange.faults.ezjscEnvelope === "on"
      ? { error_text: "", content: { message: null, data: answer.body["data"] ?? null } }
      : answer.body
  )
}

/** Whether the request takes JSON. `strictAccept` wants it by name; otherwise a wildcard or silence is enough. */
const takesJson = ({ faults, request }: Exchange): boolean => {
  const accept = request.headers["accept"]
  if (accept?.includes("application/json") === true) return true
  return faults.strictAccept === undefined && (accept === undefined || accept.includes("*/*"))
}

const siteCall: Handler = (exchange) =>
  Effect.sync(() =>
    forMember(exchange, (session) => {
      if (!exchange.world.answer(session, exchange.faults)) return toLogin(exchange)
      const name = exchange.url.pathname.slice("/ezjscore/call/".length).replaceAll(/%3A/giu, ":")
      if (!takesJson(exchange)) return { ...html("<p>Ajax-svar</p>\n"), headers: { vary: "Accept" } }
      if (name === "kameo_transfer::init") return transferInit(exchange, session)
      if (name === "kameo_investment::get_investment_options") return listingAlias(exchange)
      return siteJson({ error_text: `Not a valid function call: ${name.slice(0, 80)}`, content: "" })
    })
  )

const front: Handler = () => Effect.succeed(html(pages.frontPage()))

/** The site's routes. Anything else is answered by {@link wwwElsewhere}. */
export const wwwRoutes: ReadonlyArray<Route> = [
  ["GET", "/", "page", front],
  ["GET", "/user/login", "page", loginForm],
  ["POST", "/user/login", "page", login],
  ["GET", "/user/logout", "page", logout],
  ["GET", "/auth/check", "page", check],
  ["GET", "/auth/2fa", "page", secondFactor],
  ["POST", "/auth/2fa", "page", submitCode],
  ["POST", "/auth/e-sign", "page", eSign],
  ["GET", "/aktuella-lan", "page", member("Aktuella lån", 74_000)],
  ["GET", "/investor/dashboard", "page", dashboard],
  ["GET", "/investor/portfolio", "page", member("Portfölj", 20_000)],
  ["GET", "/investor/deposits-and-withdrawals", "page", member("Insättningar och uttag", 20_000)],
  ["GET", "/investor/settings", "page", member("Inställningar", 20_000)],
  ["GET", "/listing/investment-option/:id", "page", shortLink],
  ["GET", "/listing/loan/:slug/:id", "page", loan],
  ["GET", "/ezjscore/call/:name", "data", siteCall]
]

/** Any other address: the landing page that a fault names, or 404. */
export const wwwElsewhere: Handler = (exchange) =>
  exchange.faults.landing === exchange.url.pathname ? member("Välkommen", 20_000)(exchange) : Effect.sync(missing)
