/**
 * A faithful local Kameo: both hosts on this machine over real HTTP, with the login, the listing, the account call, the
 * bidding calls, a clock of its own, and every known way in which the real hosts can misbehave.
 *
 * Two clocks: the virtual one moves the loans' life, idle sessions and bid hashes, and can be set, moved and frozen. The
 * host's clock (Effect's `Clock`) drives what a client sees or waits for: the 60 seconds of the rate limit, delays, the
 * instants inside access tokens, and, unless `totpClock` says otherwise, codes and the Date header. An access token also
 * ends when its life has passed on the virtual clock.
 *
 * Both hosts answer a control surface in JSON, to this machine only:
 *
 * - `POST /__emu/reset`: back to the start.
 * - `GET` and `PUT /__emu/clock`: `{ "set": "2026-05-01T00:00:00Z" }`, `{ "advanceMillis": 86400000 }`, `{ "frozen": true }`.
 * - `GET` and `PUT /__emu/faults`: `["status=503x2", "ignorePage"]` or `{ "status": "503x2" }`; replaces all faults.
 * - `PUT /__emu/loans`: `300`, `"samples"`, `{ "count": 300, "seed": 7, "newPerDay": 4 }`, or a list of records.
 * - `PUT /__emu/user`: any of `email`, `password`, `secret`, `factor`, `name`, `accounts`.
 * - `GET /__emu/log`: host, method, path and status of every request.
 *
 * The request header `x-emu-fault: status=503; language=da` adds faults to that one request.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerError from "effect/http/HttpServerError"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { demoUser, type EmulatedUser, type EmulatedUserChange } from "./EmulatedUser.ts"
import {
  defaultStart,
  type EmulatedLoans,
  EmulatorOptionInvalid,
  type FaultsInput,
  type KameoEmulatorOptions,
  loanBook
} from "./EmulatorOptions.ts"
import * as Fault from "./Fault.ts"
import { apiElsewhere, apiRoutes } from "./internal/apiRoutes.ts"
import { controlRoutes } from "./internal/controlRoutes.ts"
import { type Addresses, type Handler, type Route, type RouteKind, serving } from "./internal/exchange.ts"
import { VirtualClock } from "./internal/VirtualClock.ts"
import { type Beginning, World } from "./internal/World.ts"
import { wwwElsewhere, wwwRoutes } from "./internal/wwwRoutes.ts"

/** One line of the request log: which host, which method, which path (with paging parameters only), which answer. */
export interface LoggedRequest {
  readonly host: "www" | "api"
  readonly method: string
  readonly path: string
  /** 0 when the connection was reset instead. */
  readonly status: number
}

/** One of the two ports could not be listened on. */
export class EmulatorNotListening extends Schema.TaggedError<EmulatorNotListening>()("EmulatorNotListening", {
  host: Schema.Literals(["www", "api"]),
  port: Schema.Int,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The emulator's ${this.host} host cannot listen on port ${this.port}; use 0 for a free port.`
  }
}

/** A running emulator. Every change takes effect with the next request. */
export interface KameoEmulatorShape {
  /** The site, `http://localhost:<port>`. */
  readonly wwwUrl: string
  /** The API, `http://127.0.0.1:<port>`: another name than the site's, so that no cookie reaches it. */
  readonly apiUrl: string
  /** The virtual instant. */
  readonly now: Effect.Effect<DateTime.Utc>
  /** Sets the virtual clock; back is allowed. */
  readonly setClock: (instant: DateTime.DateTime) => Effect.Effect<void>
  /** Moves the virtual clock. */
  readonly advanceClock: (by: Duration.Input) => Effect.Effect<void>
  /** Stops the virtual clock where it is, or lets it run on. */
  readonly setFrozen: (frozen: boolean) => Effect.Effect<void>
  /** The active faults. */
  readonly faults: Effect.Effect<Fault.Faults>
  /** Replaces all faults; counts such as `x2` start anew. An empty list ends every fault. */
  readonly setFaults: (faults: FaultsInput) => Effect.Effect<void, Fault.FaultInvalid>
  /** Replaces the listed loans; generated ones are anchored at the virtual instant. Bids are forgotten. */
  readonly setLoans: (loans: EmulatedLoans) => Effect.Effect<void, EmulatorOptionInvalid>
  /** The user as it stands, with reserved cash after bids. */
  readonly user: Effect.Effect<EmulatedUser>
  /** Changes the user, unlocks the account and forgets which codes were used. Sessions stay. */
  readonly setUser: (change: EmulatedUserChange) => Effect.Effect<void, EmulatorOptionInvalid>
  /** Every request to both hosts in order, without bodies, cookies, codes or query secrets. */
  readonly requestLog: Effect.Effect<ReadonlyArray<LoggedRequest>>
  /** Ends every session and access token at once. */
  readonly endSessions: Effect.Effect<void>
  /** Back to the state in which the emulator started. */
  readonly reset: Effect.Effect<void>
}

