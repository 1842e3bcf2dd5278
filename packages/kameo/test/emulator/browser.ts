/** A small browser for the emulator's tests: raw requests of `node:http`, no redirects followed, cookies kept by hand. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { request, type IncomingHttpHeaders } from "node:http"
import { generateSync } from "otplib"
import type { KameoEmulatorOptions } from "@saldo/kameo/emulator/EmulatorOptions"
import * as KameoEmulator from "@saldo/kameo/emulator/KameoEmulator"

/** What JSON.parse gives: a test that reads a place that is not there fails by itself. */
export type Json = ReturnType<typeof JSON.parse>

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly text: string
  readonly json: Json
}

export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends one request on a connection of its own. Rejects when the connection breaks before the body is complete. */
export const send = (url: string, { body, headers = {}, method = "GET" }: Sent = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (incoming) => {
      const pieces: Array<Buffer> = []
      incoming.on("data", (piece: Buffer) => pieces.push(piece))
      incoming.on("error", reject)
      incoming.on("end", () => {
        const bytes = Buffer.concat(pieces)
        const text = bytes.toString("utf8")
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes, text, json: parsed(text) })
      })
    })
    outgoing.on("error", reject)
    outgoing.end(body)
  })

export const listingPath = "/v1/loans/listing/investment-options"
export const transferPath = "/ezjscore/call/kameo_transfer::init"
export const aliasPath = "/ezjscore/call/kameo_investment::get_investment_options"
export const jsonAccept = "application/json, text/plain, */*"

/** What a right code is at an instant (unix milliseconds). */
export const codeAt = (user: KameoEmulator.KameoEmulatorShape["user"], instant: number) =>
  Effect.map(user, ({ totpSecret }) =>
    generateSync({ secret: Redacted.value(totpSecret), epoch: Math.floor(instant / 1000) })
  )

export class Browser {
  readonly emulator: KameoEmulator.KameoEmulatorShape
  readonly cookies = new Map<string, string>()

  constructor(emulator: KameoEmulator.KameoEmulatorShape) {
    this.emulator = emulator
  }

  /** A request to the site with this browser's cookies; `path` may be an absolute address from a Location header. */
  site(path: string, sent: Sent = {}): Effect.Effect<Answer> {
    return Effect.promise(async () => {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ")
      const answer = await send(path.startsWith("http") ? path : this.emulator.wwwUrl + path, {
        ...sent,
        headers: { ...(cookie === "" ? {} : { cookie }), ...sent.headers }
      })
      for (const line of answer.headers["set-cookie"] ?? []) {
        const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=")
        this.cookies.set(name, value)
      }
      return answer
    })
  }

  post(path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) {
    return this.site(path, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: this.emulator.wwwUrl,
        referer: `${this.emulator.wwwUrl}${path}`,
        ...headers
      }
    })
  }

  /** A request to the API; it never carries the site's cookies. */
  api(path: string, sent: Sent = {}): Effect.Effect<Answer> {
    return Effect.promise(() => send(this.emulator.apiUrl + path, sent))
  }

  listing(query = "", headers: Readonly<Record<string, string>> = {}): Effect.Effect<Answer> {
    return this.api(`${listingPath}?${query}`, { headers })
  }

  /** One request with faults of its own. */
  listingWith(fault: string, query = ""): Effect.Effect<Answer> {
    return this.listing(query, { "x-emu-fault": fault })
  }

  transfer(headers: Readonly<Record<string, string>> = {}): Effect.Effect<Answer> {
    return this.site(transferPath, { headers: { accept: jsonAccept, ...headers } })
  }

  /** The first step of a login, up to where the site asks for a code. */
  password(password = "Lokal-Demo-2026", login = "eva.exempel@example.test") {
    return Effect.gen({ self: this }, function* () {
      yield* this.site("/user/login")
      return yield* this.post("/user/login", {
        Login: login,
        Password: password,
        LoginButton: "",
        RedirectURI: ""
      })
    })
  }

  /** The form token of the second-factor page. */
  formToken() {
    return Effect.map(
      this.site("/auth/2fa"),
      ({ text }) => /name="ezxform_token" value="([0-9a-f]{40})"/u.exec(text)?.[1] ?? ""
    )
  }

  code(code: string, token: string) {
    return this.post("/auth/2fa", { ezxform_token: token, code, submit_code: "" })
  }

  /** The whole login with the code of this instant. */
  login(instant: number) {
    return Effect.gen({ self: this }, function* () {
      yield* this.password()
      const token = yield* this.formToken()
      return yield* this.code(yield* codeAt(this.emulator.user, instant), token)
    })
  }

  /** The access token of the landing page. */
  accessToken() {
    return Effect.map(this.site("/aktuella-lan"), ({ text }) => /data-access-token="([^"]*)"/u.exec(text)?.[1] ?? "")
  }
}

/** Runs with an emulator and a browser that live as long as the test; the virtual clock stands still unless told otherwise. */
export const browsing = <A, E, R>(
  options: KameoEmulatorOptions,
  use: (browser: Browser, emulator: KameoEmulator.KameoEmulatorShape) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Effect.flatMap(KameoEmulator.make({ frozen: true, ...options }), (emulator) => use(new Browser(emulator), emulator))
  ) as Effect.Effect<A, E | Effect.Error<ReturnType<typeof KameoEmulator.make>>, Exclude<R, Scope.Scope>>
