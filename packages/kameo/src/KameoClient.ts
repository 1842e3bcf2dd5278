/**
 * The client of the Kameo crowdlending platform: login with password and one-time code, accounts, the loan listing, one
 * loan with its questions and its bidding state, the preview of a bid. Nothing here can place a bid.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Stream from "effect/Stream"
import type { LoanListing } from "saldo/lending/LoanListing"
import { SchemaDrift } from "saldo/lending/LoanSource"
import { decodeAccounts, type KameoAccount, maskAccountNumber } from "./decodeAccounts.ts"
import { decodeListingJson } from "./decodeListing.ts"
import {
  decodeBiddingState,
  decodeQuestions,
  type KameoBiddingState,
  type KameoQuestions
} from "./decodeLoanDetails.ts"
import { type BidPreviewQuery, bidPreviewBody, decodeBidPreview, type KameoBidPreview } from "./KameoBidPreview.ts"
import { type KameoOptions, type KameoSettings, kameoSettings, kameoSettingsFromConfig } from "./KameoConfig.ts"
import { type KameoError, kameoError } from "./KameoError.ts"
import { layerTransport } from "./internal/KameoExchange.ts"
import { type KameoHttp, makeKameoHttp } from "./internal/KameoHttp.ts"
import { loginPaths, notKnown, readJson } from "./internal/kameoJson.ts"
import { dashboardAccountNumber } from "./internal/kameoPages.ts"
import type { KameoListingPage, KameoOrigins, ListingPagesQuery, ListingQuery } from "./KameoListing.ts"
import { listingPages } from "./internal/kameoPaging.ts"
import {
  dashboardPath,
  type KameoSession,
  type LoginBudget,
  makeKameoSession,
  newBudget,
  transferInit
} from "./internal/KameoSession.ts"

/** What is known of one loan: its listing, or, where Kameo does not give that, its questions and its bidding. */
export interface KameoLoan {
  readonly loanId: string
  readonly listing: LoanListing | null
  readonly drift: ReadonlyArray<SchemaDrift>
  readonly questions: KameoQuestions | null
  readonly bidding: KameoBiddingState | null
}

/**
 * A client of Kameo. One request is sent at a time, in the order of the calls. A session that ends is renewed once per
 * call; a wrong password is never tried twice. Every failure is a `KameoError`.
 */
export class KameoClient extends Context.Service<
  KameoClient,
  {
    /** Logs in anew and proves it by the account call. */
    readonly login: Effect.Effect<void, KameoError>
    /** The account in one currency, SEK unless said otherwise; another currency is never taken in its place. */
    readonly account: (currency?: string) => Effect.Effect<KameoAccount, KameoError>
    readonly accounts: Effect.Effect<ReadonlyArray<KameoAccount>, KameoError>
    /** One page of the listing, which needs no login. */
    readonly listing: (query?: ListingQuery) => Effect.Effect<KameoListingPage, KameoError>
    /** The pages of the listing in order; fails with the page that cannot be read, and never ends early. */
    readonly pages: (query?: ListingPagesQuery) => Stream.Stream<KameoListingPage, KameoError>
    readonly loan: (loanId: string | number) => Effect.Effect<KameoLoan, KameoError>
    readonly questions: (loanId: string | number) => Effect.Effect<KameoQuestions, KameoError>
    readonly biddingState: (loanId: string | number) => Effect.Effect<KameoBiddingState, KameoError>
    /** What a bid would cost and bring. Commits to nothing, needs a login, and is repeated only behind a new one. */
    readonly previewBid: (query: BidPreviewQuery) => Effect.Effect<KameoBidPreview, KameoError>
    /** Ends the session at Kameo and forgets it here. */
    readonly logout: Effect.Effect<void, KameoError>
  }
>()("@saldo/kameo/KameoClient") {
  /** A client with the given settings and a transport of its own. */
  static readonly layer = (options: KameoOptions = {}): Layer.Layer<KameoClient, KameoError> =>
    Layer.unwrap(Effect.map(Effect.fromResult(kameoSettings(options)), withTransport))

  /** A client with the settings of the environment; options given here win over it. */
  static readonly layerConfig = (options: KameoOptions = {}): Layer.Layer<KameoClient, KameoError> =>
    Layer.unwrap(Effect.map(kameoSettingsFromConfig(options), withTransport))

  /**
   * A client over the host's own `HttpClient`. The host answers for the time limit of connecting; redirects must not be
   * followed by it (`FetchHttpClient` obeys by itself).
   */
  static readonly layerHttpClient = (
    options: KameoOptions = {}
  ): Layer.Layer<KameoClient, KameoError, HttpClient.HttpClient> =>
    Layer.unwrap(Effect.map(Effect.fromResult(kameoSettings(options)), withHttpClient))
}

const withHttpClient = (settings: KameoSettings): Layer.Layer<KameoClient, never, HttpClient.HttpClient> =>
  Layer.effect(
    KameoClient,
    Effect.flatMap(HttpClient.HttpClient, (client) =>
      Effect.map(makeKameoHttp(client, settings), (http) => makeClient(http, settings))
    )
  )

