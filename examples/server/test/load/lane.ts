/**
 * One of those who use the bank at the same time: a connection, the person who uses it, and what that one remembers.
 */
import { password } from "../../src/demo/people.ts"
import type { Chance } from "../../src/demo/chance.ts"
import { Caller, type Common, type Heard, type Origin } from "./caller.ts"
import type { Asked } from "./expectations.ts"
import type { Request } from "./line.ts"
import { type Member, type Person, useCode } from "./people.ts"
import type { Records } from "./records.ts"

/** What all lanes share. */
export interface Bank extends Common {
  readonly people: readonly [Person, ...ReadonlyArray<Person>]
  readonly members: ReadonlyArray<Member>
  readonly records: Records
  /** Connections beside those of the lanes, for what happens twice at once. */
  readonly beside: ReadonlyArray<Caller>
  readonly address: () => string
  /** How many processes answer. */
  readonly processes: number
  /** When the load was begun, in ISO 8601. */
  readonly begunAt: string
  /** The first day of the statements that are asked for, and the day behind the last one. */
  readonly days: { readonly start: string; readonly end: string }
}

interface Session {
  readonly access: string
  readonly refresh: string
}

/** A key by which a program acts for somebody of the bank. */
interface Key {
  readonly id: string
  readonly text: string
  readonly madeAt: number
  uses: number
}

/**
 * Another key takes a key's place when it was used this often and is this old, so that those by whose credentials keys are made ask
 * no more in a minute than a credential may, however fast the server is; and before it has asked that much itself.
 */
const [usesOfKey, ageOfKeyMs, usesAtMost] = [15, 20_000, 300]

const isWorn = ({ madeAt, uses }: Key): boolean =>
  uses >= usesAtMost || (uses >= usesOfKey && performance.now() - madeAt >= ageOfKeyMs)

/** What a key may do; keys for anything else are not made. */
const scopes = {
  officer: ["bank:read", "bank:approve", "bank:any-customer", "ledger:read", "lending:read"],
  admin: ["ledger:read", "audit:read", "webhooks:manage", "system:metrics", "lending:read"]
} as const

/** For whom a lane has keys. */
export type KeyRole = keyof typeof scopes

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** A lane. */
export class Lane {
  readonly bank: Bank
  readonly person: Person
  readonly chance: Chance
  readonly #caller: Caller
  readonly #agent: string
  readonly #number: number
  readonly #keys = new Map<KeyRole, Key>()
  #session: Session | undefined
  #address = ""

  constructor(bank: Bank, number: number, chance: Chance) {
    this.bank = bank
    this.person = bank.people[number % bank.people.length] ?? bank.people[0]
    this.chance = chance
    this.#caller = new Caller(bank)
    this.#agent = `load/${number}`
    this.#number = number
  }

  #origin(credential?: Origin["credential"]): Origin {
    return { address: this.#address, agent: this.#agent, ...(credential === undefined ? {} : { credential }) }
  }

  /** Asks without a credential. */
  plain(name: Asked, request: Request): Promise<Heard> {
    return this.#caller.ask(name, request, this.#origin())
  }

  /** Asks as the person who is signed in. */
  own(name: Asked, request: Request): Promise<Heard> {
    return this.#caller.ask(name, request, this.#origin(bearer(this.#session?.access ?? "")))
  }

  /** Asks as the person who is signed in, and at the same time over another connection the same. */
  twice(name: Asked, request: Request): ReadonlyArray<Promise<Heard>> {
    const origin = this.#origin(bearer(this.#session?.access ?? ""))
    const { beside } = this.bank
    return [this.#caller, beside[this.#number % beside.length] ?? this.#caller].map((caller) =>
      caller.ask(name, request, origin)
    )
  }

  /** Asks as a program that acts for somebody of the bank. */
  async by(role: KeyRole, name: Asked, request: Request): Promise<Heard> {
    const held = this.#keys.get(role)
    const key = held !== undefined && !isWorn(held) ? held : await this.#newKey(role, held)
    key.uses += 1
    return this.#caller.ask(name, request, this.#origin({ "x-api-key": key.text }))
  }

  async #newKey(role: KeyRole, held: Key | undefined): Promise<Key> {
    const credential = bearer(this.bank.members.find((member) => member.role === role)?.token ?? "")
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
    const body = { name: "Load", scopes: scopes[role], expiresAt }
    const made = await this.#caller.ask(
      "API key",
      { method: "POST", path: "/api/v1/api-keys", body },
      this.#origin(credential)
    )
    const { key, text } = made.body as { readonly key: { readonly id: string }; readonly text: string }
    if (held !== undefined) {
      const request = { method: "DELETE", path: `/api/v1/api-keys/${held.id}`, headers: { "idempotency-key": held.id } }
      await this.#caller.ask("API key revoked", request, this.#origin(credential))
    }
    const fresh = { id: key.id, text, madeAt: performance.now(), uses: 0 }
    this.#keys.set(role, fresh)
    return fresh
  }

  /**
   * Comes to the bank, from another place than the last time: goes on with the session that is there, or signs in. Says
   * whether that could be done.
   */
  async arrive(): Promise<boolean> {
    this.#address = this.bank.address()
    if (this.#session !== undefined) await this.#refresh(this.#session)
    if (this.#session === undefined) await this.#signIn()
    return this.#session !== undefined
  }

  #keep({ body, status }: Heard): void {
    const tokens = body as { readonly accessToken: string; readonly refreshToken: string }
    this.#session = status === 200 ? { access: tokens.accessToken, refresh: tokens.refreshToken } : undefined
  }

  async #refresh({ refresh }: Session): Promise<void> {
    const body = { refreshToken: refresh }
    this.#keep(await this.plain("refresh", { method: "POST", path: "/api/auth/refresh", body }))
  }

  async #signIn(): Promise<void> {
    const { authenticator, email } = this.person
    const signIn = (name: Asked, body: unknown) => this.plain(name, { method: "POST", path: "/api/auth/login", body })
    if (this.chance.happens(10)) await signIn("sign in with a wrong password", { email, password: `not ${password}` })
    if (authenticator === null) return this.#keep(await signIn("sign in", { email, password }))
    await signIn("sign in without the second factor", { email, password })
    await useCode(authenticator, async (code) => {
      // Whoever has used both codes that are good now signs in another time.
      if (code !== undefined) this.#keep(await signIn("sign in", { email, password, code }))
    })
  }

  /** Signs out, and finds that what was good before is good no more. */
  async leave(): Promise<void> {
    if (this.#session === undefined) return
    const { access, refresh } = this.#session
    this.#session = undefined
    const body = { refreshToken: refresh }
    await this.plain("sign out", { method: "POST", path: "/api/auth/logout", body })
    // Another process than the one that was told may believe in the session for two seconds more.
    if (this.bank.processes === 1) {
      const me = { method: "GET", path: "/api/auth/me" }
      await this.#caller.ask("read after signing out", me, this.#origin(bearer(access)))
    }
    if (!this.chance.happens(50)) return
    await this.plain("refresh after signing out", { method: "POST", path: "/api/auth/refresh", body })
  }

  close(): void {
    this.#caller.close()
  }
}
