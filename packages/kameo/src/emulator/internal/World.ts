import * as Redacted from "effect/Redacted"
import { verifySync } from "otplib"
import type { EmulatedUser } from "../EmulatedUser.ts"
import type { FaultBurst, FaultReach, Faults } from "../Fault.ts"
import type { LoggedRequest } from "../KameoEmulator.ts"
import type { ListedLoan, LoanBook } from "../LoanBook.ts"
import { numberOf } from "./loanFields.ts"
import { type Lifetimes, type Session, Sessions } from "./Sessions.ts"
import type { VirtualClock } from "./VirtualClock.ts"

/** Everything that is settled when the emulator starts and that a reset returns to. */
export interface Beginning {
  readonly clock: () => VirtualClock
  readonly seed: number
  readonly lifetimes: Lifetimes
  readonly totpClock: "real" | "virtual"
  readonly rateLimit: number
  readonly lockAfter: number
  readonly user: EmulatedUser
  readonly loans: (clock: VirtualClock) => LoanBook
  readonly faults: Faults
}

interface RateWindow {
  readonly since: number
  used: number
}

/** What is left of a caller's allowance after a request. */
export interface Allowance {
  readonly limit: number
  readonly remaining: number
  /** Milliseconds until the window is over. */
  readonly resetsIn: number
  readonly exceeded: boolean
}

/** A bid preview's hash: good for one loan and one amount until it is replaced, used or too old. */
export interface BidHash {
  readonly hash: string
  readonly amount: number
  readonly validUntil: number
}

const rateWindowMillis = 60_000
const stepMillis = 30_000
const keptLogLines = 50_000

/** The whole mutable state of one emulator. */
export class World {
  readonly beginning: Beginning
  clock: VirtualClock
  sessions: Sessions
  user: EmulatedUser
  loans: LoanBook
  wrongPasswords = 0
  expiredLogins = 0
  readonly bids = new Map<number, number>()
  readonly bidHashes = new Map<number, BidHash>()
  #faults: Faults
  #log: Array<LoggedRequest> = []
  readonly #spent = new Map<string, number>()
  readonly #windows = new Map<string, RateWindow>()
  readonly #usedSteps = new Set<number>()

  constructor(beginning: Beginning) {
    this.beginning = beginning
    this.clock = beginning.clock()
    this.sessions = new Sessions(this.clock, beginning.lifetimes, beginning.seed)
    this.user = beginning.user
    this.loans = beginning.loans(this.clock)
    this.#faults = beginning.faults
  }

  reset(): void {
    this.clock = this.beginning.clock()
    this.sessions = new Sessions(this.clock, this.beginning.lifetimes, this.beginning.seed)
    this.setUser(this.beginning.user)
    this.loans = this.beginning.loans(this.clock)
    this.bids.clear()
    this.bidHashes.clear()
    this.#windows.clear()
    this.faults = this.beginning.faults
    this.#log = []
  }

  get faults(): Faults {
    return this.#faults
  }

  /** Setting faults starts their counts anew, and a fresh lock count. */
  set faults(faults: Faults) {
    this.#faults = faults
    this.#spent.clear()
    this.expiredLogins = 0
  }

  setUser(user: EmulatedUser): void {
    this.user = user
    this.wrongPasswords = 0
    this.#usedSteps.clear()
  }

  get log(): ReadonlyArray<LoggedRequest> {
    return [...this.#log]
  }

  record(line: LoggedRequest): void {
    this.#log.push(line)
    if (this.#log.length > keptLogLines) this.#log.splice(0, keptLogLines / 2)
  }

  /**
   * Whether a counted fault strikes now; striking uses one of its times. `name` tells the counters apart, and a fault of
   * the request itself (`own`) always strikes.
   */
  strikes(name: string, times: number | undefined, own: boolean): boolean {
    if (times === undefined || own) return true
    const spent = this.#spent.get(name) ?? 0
    if (spent >= times) return false
    this.#spent.set(name, spent + 1)
    return true
  }

  /** The clock that the server shows to clients: code check and Date header. */
  visibleTime(faults: Faults): number {
    const base = this.beginning.totpClock === "real" ? this.clock.wall() : this.clock.now()
    return base + (faults.totpSkew ?? 0) * 1000
  }

  /** Whether a code is right now, one step either way, and was not used before; a right code is used up. */
  acceptCode(code: string, faults: Faults): boolean {
    if (!/^\d{6}$/u.test(code)) return false
    const now = this.visibleTime(faults)
    for (const step of [0, -1, 1]) {
      const at = now + step * stepMillis
      const number = Math.floor(at / stepMillis)
      if (at < 0 || this.#usedSteps.has(number)) continue
      const secret = Redacted.value(this.user.totpSecret)
      if (verifySync({ secret, token: code, epoch: Math.floor(at / 1000), epochTolerance: 0 }).valid) {
        this.#usedSteps.add(number)
        return true
      }
    }
    return false
  }

  /** Takes one request from a caller's 60-second allowance. */
  spendAllowance(caller: string, limit: number): Allowance {
    const now = this.clock.wall()
    const known = this.#windows.get(caller)
    const fresh = known === undefined || now - known.since >= rateWindowMillis || now < known.since
    const window = fresh ? { since: now, used: 0 } : known
    if (fresh) this.#windows.set(caller, window)
    const exceeded = window.used >= limit
    if (!exceeded) window.used += 1
    return { limit, remaining: limit - window.used, resetsIn: window.since + rateWindowMillis - now, exceeded }
  }

  /** Whether a logged-in data request finds its session still alive under `expireAfter`. */
  answer(session: Session, faults: Faults): boolean {
    const rule = faults.expireAfter
    if (rule !== undefined && session.answered >= rule.requests) {
      if (rule.sessions === undefined || this.expiredLogins < rule.sessions) {
        this.expiredLogins += 1
        this.sessions.end(session)
        return false
      }
    }
    session.answered += 1
    return true
  }

  /** A loan as listed, with the investor's own bids added. */
  withBids(loan: ListedLoan): ListedLoan {
    const bid = this.bids.get(numberOf(loan, "loan_application_id"))
    if (bid === undefined) return loan
    return { ...loan, subscribed_amount: numberOf(loan, "subscribed_amount") + bid, my_bid_amount: bid }
  }
}

/** Whether a fault with this reach concerns a request. */
export const reaches = (reach: FaultReach, host: "www" | "api", data: boolean): boolean =>
  reach === "all" || (reach === "data" ? data : reach === host)

/** See {@link reaches}, for a burst that may be absent. */
export const burstReaches = (burst: FaultBurst | undefined, host: "www" | "api", data: boolean): burst is FaultBurst =>
  burst !== undefined && reaches(burst.on, host, data)
