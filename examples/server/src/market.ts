/**
 * A market to watch: a Kameo of invented loans on this machine, whose clock began when the database did.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { demoUser } from "@saldo/kameo/emulator/EmulatedUser"
import { KameoEmulator } from "@saldo/kameo/emulator/KameoEmulator"
import { KameoClient } from "@saldo/kameo/KameoClient"
import * as KameoLoanSource from "@saldo/kameo/KameoLoanSource"
import { LoanCollection } from "saldo/lending/LoanCollection"

/** The emulator as it was begun at an instant, moved on to now. */
const emulator = (begunAt: DateTime.Utc) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { advanceClock } = yield* KameoEmulator
      const passed = (yield* Clock.currentTimeMillis) - begunAt.epochMilliseconds
      yield* advanceClock(Duration.millis(Math.max(0, passed)))
    })
  ).pipe(
    Layer.provideMerge(
      KameoEmulator.layer({
        loans: { count: 300, seed: 1, newPerDay: 3 },
        clock: begunAt,
        totpClock: "virtual",
        // Nobody else is on it, so there is nobody whom a second collection within the minute would keep waiting.
        rateLimit: 10_000
      })
    )
  )

const client = Layer.unwrap(
  Effect.map(KameoEmulator, ({ apiUrl, wwwUrl }) =>
    KameoClient.layer({
      email: demoUser.email,
      password: demoUser.password,
      totpSecret: demoUser.totpSecret,
      baseUrl: wwwUrl,
      apiBaseUrl: apiUrl
    })
  )
)

/** The collection of the market that was begun at an instant. */
export const layer = (begunAt: DateTime.Utc) =>
  LoanCollection.layer.pipe(
    Layer.provide(KameoLoanSource.layer()),
    Layer.provide(client),
    Layer.provide(emulator(begunAt))
  )

/** When the market of a database began: four days before it, so that a new one has some history. */
export const begunWith = (database: DateTime.Utc): DateTime.Utc => DateTime.subtract(database, { days: 4 })