const withTransport = (settings: KameoSettings): Layer.Layer<KameoClient> =>
  Layer.provide(withHttpClient(settings), layerTransport(settings))

const listingPath = "/v1/loans/listing/investment-options"
const ezjscoreListingPath = "/ezjscore/call/kameo_investment::get_investment_options"
const defaultOrigins: KameoOrigins = { sweden: true, norway: false, denmark: true }

const listingUrl = (settings: KameoSettings, query: ListingQuery): URL => {
  const origins = query.origins ?? defaultOrigins
  const url = new URL(
    settings.loanSource === "api" ? settings.apiBaseUrl + listingPath : settings.baseUrl + ezjscoreListingPath
  )
  url.searchParams.set("subscription_origin_sweden", origins.sweden ? "1" : "0")
  url.searchParams.set("subscription_origin_norway", origins.norway ? "1" : "0")
  url.searchParams.set("subscription_origin_denmark", origins.denmark ? "1" : "0")
  url.searchParams.set("limit", String(query.limit ?? 100))
  url.searchParams.set("page", String(query.page ?? 1))
  return url
}

const checkQuery = (name: string, value: number | undefined): Effect.Effect<void, KameoError> =>
  value === undefined || (Number.isSafeInteger(value) && value >= 1)
    ? Effect.void
    : Effect.fail(kameoError({ _tag: "InvalidConfig", key: name, problem: "it must be a whole number, at least 1" }))

const checkLoanId = (loanId: string | number): Effect.Effect<string, KameoError> => {
  const id = String(loanId).trim()
  return /^\d{1,20}$/u.test(id)
    ? Effect.succeed(id)
    : Effect.fail(kameoError({ _tag: "LoanNotFound", loanId: id.slice(0, 50) }))
}

const hasStatus = ({ reason }: KameoError, status: number): boolean =>
  reason._tag === "HttpStatus" && reason.status === status

const isMissing = (error: KameoError): boolean => hasStatus(error, 404) || hasStatus(error, 405)

const makeClient = (http: KameoHttp, settings: KameoSettings): KameoClient["Service"] => {
  const session = makeKameoSession(http, settings)
  const { baseUrl } = settings

  const fetchApi = (url: URL) =>
    Effect.flatMap(session.bearer, (bearer) =>
      http.send({
        method: "GET",
        url,
        accept: "json",
        origin: baseUrl,
        referer: `${baseUrl}/`,
        ...(bearer === null ? {} : { bearer })
      })
    )

  const fetchListing = Effect.fn("KameoClient.fetchListing")(function* (query: ListingQuery) {
    const url = listingUrl(settings, query)
    const answer = yield* settings.loanSource === "api"
      ? fetchApi(url)
      : Effect.andThen(
          session.ensure(url.pathname),
          http.send({ method: "GET", url, accept: "json", referer: `${baseUrl}/aktuella-lan` })
        )
    const json = yield* Effect.fromResult(readJson(answer))
    const now = yield* Clock.currentTimeMillis
    const decoded = yield* Effect.fromResult(
      Result.mapError(decodeListingJson(json, { baseUrl, now }), (differences) => notKnown(url.pathname, differences))
    )
    return { ...decoded, page: query.page ?? 1 }
  })

  const listingWith = (budget: LoginBudget, query: ListingQuery) => session.renewing(budget, fetchListing(query))

  const api = (path: string) =>
    Effect.flatMap(
      Effect.suspend(() => fetchApi(new URL(settings.apiBaseUrl + path))),
      (answer) => Effect.fromResult(readJson(answer))
    )

  const loanCall = <A>(budget: LoginBudget, id: string, path: string, decode: (json: unknown) => A) =>
    session.renewing(budget, api(path)).pipe(
      Effect.map(decode),
      Effect.catchIf(isMissing, () => Effect.fail(kameoError({ _tag: "LoanNotFound", loanId: id })))
    )
  const questions = (budget: LoginBudget, id: string) =>
    loanCall(budget, id, `/v1/q-a?loan_application_id=${id}`, decodeQuestions)
  const biddingState = (budget: LoginBudget, id: string) =>
    loanCall(budget, id, `/v1/bidding/${id}/load`, decodeBiddingState)

  const loan = Effect.fn("KameoClient.loan")(function* (loanId: string | number) {
    const id = yield* checkLoanId(loanId)
    const budget = newBudget()
    const found = yield* Effect.result(session.renewing(budget, api(`/v1/loans/${id}`)))
    if (Result.isSuccess(found)) {
      const one = yield* decodeOne(`/v1/loans/${id}`, found.success, baseUrl)
      return { loanId: id, ...one, questions: null, bidding: null }
    }
    // The call was never seen on the real host; the other two are what its own pages use.
    if (!isMissing(found.failure)) return yield* found.failure
    const asked = yield* questions(budget, id)
    return { loanId: id, listing: null, drift: [], questions: asked, bidding: yield* biddingState(budget, id) }
  })

  const previewBid = Effect.fn("KameoClient.previewBid")(function* (query: BidPreviewQuery) {
    const id = yield* checkLoanId(query.loanId)
    const refused = (problem: string) => kameoError({ _tag: "BidRefused", loanId: id, problem })
    const json = yield* Effect.fromResult(Result.mapError(bidPreviewBody(query), refused))
    const path = `/v1/bidding/${id}/load`
    yield* session.ensure("the bid preview")
    const post = Effect.flatMap(session.bearer, (bearer) =>
      Effect.flatMap(
        http.send({
          method: "POST",
          url: new URL(settings.apiBaseUrl + path),
          accept: "json",
          origin: baseUrl,
          referer: `${baseUrl}/`,
          json,
          ...(bearer === null ? {} : { bearer })
        }),
        (answer) => Effect.fromResult(readJson(answer))
      )
    )
    return yield* session.renewing(newBudget(), post).pipe(
      Effect.map((answer) => decodeBidPreview(id, answer)),
      Effect.mapError((error) => {
        if (isMissing(error)) return kameoError({ _tag: "LoanNotFound", loanId: id })
        return hasStatus(error, 422) || hasStatus(error, 409) ? refused("the amount or the loan's state") : error
      })
    )
  })

  return KameoClient.of({
    login: session.login,
    account: accountOf(http, session, settings),
    accounts: readAccounts(http, session, settings),
    listing: (query = {}) =>
      Effect.gen(function* () {
        yield* checkQuery("page", query.page)
        yield* checkQuery("limit", query.limit)
        return yield* listingWith(newBudget(), query)
      }),
    pages: (query = {}) => listingPages(query, listingWith),
    loan,
    questions: (loanId) => Effect.flatMap(checkLoanId(loanId), (id) => questions(newBudget(), id)),
    biddingState: (loanId) => Effect.flatMap(checkLoanId(loanId), (id) => biddingState(newBudget(), id)),
    previewBid,
    logout: session.logout
  })
}

