import { createHash } from "node:crypto"
import { signAccessToken } from "./accessToken.ts"
import type { VirtualClock } from "./VirtualClock.ts"

/** How far a visitor has come: no password yet, password accepted, or completely logged in. */
export type Stage = "anonymous" | "password" | "complete"

/** A visitor of the site. */
export interface Session {
  readonly id: string
  /** 40 hex digits; one per session, unchanged by the second factor. */
  readonly formToken: string
  stage: Stage
  /** Virtual instant of the last request. */
  seenAt: number
  /** Data requests answered since the login was complete. */
  answered: number
  revoked: boolean
}

interface IssuedToken {
  readonly session: Session
  readonly expiresAtWall: number
  readonly issuedAtVirtual: number
}

/** How long things live, in milliseconds. */
export interface Lifetimes {
  readonly sessionIdle: number
  readonly accessToken: number
  readonly bidHash: number
}

const keptTokens = 1000
const keptSessions = 10_000

/**
 * Sessions idle out by the virtual clock. Access tokens carry instants of the host's clock, because the client reads
 * them, and end by whichever passes first: that instant, or their life on the virtual clock.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #tokens = new Map<string, IssuedToken>()
  readonly #clock: VirtualClock
  readonly #lifetimes: Lifetimes
  readonly #seed: number
  #made = 0

  constructor(clock: VirtualClock, lifetimes: Lifetimes, seed: number) {
    this.#clock = clock
    this.#lifetimes = lifetimes
    this.#seed = seed
  }

  /** A fresh text of hex digits; never the same twice in one emulator, the same series for the same seed. */
  freshHex(purpose: string, length: number): string {
    this.#made += 1
    return createHash("sha256").update(`${this.#seed}/${purpose}/${this.#made}`).digest("hex").slice(0, length)
  }

  open(): Session {
    const session: Session = {
      id: this.freshHex("session", 32),
      formToken: this.freshHex("form", 40),
      stage: "anonymous",
      seenAt: this.#clock.now(),
      answered: 0,
      revoked: false
    }
    this.#sessions.set(session.id, session)
    const oldest = this.#sessions.size > keptSessions ? this.#sessions.keys().next().value : undefined
    if (oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }

  /** The living session of a cookie value; touching it keeps it alive. */
  find(id: string | undefined): Session | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id)
    if (session === undefined) return undefined
    const now = this.#clock.now()
    if (session.revoked || now - session.seenAt >= this.#lifetimes.sessionIdle) {
      this.#sessions.delete(session.id)
      return undefined
    }
    session.seenAt = now
    return session
  }

  end(session: Session): void {
    session.revoked = true
    session.stage = "anonymous"
    this.#sessions.delete(session.id)
  }

  issueToken(session: Session, userId: number): string {
    const wall = this.#clock.wall()
    const seconds = Math.floor(wall / 1000)
    const exp = seconds + Math.floor(this.#lifetimes.accessToken / 1000)
    const token = signAccessToken({ sub: userId, refreshNotBefore: seconds + 900, exp }, `emulator-key-${this.#seed}`)
    this.#tokens.delete(token)
    this.#tokens.set(token, { session, expiresAtWall: exp * 1000, issuedAtVirtual: this.#clock.now() })
    const oldest = this.#tokens.size > keptTokens ? this.#tokens.keys().next().value : undefined
    if (oldest !== undefined) this.#tokens.delete(oldest)
    return token
  }

  /** The completely logged-in session that a bearer token speaks for. A token from before the second factor speaks for none. */
  bearer(token: string): Session | undefined {
    const issued = this.#tokens.get(token)
    if (issued === undefined || issued.session.stage !== "complete" || issued.session.revoked) return undefined
    const passed = this.#clock.now() - issued.issuedAtVirtual
    const over = this.#clock.wall() >= issued.expiresAtWall || passed >= this.#lifetimes.accessToken
    return over ? undefined : issued.session
  }

  clear(): void {
    this.#sessions.clear()
    this.#tokens.clear()
  }
}
