/**
 * How an emulated Kameo is set up, and what is wrong with a set-up that cannot be.
 */
import * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { EmulatedUserChange } from "./EmulatedUser.ts"
import type { Faults } from "./Fault.ts"
import { fromRecords, type ListedLoan, type LoanBook, type Origin } from "./LoanBook.ts"
import { generate, usualOrigins } from "./loanGenerator.ts"
import { referenceClock, sampleLoans } from "./sampleLoans.ts"

/** Generated loans; absent parts take the emulator's seed, no new loans, and the usual mix of countries. */
export interface GeneratedLoansOptions {
  /** All origins together, 0 to 1,000,000. */
  readonly count: number
  readonly seed?: number
  /** Loans newly listed per virtual day after this moment; default 0. */
  readonly newPerDay?: number
  /** How many of ten consecutive loans come from each country; the sum is 10. */
  readonly origins?: Readonly<Record<Origin, number>>
}

/**
 * The loans to list: a number of generated ones, generated ones in detail, the 25 sample loans, or records of your own
 * in listing order.
 */
export type EmulatedLoans = number | GeneratedLoansOptions | "samples" | ReadonlyArray<ListedLoan>

/** Faults as texts or as a typed set. */
export type FaultsInput = ReadonlyArray<string> | Faults

/** Options of the emulator. Everything has a default; the defaults behave as the real hosts were seen to behave. */
export interface KameoEmulatorOptions {
  /** Whole number behind every generated loan and token; default 1. */
  readonly seed?: number
  /** Default 300 generated loans. */
  readonly loans?: EmulatedLoans
  /** Changes to the demo user. */
  readonly user?: EmulatedUserChange
  /** Where the virtual clock starts; default 10 March 2026 12:00 in Stockholm, the clock of the sample loans. */
  readonly clock?: DateTime.DateTime
  /** A frozen virtual clock only moves when told to; default false: it runs with the host's clock. */
  readonly frozen?: boolean
  /** Which clock codes are checked against and the Date header shows: the host's ("real", default) or the virtual one. */
  readonly totpClock?: "real" | "virtual"
  /** Default 30 minutes, by the virtual clock. */
  readonly sessionIdle?: Duration.Input
  /** Default 45 minutes. */
  readonly accessTokenLife?: Duration.Input
  /** Default 5 minutes, by the virtual clock. */
  readonly bidHashLife?: Duration.Input
  /** Requests to the API per 60 seconds and caller; default 60, the real limit. */
  readonly rateLimit?: number
  /** Wrong passwords in a row before the account is locked; default never. */
  readonly lockAfter?: number
  /** 0, the default, takes a free port. */
  readonly wwwPort?: number
  /** 0, the default, takes a free port. */
  readonly apiPort?: number
  /** Faults that are active from the start and after a reset. */
  readonly faults?: FaultsInput
}

/** A set-up that cannot be: which option, and what it takes. */
export class EmulatorOptionInvalid extends Schema.TaggedError<EmulatorOptionInvalid>()("EmulatorOptionInvalid", {
  option: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return `The emulator option ${this.option} is not usable: ${this.problem}`
  }
}

/** The default start of the virtual clock, unix milliseconds. */
export const defaultStart: number = DateTime.toEpochMillis(DateTime.makeUnsafe(referenceClock))

const wrong = (option: string, problem: string) => Result.fail(new EmulatorOptionInvalid({ option, problem }))

const isWhole = (value: number, minimum: number, maximum: number): boolean =>
  Number.isSafeInteger(value) && value >= minimum && value <= maximum

const isRecords = (loans: EmulatedLoans): loans is ReadonlyArray<ListedLoan> => Array.isArray(loans)

/** The book for the given loans; `anchor` is the virtual instant (unix milliseconds) at which they are set. */
export const loanBook = (
  loans: EmulatedLoans,
  defaultSeed: number
): Result.Result<(anchor: number) => LoanBook, EmulatorOptionInvalid> => {
  if (loans === "samples") return Result.succeed(() => fromRecords(sampleLoans))
  if (isRecords(loans)) return Result.succeed(() => fromRecords(loans))
  const given: GeneratedLoansOptions = typeof loans === "number" ? { count: loans } : loans
  const { count, newPerDay = 0, origins = usualOrigins, seed = defaultSeed } = given
  if (!isWhole(count, 0, 1_000_000)) return wrong("loans", "the count must be a whole number from 0 to 1000000.")
  if (!isWhole(seed, 0, 4_294_967_295)) return wrong("seed", "it must be a whole number from 0 to 4294967295.")
  if (!(newPerDay >= 0 && newPerDay <= 100_000)) return wrong("newPerDay", "it must be a number from 0 to 100000.")
  const shares = [origins.SE, origins.DK, origins.NO]
  if (!shares.every((share) => isWhole(share, 0, 10)) || shares.reduce((sum, share) => sum + share, 0) !== 10) {
    return wrong("origins", "SE, DK and NO must be whole numbers that add up to 10.")
  }
  return Result.succeed((anchor) => generate({ count, seed, anchor, newPerDay, origins }))
}
