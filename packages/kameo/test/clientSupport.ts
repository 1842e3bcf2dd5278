import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Stream from "effect/Stream"
import { demoUser } from "@saldo/kameo/emulator/EmulatedUser"
import type { KameoEmulatorOptions } from "@saldo/kameo/emulator/EmulatorOptions"
import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import { KameoClient } from "@saldo/kameo/KameoClient"
import type { KameoOptions } from "@saldo/kameo/KameoConfig"
import type { KameoError } from "@saldo/kameo/KameoError"
import type { ListingPagesQuery } from "@saldo/kameo/KameoListing"

/**
 * A clock that runs `speed` times as fast as the real one, for client and emulator alike: waiting for the next code or
 * for a retry keeps its meaning and takes little time.
 */
export const fastClock = (
  options: { readonly speed?: number; readonly start?: number } = {}
): Clock.Clock & { readonly jump: (ms: number) => void } => {
  const speed = options.speed ?? 40
  const began = performance.now()
  let start = options.start ?? Date.now()
  const elapsed = () => (performance.now() - began) * speed
  const millis = () => Math.floor(start + elapsed())
  const nanos = () => BigInt(millis()) * 1_000_000n
  return {
    jump: (ms) => {
      start += ms
    },
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => BigInt(Math.floor(elapsed() * 1e6)),
    monotonicTimeNanos: Effect.sync(() => BigInt(Math.floor(elapsed() * 1e6))),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const timer = setTimeout(() => resume(Effect.void), Math.ceil(Duration.toMillis(duration) / speed))
        return Effect.sync(() => clearTimeout(timer))
      })
  }
}

/** An instant so many seconds before a 30-second step ends. */
export const beforeStepEnd = (seconds: number): number => Math.ceil(Date.now() / 30_000) * 30_000 - seconds * 1000

/** The options that let the client log in to the emulator as its demo user. */
export const demoLogin = {
  email: demoUser.email,
  password: Redacted.value(demoUser.password),
  totpSecret: Redacted.value(demoUser.totpSecret)
}

export interface Scene {
  readonly emulator?: KameoEmulatorOptions
  readonly client?: KameoOptions
  /** Without e-mail, password and secret. */
  readonly anonymous?: boolean
  /** Made when the test begins, so that it does not run before. */
  readonly clock?: () => Clock.Clock
}

/** Every log line of a run, with its annotations and its cause, rendered as text. */
export const captured = () => {
  const lines: Array<string> = []
  const logger = Logger.make<unknown, void>((options) => {
    lines.push(Logger.formatJson.log(options), Logger.formatLogFmt.log(options))
  })
  return { lines, layer: Logger.layer([logger]) }
}

/** A client of an emulator, with sessions of its own. */
export const clientFor = (emulator: KameoEmulator["Service"], scene: Scene = {}) =>
  KameoClient.layer({
    ...(scene.anonymous === true ? {} : demoLogin),
    baseUrl: emulator.wwwUrl,
    apiBaseUrl: emulator.apiUrl,
    // Real time is what a busy machine spends; the limits that a test is about are given by that test.
    readTimeoutMs: 1_000_000,
    ...scene.client
  })

const clientLayer = (scene: Scene) => Layer.unwrap(Effect.map(KameoEmulator, (emulator) => clientFor(emulator, scene)))

/** Runs a test against a new emulator and a new client over real HTTP, under one fast clock. */
export const play = <A, E>(
  scene: Scene,
  body: (
    client: KameoClient["Service"],
    emulator: KameoEmulator["Service"]
  ) => Effect.Effect<A, E, KameoClient | KameoEmulator>
): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const emulator = yield* KameoEmulator
      const client = yield* KameoClient
      return yield* body(client, emulator)
    }).pipe(
      Effect.provide(
        clientLayer(scene).pipe(
          Layer.provideMerge(KameoEmulator.layer({ loans: 25, rateLimit: 10_000, ...scene.emulator }))
        )
      ),
      Effect.provideService(References.MinimumLogLevel, "Error"),
      Effect.provideService(Clock.Clock, scene.clock?.() ?? fastClock())
    ) as Effect.Effect<A, E>
  )

/** The reason that a call fails with; a call that passes fails the test. */
export const reasonOf = <A, R>(effect: Effect.Effect<A, KameoError, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

/** All pages of the listing at once, by id. */
export const collect = (client: KameoClient["Service"], query: ListingPagesQuery = {}) =>
  Effect.map(Stream.runCollect(client.pages({ limit: 7, ...query })), (pages) => {
    const listings = pages.flatMap((page) => page.listings)
    return {
      pages: pages.map((page) => page.page),
      ids: listings.map((listing) => listing.loanId),
      unique: [...new Set(listings.map((listing) => listing.loanId))].toSorted(),
      listings,
      rejected: pages.flatMap((page) => page.rejected),
      drift: pages.flatMap((page) => page.drift).map(({ path, kind, found }) => `${kind} ${path} ${found}`)
    }
  })

/** How often the emulator was asked for a path. */
export const countOf = (emulator: KameoEmulator["Service"], method: string, path: string) =>
  Effect.map(
    emulator.requestLog,
    (log) => log.filter((one) => one.method === method && one.path.split("?")[0] === path).length
  )
