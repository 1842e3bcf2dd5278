/** Services on loopback that hang, answer 500 and break connections off, behind the guards of the ports that reach them. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { KycFinding } from "saldo/banking/Kyc"
import { type KycApplication, KycUnavailable, KycVerifier } from "saldo/banking/KycVerifier"
import { CustomerId } from "saldo/banking/Customer"
import * as Breaker from "saldo/core/Breaker"
import * as Id from "saldo/core/Id"
import { BreachedPasswordSource } from "saldo/identity/BreachedPasswordSource"
import { type Mail, MailNotSent } from "saldo/identity/Mail"
import { MailChannel } from "saldo/identity/MailChannel"

type Behaviour = (response: ServerResponse) => unknown

const well: Behaviour = (response) => response.writeHead(200).end("7")

const service = Effect.acquireRelease(
  Effect.promise(async () => {
    const made = { behave: well, asked: 0, url: "", arrival: () => once(server, "request") }
    const server = createServer((_request, response) => {
      made.asked += 1
      made.behave(response)
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return { made, server }
  }),
  ({ server }) =>
    Effect.promise(async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    })
).pipe(Effect.map(({ made }) => made))

/** Asks over HTTP without a time limit of its own, as a careless adapter does. */
const asking = (url: string) =>
  HttpClient.get(url).pipe(
    Effect.filterOrFail(({ status }) => status === 200),
    Effect.flatMap((response) => response.text),
    Effect.mapError(() => "it failed" as const),
    Effect.provide(FetchHttpClient.layer)
  )

type Service = Effect.Success<typeof service>

/** What a guarded port answers, in the words of its own. */
type Asking<P> = (port: P) => Effect.Effect<unknown>

const told = <A, E>(answer: Effect.Effect<A, E>) => Effect.map(Effect.result(answer), Result.merge)

/**
 * Fails twice, is left alone without being asked, and is asked again when its pause is over. Of time none passes but what the test
 * says.
 */
const failing = <P>(
  behave: Behaviour,
  port: (server: Service) => Effect.Effect<P, never, Scope.Scope>,
  ask: Asking<P>,
  answers: { readonly failed: unknown; readonly refused: unknown; readonly well: unknown }
) =>
  Effect.gen(function* () {
    const server = yield* service
    const guarded = yield* port(server)
    server.behave = behave
    for (let time = 0; time < 2; time++) {
      const arrived = server.arrival()
      const asked = yield* Effect.forkChild(ask(guarded), { startImmediately: true })
      yield* Effect.promise(() => arrived)
      if (behave === silent) yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(asked)).toEqual(answers.failed)
    }
    expect(yield* ask(guarded)).toEqual(answers.refused)
    expect(server.asked).toBe(2)
    expect((yield* Breaker.standings).map(({ failures, state }) => [state, failures])).toEqual([["open", 2]])
    server.behave = well
    yield* TestClock.adjust("1 minute")
    expect(yield* ask(guarded)).toEqual(answers.well)
    expect((yield* Breaker.standings).map(({ failures, state }) => [state, failures])).toEqual([["closed", 0]])
  }).pipe(Effect.provideService(Breaker.Breakers, new Set()))

const silent: Behaviour = () => undefined
const behaviours = {
  hangs: silent,
  "answers 500": (response: ServerResponse) => response.writeHead(500).end(),
  "breaks off": (response: ServerResponse) => response.socket?.resetAndDestroy()
}
const terms = { failures: 2, pauseMs: 60_000, timeoutMs: 1000 }
const why = (behave: Behaviour) => (behave === silent ? "there was no answer within 1 second" : "the carrier failed")

const mail: Mail = {
  id: "mail-1",
  to: { address: Redacted.make("kim@example.test"), name: Redacted.make("Kim") },
  locale: "en",
  subject: "Hello",
  text: Redacted.make("Hello\n")
}

const built = <P, S>(port: { readonly key: string } & Effect.Effect<S, never, P>, layer: Layer.Layer<P>) =>
  Effect.flatMap(Layer.build(Layer.fresh(layer)), (context) => Effect.provideContext(port, context))

for (const [name, behave] of Object.entries(behaviours)) {
  it.effect(`a carrier of mails that ${name} is left alone for a while`, () =>
    failing(
      behave,
      ({ url }) =>
        built(
          MailChannel,
          MailChannel.layerGuarded(terms).pipe(
            Layer.provide(
              Layer.succeed(
                MailChannel,
                MailChannel.of({
                  send: ({ id }) =>
                    asking(url).pipe(
                      Effect.asVoid,
                      Effect.mapError(() => new MailNotSent({ mailId: id, reason: "the carrier failed" }))
                    )
                })
              )
            )
          )
        ),
      (channel) => told(channel.send(mail)),
      {
        failed: new MailNotSent({ mailId: "mail-1", reason: why(behave) }),
        refused: new MailNotSent({
          mailId: "mail-1",
          reason: "mail is not asked for 60 seconds, because it failed 2 times in a row"
        }),
        well: undefined
      }
    )
  )

  it.effect(`a list of leaked passwords that ${name} keeps nobody from choosing one`, () =>
    failing(
      behave,
      ({ url }) =>
        built(
          BreachedPasswordSource,
          BreachedPasswordSource.layerGuarded(terms).pipe(
            Layer.provide(
              Layer.succeed(
                BreachedPasswordSource,
                BreachedPasswordSource.of({ occurrences: () => Effect.orDie(Effect.map(asking(url), Number)) })
              )
            )
          )
        ),
      (source) => source.occurrences(Redacted.make("correct horse")),
      { failed: 0, refused: 0, well: 7 }
    )
  )
}

it.effect("a verifier that hangs is unavailable, and left alone for a while", () =>
  Effect.gen(function* () {
    const customerId = CustomerId.make(yield* Id.make("cust"))
    const unavailable = new KycUnavailable({ customerId })
    const finding: KycFinding = { verdict: "rejected", checks: [], reasons: ["documents"], expiresAt: null }
    const application: KycApplication = {
      tenant: "bank",
      customerId,
      kind: "person",
      documents: [],
      reference: "verification",
      file: {
        registration: { scheme: "SwedishPersonalNumber", number: Redacted.make("198112189876") },
        details: { name: Redacted.make("Quirina Testsson") }
      }
    }
    yield* failing(
      silent,
      ({ url }) =>
        built(
          KycVerifier,
          KycVerifier.layerGuarded(terms).pipe(
            Layer.provide(
              Layer.succeed(
                KycVerifier,
                KycVerifier.of({ verify: () => Effect.as(Effect.orDie(asking(url)), finding) })
              )
            )
          )
        ),
      (verifier) => told(verifier.verify(application)),
      { failed: unavailable, refused: unavailable, well: finding }
    )
  })
)
