/**
 * An `HttpClient` on `node:http` and `node:https` that connects to nothing but permitted addresses.
 *
 * The check sits where the socket asks for the address of a name, and the socket gets the checked address alone, so a name that
 * answers otherwise a moment later gains nothing. It never follows a redirect, sends no cookies and unpacks nothing.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import { HttpClientError, InvalidUrlError, TransportError } from "effect/http/HttpClientError"
import type { HttpClientRequest } from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Scope from "effect/Scope"
import { lookup as systemLookup, type LookupAddress } from "node:dns"
import * as http from "node:http"
import * as https from "node:https"
import { isIP, type LookupFunction } from "node:net"
import { Readable } from "node:stream"
import { hostOf } from "../webhookUrl.ts"

/** Which addresses may be called, and who says what addresses a name has. */
export interface Guard {
  readonly isPermitted: (address: string) => boolean
  /** Asks the system when left out. */
  readonly resolve?: ((name: string) => Promise<ReadonlyArray<string>>) | undefined
}

/** A name has no address, or none that may be called. */
export class AddressRefused extends Error {
  override readonly name = "AddressRefused"
  readonly reason: "unresolved" | "forbidden"
  constructor(reason: "unresolved" | "forbidden") {
    super(reason === "forbidden" ? "No address of the name may be called" : "The name has no address")
    this.reason = reason
  }
}

const resolveBySystem = (name: string): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, found) => {
      if (error === null) resolve(found.map(({ address }) => address))
      else reject(error)
    })
  })

/** What a socket calls for the addresses of a name, with the ones that may not be called left out. */
const guardedLookup = ({ isPermitted, resolve = resolveBySystem }: Guard): LookupFunction => {
  const judge = (found: ReadonlyArray<string>): ReadonlyArray<LookupAddress> | AddressRefused => {
    const addresses = found.map((address) => ({ address, family: isIP(address) })).filter(({ family }) => family !== 0)
    if (addresses.length === 0) return new AddressRefused("unresolved")
    const permitted = addresses.filter(({ address }) => isPermitted(address))
    return permitted.length === 0 ? new AddressRefused("forbidden") : permitted
  }
  return (name, options, callback) => {
    const answer = (judged: ReadonlyArray<LookupAddress> | AddressRefused) => {
      if (judged instanceof AddressRefused) return callback(judged, [])
      const wanted = judged.filter(
        ({ family }) => options.family === undefined || [0, family].includes(Number(options.family))
      )
      const [first] = wanted
      if (first === undefined) return callback(new AddressRefused("unresolved"), [])
      return options.all === true ? callback(null, [...wanted]) : callback(null, first.address, first.family)
    }
    resolve(name).then(
      (found) => answer(judge(found)),
      () => answer(new AddressRefused("unresolved"))
    )
  }
}

const bytesOf = (request: HttpClientRequest): Uint8Array | undefined =>
  request.body._tag === "Uint8Array" ? request.body.body : undefined

/** Statuses whose answers have no body, and which a `Response` refuses one for. */
const isBodiless = (status: number): boolean => [204, 205, 304].includes(status)

const responseOf = (message: http.IncomingMessage): Response | undefined => {
  const status = message.statusCode ?? 0
  // A `Response` has no other statuses, and neither has HTTP.
  if (status < 200 || status > 599) return undefined
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value)
  }
  if (isBodiless(status)) message.resume()
  const body = isBodiless(status) ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>)
  return new Response(body, { status, headers })
}

const failed = (request: HttpClientRequest, cause: unknown) =>
  new HttpClientError({ reason: new TransportError({ request, cause }) })

/** A client with connections of its own, which are closed with the scope. */
export const guardedHttpClient = (guard: Guard): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.gen(function* () {
    const options = { keepAlive: true, lookup: guardedLookup(guard), maxFreeSockets: 64 }
    const agents = yield* Effect.acquireRelease(
      Effect.sync(() => ({ http: new http.Agent(options), https: new https.Agent(options) })),
      (made) =>
        Effect.sync(() => {
          made.http.destroy()
          made.https.destroy()
        })
    )
    return HttpClient.make((request, url, signal) =>
      Effect.callback<HttpClientResponse.HttpClientResponse, HttpClientError>((resume) => {
        const host = hostOf(url)
        // A socket asks nobody for the address of an address.
        if (isIP(host) !== 0 && !guard.isPermitted(host)) {
          return resume(Effect.fail(failed(request, new AddressRefused("forbidden"))))
        }
        const secure = url.protocol === "https:"
        if (!secure && url.protocol !== "http:") {
          return resume(Effect.fail(new HttpClientError({ reason: new InvalidUrlError({ request }) })))
        }
        const body = bytesOf(request)
        const headers = { ...request.headers, ...(body === undefined ? {} : { "content-length": String(body.length) }) }
        const agent = secure ? agents.https : agents.http
        const send = (connection: http.Agent | false): void => {
          let over = false
          const sent = (secure ? https : http).request(url, {
            agent: connection,
            lookup: options.lookup,
            method: request.method,
            headers,
            signal
          })
          const fail = (cause: unknown): void => {
            if (over) return
            over = true
            // Whoever kept a connection may close it at the moment when it is used again. That says nothing of the receiver.
            if (sent.reusedSocket && !signal.aborted) send(false)
            else resume(Effect.fail(failed(request, cause)))
          }
          sent.once("response", (message) => {
            over = true
            const response = responseOf(message)
            if (response === undefined) {
              sent.destroy()
              resume(Effect.fail(failed(request, new RangeError("The answer has a status that HTTP does not know"))))
            } else resume(Effect.succeed(HttpClientResponse.fromWeb(request, response)))
          })
          sent.on("error", fail)
          // Such as an answer that wants to speak another protocol, which nobody takes up.
          sent.once("close", () => fail(new TypeError("The connection was closed")))
          sent.end(body)
        }
        send(agent)
        return undefined
      })
    )
  })
