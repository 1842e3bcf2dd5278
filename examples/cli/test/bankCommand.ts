/**
 * A bank in a file of its own, run by the command: what the tests of `saldo bank` have in common.
 */
import { writeFileSync } from "node:fs"
import { expect, vi } from "vitest"
import { type RunOptions, useSaldo } from "./saldo.ts"

/** Somebody with a number that may be used in tests. */
export const anna = { name: "Anna Andersson", number: "19811218-9876", email: "anna@example.test" }

/** A company with a number that may be used in tests. */
export const company = { name: "Bygg & Co AB", number: "556036-0793" }

/** The forms in which that number must never show. */
export const clear = ["9876", "198112189876", "8112189876"]

/** The command on one bank. A test runs it ten times and more, each time in a process of its own. */
export const useBank = () => {
  vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })
  const saldo = useSaldo()
  const db = saldo.path("bank.sqlite")
  const bank = (args: ReadonlyArray<string>, { env, ...options }: RunOptions = {}) =>
    saldo.run([...args, "--db", db], { ...options, env: { SALDO_USER: "ada", ...env } })

  /** What the command printed, when it went well. The thousands are apart by a space that does not break. */
  const text = async (args: ReadonlyArray<string>, options: RunOptions = {}) => {
    const { code, stderr, stdout } = await bank(args, options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    return stdout.trimEnd().replace(/\u00a0|\u202f/gu, " ")
  }

  const json = async (args: ReadonlyArray<string>, options: RunOptions = {}) =>
    JSON.parse(await text([...args, "--json"], options))

  const register = async (who: object, ...flags: ReadonlyArray<string>): Promise<string> => {
    const { customerId } = await json(["bank", "customers", "register", ...flags], { input: JSON.stringify(who) })
    return customerId
  }

  const handedIn = (documents: Readonly<Record<string, string>>): ReadonlyArray<string> =>
    Object.entries(documents).flatMap(([kind, name]) => ["--document", `${kind}=${saldo.path(name)}`])

  const approve = (who: string, documents: Readonly<Record<string, string>>) =>
    json(["bank", "customers", "approve", who, ...handedIn(documents)])

  const open = async (customer: string, product: string, ...flags: ReadonlyArray<string>): Promise<string> => {
    const { accountId } = await json([
      "bank",
      "accounts",
      "open",
      "--customer",
      customer,
      "--product",
      product,
      ...flags
    ])
    return accountId
  }

  /** A person and a company who may do business. */
  const approveAll = async (): Promise<readonly [person: string, firm: string]> => {
    for (const name of ["passport", "bill", "certificate", "owners", "mandate"]) writeFileSync(saldo.path(name), name)
    const person = await register(anna)
    await approve(person, { passport: "passport@2099-05-31", "proof-of-address": "bill" })
    const firm = await register(company, "--kind", "company")
    await approve(firm, {
      "registration-certificate": "certificate",
      "beneficial-owners": "owners",
      mandate: "mandate",
      "identity-card": "passport@2099-01-01"
    })
    return [person, firm]
  }

  return { ...saldo, approveAll, db, bank, text, json, register, approve, open }
}
