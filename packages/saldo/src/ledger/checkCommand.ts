import * as Result from "effect/Result"
import { fitTextExpected, isFitText } from "../core/fitText.ts"
import * as Money from "../money/Money.ts"
import { type LedgerCommand, longestHoldMs, type Operation, type Post } from "./LedgerCommand.ts"
import { CommandInvalid } from "./LedgerRefusal.ts"

const most = 1000

type Problem = readonly [path: string, problem: string]

const amountProblem = (money: Money.Money, path: string, least: bigint): Problem | undefined => {
  if (money.amount < least) return [path, least === 0n ? "expected zero or more" : "expected an amount above zero"]
  return Money.isStorable(money) ? undefined : [path, "expected an amount that fits 64 bits"]
}

const textProblem = (text: string | undefined, path: string, least: number, longest: number): Problem | undefined => {
  if (text === undefined) return undefined
  const { length } = text
  if (length < least || length > longest) return [path, `expected ${least} to ${longest} characters, not ${length}`]
  return isFitText(text) ? undefined : [path, `expected ${fitTextExpected}`]
}

const describedProblem = (
  { code, description, metadata = {} }: Exclude<Operation, { readonly _tag: "ExpireHold" }>,
  path: string
): Problem | undefined => {
  const problem = textProblem(code, `${path}/code`, 1, 100) ?? textProblem(description, `${path}/description`, 1, 500)
  if (problem !== undefined) return problem
  const facts = Object.entries(metadata)
  if (facts.length > 50) return [`${path}/metadata`, `expected at most 50 names, not ${facts.length}`]
  for (const [name, value] of facts) {
    if (!/^[A-Za-z][A-Za-z0-9._-]{0,63}$/u.test(name)) {
      return [`${path}/metadata`, "expected names of up to 64 letters, digits and . _ -, beginning with a letter"]
    }
    const wrong = textProblem(value, `${path}/metadata/${name}`, 0, 500)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const postingsProblem = (post: Post, path: string): Problem | undefined => {
  const { postings } = post
  if (postings.length < 2 || postings.length > most) {
    return [`${path}/postings`, `expected 2 to ${most} postings, not ${postings.length}`]
  }
  const seen = new Set<string>()
  for (const [index, { accountId, amount }] of postings.entries()) {
    const problem = amountProblem(amount, `${path}/postings/${index}/amount`, 1n)
    if (problem !== undefined) return problem
    if (seen.has(accountId)) return [`${path}/postings/${index}/accountId`, "expected an account once in an entry"]
    seen.add(accountId)
  }
  return undefined
}

const differences = ({ postings }: Post): ReadonlyMap<string, bigint> => {
  const sums = new Map<string, bigint>()
  for (const { amount, side } of postings) {
    const signed = side === "debit" ? amount.amount : -amount.amount
    sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + signed)
  }
  return sums
}

const balanceProblem = (post: Post, path: string): Problem | undefined => {
  const sums = differences(post)
  for (const [currency, sum] of sums) {
    if (sum === 0n) continue
    const much = Money.toDecimal(Money.fromMinor(sum < 0n ? -sum : sum, currency))
    const more = sum > 0n ? "debits" : "credits"
    return [`${path}/postings`, `expected debits and credits in ${currency} to be equal; the ${more} are ${much} more`]
  }
  const { exchange } = post
  if (sums.size > 1 && exchange === undefined) {
    return [`${path}/exchange`, "expected the rate of an entry in several currencies, with its date and source"]
  }
  if (exchange === undefined) return undefined
  if (sums.size === 1) return [`${path}/exchange`, "expected no rate for an entry in one currency"]
  const { base, quote, rate, source } = exchange
  if (!/^(?=.*[1-9])\d{1,18}(?:\.\d{1,18})?$/u.test(rate)) {
    return [`${path}/exchange/rate`, "expected a decimal number above zero"]
  }
  if (base === quote) return [`${path}/exchange/quote`, "expected another currency than the base"]
  for (const name of ["base", "quote"] as const) {
    if (!sums.has(exchange[name])) return [`${path}/exchange/${name}`, "expected a currency of the postings"]
  }
  return textProblem(source, `${path}/exchange/source`, 1, 100)
}

const postProblem = (post: Post, path: string): Problem | undefined => {
  const problem = postingsProblem(post, path) ?? balanceProblem(post, path)
  if (problem !== undefined || post.upToAvailableOn === undefined) return problem
  const at = `${path}/upToAvailableOn`
  if (post.postings.length !== 2) return [at, "expected an entry of two postings, of which it lowers the amount"]
  return post.postings.some(({ accountId }) => accountId === post.upToAvailableOn)
    ? undefined
    : [at, "expected one of the entry's two accounts"]
}

const operationProblem = (operation: Operation, path: string): Problem | undefined => {
  switch (operation._tag) {
    case "Post":
      return postProblem(operation, path)
    case "PlaceHold": {
      const { amount, credit, debit, expiresAfterMs = 1, overCapture } = operation
      if (debit === credit) return [`${path}/credit`, "expected another account than the debited one"]
      if (!Number.isInteger(expiresAfterMs) || expiresAfterMs < 1 || expiresAfterMs > longestHoldMs) {
        return [`${path}/expiresAfterMs`, `expected whole milliseconds from 1 to ${longestHoldMs}`]
      }
      const problem = amountProblem(amount, `${path}/amount`, 1n)
      if (problem !== undefined || overCapture === undefined) return problem
      if (overCapture.currency !== amount.currency) return [`${path}/overCapture`, `expected ${amount.currency}`]
      return amountProblem(overCapture, `${path}/overCapture`, 0n)
    }
    case "Capture":
      return operation.amount === undefined ? undefined : amountProblem(operation.amount, `${path}/amount`, 1n)
    default:
      return undefined
  }
}

const importProblem = (operation: Operation, path: string): Problem | undefined => {
  if (operation._tag === "ExpireHold") return [path, "expected imported history to void a hold that ran out"]
  return operation.valueOn === undefined ? [`${path}/valueOn`, "expected imported history to say its dates"] : undefined
}

const problemOf = (command: LedgerCommand): Problem | undefined => {
  const { expectedVersions = [], operations } = command
  if (operations.length < 1 || operations.length > most) {
    return ["/operations", `expected 1 to ${most} operations, not ${operations.length}`]
  }
  for (const [index, operation] of operations.entries()) {
    const path = `/operations/${index}`
    const problem =
      operationProblem(operation, path) ??
      (operation._tag === "ExpireHold" ? undefined : describedProblem(operation, path)) ??
      (command.importedAt === undefined ? undefined : importProblem(operation, path))
    if (problem !== undefined) return problem
  }
  const accounts = new Set(expectedVersions.map(({ accountId }) => accountId))
  return accounts.size === expectedVersions.length
    ? undefined
    : ["/expectedVersions", "expected one version of an account"]
}

/**
 * Whether a command could be carried out by some ledger: its amounts are above zero and fit 64 bits, its entries balance in
 * each currency and name an account once. What depends on the ledger's state is for `decideAll` to say.
 */
export const checkCommand = (command: LedgerCommand): Result.Result<void, CommandInvalid> => {
  const problem = problemOf(command)
  return problem === undefined
    ? Result.succeed(undefined)
    : Result.fail(new CommandInvalid({ path: problem[0], problem: problem[1] }))
}
