import { describe, expect, it } from "vitest"
import { againstKameo, expectFailure, told } from "./failures.ts"
import { failureOf, login, secrets, useSaldo } from "./saldo.ts"

const withKameo = againstKameo(useSaldo())

describe.concurrent("a login that does not work ends with 3", () => {
  const check = ["kameo", "login", "--check"]

  it("wrong password", async () => {
    const wrong = "Geheim-och-fel-77"
    const end = await withKameo({}, check, { ...login, KAMEO_PASSWORD: wrong })
    expectFailure(
      end,
      3,
      "Kameo rejected the e-mail or the password.",
      "Check KAMEO_EMAIL and KAMEO_PASSWORD; do not repeat a wrong password, it can lock the account."
    )
    expect(told(end)).not.toContain(wrong)
  })

  it("no password at all, where nobody can be asked", async () => {
    expectFailure(
      await withKameo({}, check, { KAMEO_EMAIL: login.KAMEO_EMAIL }),
      1,
      "KAMEO_PASSWORD cannot be used: an e-mail is set, and no password.",
      "Correct KAMEO_PASSWORD in the environment, in .env or in the options."
    )
    expectFailure(
      await withKameo({}, check),
      3,
      /^Kameo wants a login for .*, and no e-mail and password are configured\.$/u,
      "Set KAMEO_EMAIL and KAMEO_PASSWORD."
    )
  })

  it("the secret of another account", async () => {
    const other = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    const end = await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: other })
    expectFailure(
      end,
      3,
      /^Kameo rejected the one-time code .*This computer's clock agrees with Kameo's\.$/u,
      "Check that KAMEO_TOTP_SECRET is the secret of this account."
    )
    expect(told(end)).not.toContain(other)
  }, 120_000)

  it("a second factor that no program has", async () => {
    expectFailure(
      await withKameo({ user: { factor: "esign" } }, check, login),
      3,
      /BankID|authenticator|second factor/u,
      "Choose an authenticator app as second factor in Kameo's security settings."
    )
  })

  it("no secret where a code is asked for", async () => {
    expectFailure(
      await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: "" }),
      3,
      /one-time code|second factor/u,
      "Set KAMEO_TOTP_SECRET to the secret that the authenticator app was given."
    )
  })
})

describe.concurrent("a TOTP secret", () => {
  const check = ["kameo", "login", "--check"]
  const secret = secrets.KAMEO_TOTP_SECRET
  const written: ReadonlyArray<readonly [string, string]> = [
    ["with blanks", secret.replace(/(.{4})/gu, "$1 ")],
    ["in lower case", secret.toLowerCase()],
    ["as an otpauth address", `otpauth://totp/Kameo:eva?secret=${secret}&issuer=Kameo`]
  ]

  it.each(written)("%s is understood", async (_, value) => {
    const end = await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: value })
    expect(end).toMatchObject({ code: 0, stderr: "" })
  })

  it.each([["0189!"], ["otpauth://totp/Kameo?issuer=Kameo"], ["otpauth://hotp/Kameo?secret=ABCDEFGH"]])(
    "%s is refused and not printed",
    async (value) => {
      const end = await withKameo({}, check, { ...login, KAMEO_TOTP_SECRET: value })
      expectFailure(end, 1, /^KAMEO_TOTP_SECRET cannot be used: /u, /^Correct KAMEO_TOTP_SECRET in the environment/u)
      expect(told(end)).not.toContain(value)
    }
  )
})

it("never prints a secret under --verbose either", async () => {
  const end = await withKameo({ faults: ["landing=/nowhere"] }, ["kameo", "account", "--verbose"], {
    ...login,
    KAMEO_PASSWORD: "Geheim-och-fel-77"
  })
  expect(end.code).toBe(3)
  for (const secret of [...Object.values(secrets), "Geheim-och-fel-77"]) expect(told(end)).not.toContain(secret)
  const json = await withKameo({}, ["kameo", "account", "--json"], { ...login, KAMEO_PASSWORD: "Geheim-och-fel-77" })
  expect(failureOf(json)).toMatchObject({ exitCode: 3 })
})
