import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { type KameoOptions, kameoSettings, kameoSettingsFromConfig } from "@saldo/kameo/KameoConfig"

const problemOf = (options: KameoOptions) =>
  Result.match(kameoSettings(options), { onSuccess: () => "accepted", onFailure: ({ message }) => message })

const fromEnv = (env: Record<string, string>, options?: KameoOptions) =>
  Effect.runPromise(
    kameoSettingsFromConfig(options).pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env)),
      Effect.result
    )
  )

describe("options", () => {
  it("have defaults for the real hosts, and need no credentials", () =>
    expect(Result.getOrThrow(kameoSettings({}))).toMatchObject({
      credentials: null,
      baseUrl: "https://www.kameo.se",
      apiBaseUrl: "https://api.kameo.se",
      connectTimeoutMs: 5000,
      readTimeoutMs: 10_000,
      maximumRedirects: 5,
      loanSource: "api"
    }))

  it("lose a slash at the end of an address", () => {
    const settings = Result.getOrThrow(
      kameoSettings({ baseUrl: " https://www.kameo.se/ ", apiBaseUrl: "http://127.0.0.1:8080//" })
    )
    expect([settings.baseUrl, settings.apiBaseUrl]).toEqual(["https://www.kameo.se", "http://127.0.0.1:8080"])
  })

  it.each(["http://localhost:1", "http://kameo.localhost", "http://127.9.9.9", "http://[::1]:3"])(
    "may be local: %s",
    (baseUrl) => expect(problemOf({ baseUrl })).toBe("accepted")
  )

  it.each<[KameoOptions, string, string]>([
    [{ baseUrl: "https://api.kameo.se/v1" }, "KAMEO_BASE_URL", "KAMEO_API_BASE_URL"],
    [{ apiBaseUrl: "https://api.kameo.se/v1/" }, "KAMEO_API_BASE_URL", "before /v1"],
    [{ baseUrl: "http://www.kameo.se" }, "KAMEO_BASE_URL", "https://"],
    [{ baseUrl: "http://localhost.evil.test" }, "KAMEO_BASE_URL", "https://"],
    [{ baseUrl: "ftp://localhost" }, "KAMEO_BASE_URL", "https://"],
    [{ baseUrl: "www.kameo.se" }, "KAMEO_BASE_URL", "web address"],
    [{ baseUrl: "https://www.kameo.se/aktuella-lan" }, "KAMEO_BASE_URL", "without a path"],
    [{ baseUrl: "https://eva:hemligt@www.kameo.se" }, "KAMEO_BASE_URL", "user name"],
    [{ email: "a@b.se" }, "KAMEO_PASSWORD", "no password"],
    [{ password: "x" }, "KAMEO_EMAIL", "no e-mail"],
    [{ totpSecret: "GEZD0" }, "KAMEO_TOTP_SECRET", 'character 5 is "0"'],
    [{ connectTimeoutMs: 0 }, "KAMEO_CONNECT_TIMEOUT", "at least 1"],
    [{ readTimeoutMs: Number.NaN }, "KAMEO_READ_TIMEOUT", "at least 1"],
    [{ maximumRedirects: 1.5 }, "KAMEO_MAX_REDIRECTS", "whole number"],
    [{ userAgent: "Saldo\r\nCookie: x" }, "KAMEO_USER_AGENT", "one line"]
  ])("%j are refused by name with what would be right", (options, key, hint) => {
    expect(problemOf(options)).toMatch(new RegExp(`^${key} cannot be used`, "u"))
    expect(problemOf(options)).toContain(hint)
  })
})

describe("the environment", () => {
  it("gives every setting under its name, timeouts in seconds", async () => {
    const settings = Result.getOrThrow(
      await fromEnv({
        KAMEO_EMAIL: " eva@example.test ",
        KAMEO_PASSWORD: " med blanksteg ",
        KAMEO_TOTP_SECRET: "gezd gnbv gy3t qojq",
        KAMEO_BASE_URL: "http://localhost:8080",
        KAMEO_API_BASE_URL: "http://127.0.0.1:8081",
        KAMEO_CONNECT_TIMEOUT: "2.5",
        KAMEO_READ_TIMEOUT: "20",
        KAMEO_MAX_REDIRECTS: "3",
        KAMEO_USER_AGENT: "Test/1",
        KAMEO_LOAN_SOURCE: "ezjscore"
      })
    )
    expect(settings).toMatchObject({
      baseUrl: "http://localhost:8080",
      apiBaseUrl: "http://127.0.0.1:8081",
      connectTimeoutMs: 2500,
      readTimeoutMs: 20_000,
      maximumRedirects: 3,
      userAgent: "Test/1",
      loanSource: "ezjscore"
    })
    expect(Redacted.value(settings.credentials?.email ?? Redacted.make(""))).toBe("eva@example.test")
    expect(Redacted.value(settings.credentials?.password ?? Redacted.make(""))).toBe(" med blanksteg ")
    expect(settings.credentials?.totp?.digits).toBe(6)
  })

  it("may be empty", async () => expect(Result.isSuccess(await fromEnv({}))).toBe(true))

  it("an empty secret means no second factor", async () => {
    const env = { KAMEO_EMAIL: "e@example.test", KAMEO_PASSWORD: "x", KAMEO_TOTP_SECRET: "" }
    expect(Result.getOrThrow(await fromEnv(env)).credentials?.totp).toBeNull()
  })

  it("yields to options, unless they are undefined", async () => {
    const settings = Result.getOrThrow(
      await fromEnv(
        { KAMEO_BASE_URL: "http://localhost:1", KAMEO_USER_AGENT: "Env/1" },
        { baseUrl: "http://localhost:2", userAgent: undefined }
      )
    )
    expect([settings.baseUrl, settings.userAgent]).toEqual(["http://localhost:2", "Env/1"])
  })

  it.each([
    ["KAMEO_READ_TIMEOUT", "snart"],
    ["KAMEO_MAX_REDIRECTS", "1.5"],
    ["KAMEO_LOAN_SOURCE", "ftp"]
  ])("names %s when its value has not the form it needs", async (key, value) => {
    const error = Result.getOrThrow(Result.flip(await fromEnv({ [key]: value })))
    expect(error.reason).toMatchObject({ _tag: "InvalidConfig", key })
    expect(error.message).not.toContain(value)
  })
})