const millisOf = (input: Duration.Input | undefined, fallbackMinutes: number): number =>
  input === undefined ? fallbackMinutes * 60_000 : Duration.toMillis(Duration.fromInputUnsafe(input))

const parseFaults = (input: FaultsInput | undefined): Result.Result<Fault.Faults, Fault.FaultInvalid> => {
  if (input === undefined) return Result.succeed(Fault.none)
  return isTexts(input) ? Fault.parseAll(input) : Result.succeed(input)
}

const isTexts = (input: FaultsInput): input is ReadonlyArray<string> => Array.isArray(input)

const checkedUser = (user: EmulatedUser): Result.Result<EmulatedUser, EmulatorOptionInvalid> =>
  /^[A-Z2-7]{26,}$/u.test(Redacted.value(user.totpSecret))
    ? Result.succeed(user)
    : Result.fail(
        new EmulatorOptionInvalid({
          option: "user.totpSecret",
          problem: "the secret must be at least 26 letters A-Z and digits 2-7, without blanks."
        })
      )

const beginningOf = Effect.fnUntraced(function* (options: KameoEmulatorOptions) {
  const host = yield* Clock.Clock
  const seed = options.seed ?? 1
  const start = options.clock === undefined ? defaultStart : DateTime.toEpochMillis(options.clock)
  const book = yield* Effect.fromResult(loanBook(options.loans ?? 300, seed))
  const beginning: Beginning = {
    clock: () => new VirtualClock(host, start, options.frozen ?? false),
    seed,
    lifetimes: {
      sessionIdle: millisOf(options.sessionIdle, 30),
      accessToken: millisOf(options.accessTokenLife, 45),
      bidHash: millisOf(options.bidHashLife, 5)
    },
    totpClock: options.totpClock ?? "real",
    rateLimit: options.rateLimit ?? 60,
    lockAfter: options.lockAfter ?? Number.POSITIVE_INFINITY,
    user: yield* Effect.fromResult(checkedUser({ ...demoUser, ...options.user })),
    loans: (clock) => book(clock.now()),
    faults: yield* Effect.fromResult(parseFaults(options.faults))
  }
  return beginning
})

const controls = (world: World, addresses: Addresses): KameoEmulatorShape => ({
  wwwUrl: addresses.www,
  apiUrl: addresses.api,
  now: Effect.sync(() => DateTime.makeUnsafe(world.clock.now())),
  setClock: (instant) => Effect.sync(() => world.clock.set(DateTime.toEpochMillis(instant))),
  advanceClock: (by) =>
    Effect.sync(() => world.clock.set(world.clock.now() + Duration.toMillis(Duration.fromInputUnsafe(by)))),
  setFrozen: (frozen) => Effect.sync(() => world.clock.setFrozen(frozen)),
  faults: Effect.sync(() => world.faults),
  setFaults: (input) =>
    Effect.map(Effect.fromResult(parseFaults(input)), (faults) => {
      world.faults = faults
    }),
  setLoans: (loans) =>
    Effect.map(Effect.fromResult(loanBook(loans, world.beginning.seed)), (book) => {
      world.loans = book(world.clock.now())
      world.bids.clear()
      world.bidHashes.clear()
    }),
  user: Effect.sync(() => world.user),
  setUser: (change) =>
    Effect.map(
      Effect.suspend(() => Effect.fromResult(checkedUser({ ...world.user, ...change }))),
      (user) => world.setUser(user)
    ),
  requestLog: Effect.sync(() => world.log),
  endSessions: Effect.sync(() => world.sessions.clear()),
  reset: Effect.sync(() => world.reset())
})

