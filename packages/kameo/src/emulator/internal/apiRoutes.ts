import * as Effect from "effect/Effect"
import { bidPreview, bidState, bidSubmit, subscription } from "./bidding.ts"
import { bearerSession, type Exchange, type Handler, type Route } from "./exchange.ts"
import { listing, seenLoan } from "./listing.ts"
import { apiJson, type Reply } from "./Reply.ts"

/** 401 as the API's framework writes it. */
const unauthenticated = (): Reply => apiJson({ message: "Unauthenticated." }, 401)

/** 404 as the API's framework writes it. */
const notFound = (): Reply => apiJson({ message: "Not Found." }, 404)

/**
 * Access of a request: public calls take no token at all, but a token that is given must be good; other calls need one.
 * An authenticated call counts against `expireAfter`.
 */
const access =
  (needed: (exchange: Exchange) => boolean, handler: Handler): Handler =>
  (exchange) => {
    const session = bearerSession(exchange)
    if (session === "invalid") return Effect.sync(unauthenticated)
    if (session === undefined) return needed(exchange) ? Effect.sync(unauthenticated) : handler(exchange)
    return exchange.world.answer(session, exchange.faults) ? handler(exchange) : Effect.sync(unauthenticated)
  }

const open = (handler: Handler): Handler => access(() => false, handler)
const closed = (handler: Handler): Handler => access(() => true, handler)

const investmentOptions: Handler = (exchange) =>
  Effect.sync(() => {
    const { body, status } = listing(exchange)
    return apiJson(body, status)
  })

const idOf = (exchange: Exchange): number =>
  Number(/\/(\d{1,15})(?:\/|$)/u.exec(exchange.url.pathname)?.[1] ?? Number.NaN)

const loan: Handler = (exchange) =>
  Effect.sync(() => {
    const found = exchange.world.loans.find(idOf(exchange), exchange.world.clock.now())
    return found === undefined ? notFound() : apiJson({ data: seenLoan(exchange, found) })
  })

const questions: Handler = (exchange) =>
  Effect.sync(() => {
    const { url, world } = exchange
    const found = world.loans.find(Number(url.searchParams.get("loan_application_id") ?? Number.NaN), world.clock.now())
    if (found === undefined) return notFound()
    return apiJson({
      data: {
        settings: { can_create_question: bearerSession(exchange) !== undefined },
        my_questions: [],
        other_questions: [
          {
            id: 1,
            question: "När beräknas projektet vara klart?",
            answer: "Enligt tidplanen, som är påhittad liksom allt annat här.",
            asked_at: found["listing_date"] ?? null,
            answered_at: found["subscription_starts_at"] ?? null
          },
          {
            id: 2,
            question: "Finns det förhandsavtal?",
            answer: null,
            asked_at: found["subscription_starts_at"] ?? null,
            answered_at: null
          }
        ]
      }
    })
  })

const withLoan =
  (use: (exchange: Exchange, id: number) => Effect.Effect<Reply>): Handler =>
  (exchange) => {
    const id = idOf(exchange)
    const known = exchange.world.loans.find(id, exchange.world.clock.now()) !== undefined
    return known ? use(exchange, id) : Effect.sync(notFound)
  }

/** The API's routes. Anything else is answered by {@link apiElsewhere}. */
export const apiRoutes: ReadonlyArray<Route> = [
  [
    "GET",
    "/v1/loans/listing/investment-options",
    "data",
    access((exchange) => exchange.faults.listingNeedsLogin !== undefined, investmentOptions)
  ],
  ["GET", "/v1/loans/:id", "data", open(loan)],
  ["GET", "/v1/q-a", "data", open(questions)],
  ["GET", "/v1/bidding/:id/load", "data", open(withLoan(bidState))],
  ["POST", "/v1/bidding/:id/load", "data", closed(withLoan(bidPreview))],
  ["POST", "/v1/bidding/:id/submit", "data", closed(withLoan(bidSubmit))],
  ["POST", "/v1/loan/subscription/:id", "data", closed(withLoan(subscription))]
]

/** Any other address of the API. */
export const apiElsewhere: Handler = () => Effect.sync(notFound)
