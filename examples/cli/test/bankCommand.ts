/**
 * A bank in a file of its own, run by the command: what the tests of `saldo bank` have in common.
 */
import { expect } from "vitest"
import { type RunOptions, useSaldo } from "./saldo.ts"

/** Somebody with a number that may be used in tests. */
export const anna = { name: "Anna Andersson", number: "19811218-9876", email: "anna@example.test" }

/** The forms in which that number must never show. */
export const clear = ["9876", "198112189876", "8112189876"]

/** The command on one bank. */
export const useBank = () => {
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

  return { ...saldo, db, bank, text, json, register, approve, open }
}