type App = Effect.Effect<HttpServerResponse, unknown, HttpServerRequest | Scope.Scope>

/** Listens on a loopback port and gives the port and a way to mount the application once both ports are known. */
const listen = Effect.fnUntraced(function* (host: "www" | "api", port: number) {
  const node = createServer()
  const server = yield* NodeHttpServer.make(() => node, {
    host: "127.0.0.1",
    port,
    disablePreemptiveShutdown: true
  }).pipe(
    Effect.mapError((error: HttpServerError.ServeError) => new EmulatorNotListening({ host, port, cause: error.cause }))
  )
  const address: AddressInfo | string | null = node.address()
  const bound = typeof address === "object" && address !== null ? address.port : port
  const mount = (app: App) =>
    Effect.andThen(
      server.serve(app),
      // Clients may keep idle connections; stopping the emulator does not wait for them.
      Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
    )
  return { port: bound, mount }
})

/** Mounts a host's routes, the control surface, and the answer to any other address. */
const mountHost = Effect.fnUntraced(function* (
  mount: (app: App) => Effect.Effect<void, never, Scope.Scope>,
  host: "www" | "api",
  world: World,
  emulator: KameoEmulatorShape,
  routes: ReadonlyArray<Route>,
  elsewhere: readonly [RouteKind, Handler]
) {
  const router = yield* HttpRouter.make
  const addresses: Addresses = { www: emulator.wwwUrl, api: emulator.apiUrl }
  const route = serving(world, host, addresses)
  for (const [method, path, kind, handler] of routes) yield* router.add(method, path, route(kind, handler))
  for (const [method, path, answer] of controlRoutes(emulator)) yield* router.add(method, path, answer)
  // The only failure of routing is a target that no route takes, or that the router cannot read.
  yield* mount(router.asHttpEffect().pipe(Effect.catch(() => route(...elsewhere))))
})

/**
 * Starts an emulator that lives as long as the scope: two HTTP servers on loopback ports.
 *
 * Fails with `EmulatorOptionInvalid` or `FaultInvalid` for options that cannot be, and with `EmulatorNotListening` when a
 * port is taken.
 */
export const make: (
  options?: KameoEmulatorOptions
) => Effect.Effect<KameoEmulatorShape, EmulatorOptionInvalid | Fault.FaultInvalid | EmulatorNotListening, Scope.Scope> =
  Effect.fn("KameoEmulator.make")(function* (options: KameoEmulatorOptions = {}) {
    const world = new World(yield* beginningOf(options))
    const www = yield* listen("www", options.wwwPort ?? 0)
    const api = yield* listen("api", options.apiPort ?? 0)
    const addresses: Addresses = { www: `http://localhost:${www.port}`, api: `http://127.0.0.1:${api.port}` }
    const emulator = controls(world, addresses)
    yield* mountHost(www.mount, "www", world, emulator, wwwRoutes, ["page", wwwElsewhere])
    yield* mountHost(api.mount, "api", world, emulator, apiRoutes, ["data", apiElsewhere])
    return emulator
  })

/**
 * The running emulator as a service.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
 *
 * const program = Effect.gen(function*() {
 *   const kameo = yield* KameoEmulator
 *   yield* kameo.setFaults(["status=503x2"])
 *   return kameo.apiUrl
 * }).pipe(Effect.provide(KameoEmulator.layer({ loans: 25 })))
 * ```
 */
export class KameoEmulator extends Context.Service<KameoEmulator, KameoEmulatorShape>()(
  "saldo/kameo/emulator/KameoEmulator"
) {
  /** An emulator for the life of the layer. */
  static readonly layer = (
    options?: KameoEmulatorOptions
  ): Layer.Layer<KameoEmulator, EmulatorOptionInvalid | Fault.FaultInvalid | EmulatorNotListening> =>
    Layer.effect(KameoEmulator, make(options))
}