const decodeOne = Effect.fnUntraced(function* (path: string, json: unknown, baseUrl: string) {
  const data = typeof json === "object" && json !== null && "data" in json ? json.data : undefined
  const now = yield* Clock.currentTimeMillis
  const page = { data: { investment_options: [data], current_page: 1, per_page: 1, total: 1, last_page: 1 } }
  const decoded = yield* Effect.fromResult(
    Result.mapError(decodeListingJson(page, { baseUrl, now }), (differences) => notKnown(path, differences))
  )
  const listing = decoded.listings[0]
  if (listing === undefined) {
    const field = decoded.rejected[0]?.field ?? "$"
    return yield* notKnown(path, [
      new SchemaDrift({ path: `data.${field}`, kind: "unknownValue", found: "not usable" })
    ])
  }
  return { listing, drift: decoded.drift }
})

const readAccounts = (http: KameoHttp, session: KameoSession, settings: KameoSettings) =>
  Effect.gen(function* () {
    yield* session.ensure("the accounts")
    const json = yield* session.renewing(newBudget(), transferInit(http, settings))
    return yield* Effect.fromResult(
      Result.mapError(decodeAccounts(json), (differences) =>
        notKnown("/ezjscore/call/kameo_transfer::init", differences)
      )
    )
  })

const accountOf =
  (http: KameoHttp, session: KameoSession, settings: KameoSettings) =>
  (currency = "SEK") =>
    readAccounts(http, session, settings).pipe(
      Effect.flatMap((accounts) => {
        const found = accounts.find((account) => account.currency === currency)
        const available = accounts.flatMap((account) => (account.currency === null ? [] : [account.currency]))
        return found === undefined
          ? Effect.fail(kameoError({ _tag: "AccountNotFound", currency, available }))
          : Effect.succeed(found)
      }),
      Effect.catchIf(
        ({ reason }) => currency === "SEK" && (reason._tag === "SchemaDrift" || reason._tag === "HtmlInsteadOfJson"),
        (error) => accountFromPage(http, settings, error)
      )
    )

// The page is half a megabyte and says neither the currency nor the balance, so it is only the last resort.
const accountFromPage = Effect.fnUntraced(function* (http: KameoHttp, settings: KameoSettings, error: KameoError) {
  const page = yield* http.send({
    method: "GET",
    url: new URL(settings.baseUrl + dashboardPath),
    accept: "html",
    referer: `${settings.baseUrl}/aktuella-lan`
  })
  const found = loginPaths.has(page.url.pathname)
    ? null
    : dashboardAccountNumber(Redacted.value(page.body), settings.accountNumberPattern)
  if (found === null) return yield* error
  const masked = maskAccountNumber(Redacted.value(found))
  return { currency: null, accountNumber: found, masked, available: null, reserved: null } satisfies KameoAccount
})
