import { expect } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import type { Session } from "saldo/identity/Session"
import { SessionStore } from "saldo/identity/SessionStore"
import { type Check, checksOf, register, type SuiteOptions } from "./Check.ts"

interface Subject {
  readonly store: SessionStore["Service"]
  readonly atomic: Atomic["Service"]
  /** A tenant of this run of this check. */
  readonly tenant: string
  readonly userId: Session["userId"]
}

const check = checksOf<Subject, SessionStore | Atomic>(
  Effect.gen(function* () {
    return {
      store: yield* SessionStore,
      atomic: yield* Atomic,
      tenant: yield* Id.make("tenant"),
      userId: yield* Id.make("user")
    }
  })
)

const noon = DateTime.makeUnsafe("2026-03-10T12:00:00.123Z")
const later = (minutes: number) => DateTime.add(noon, { minutes })

const sessionOf = ({ tenant, userId }: Pick<Subject, "tenant" | "userId">, more: Partial<Session> = {}) =>
  Effect.map(Id.make("sess"), (id): Session => ({
    id,
    tenant,
    userId,
    address: "2001:db8::1",
    agent: "Örebro 🏗",
    startedAt: noon,
    refreshedAt: noon,
    expiresAt: later(60),
    endsAt: later(600),
    ended: null,
    ...more
  }))

/** A session in the store, and the hash of its first token, which is as good as any text that is used once. */
const kept = (subject: Subject, more: Partial<Session> = {}) =>
  Effect.gen(function* () {
    const session = yield* sessionOf(subject, more)
    const hash = `first ${session.id}`
    yield* subject.store.insert(session, hash)
    return { session, hash }
  })

const rotation = (session: Session, used: string, successor: string, salt = `salt of ${successor}`) => ({
  used,
  successor,
  salt,
  session: { ...session, agent: null, refreshedAt: later(1), expiresAt: later(61) }
})

const locked = ({ atomic, store }: Subject, hash: string) => atomic.runLocking(store.lock(hash))

const signedOut = { at: later(5), reason: "signed-out" } as const
const revoked = { at: later(6), reason: "revoked" } as const

const life: ReadonlyArray<Check<SessionStore | Atomic>> = [
  check("insert", "keeps a session and finds it by its token and in its tenant", (subject) =>
    Effect.gen(function* () {
      const { session, hash } = yield* kept(subject)
      expect(yield* subject.store.find(session.tenant, session.id)).toEqual(Option.some(session))
      expect(yield* subject.store.find("elsewhere", session.id)).toEqual(Option.none())
      const token = { hash, usedAt: null, salt: null }
      expect(yield* locked(subject, hash)).toEqual(Option.some({ session, token }))
      expect(yield* locked(subject, `no ${hash}`)).toEqual(Option.none())
    })
  ),
  check("unknown-client", "keeps a session of which nothing is known", (subject) =>
    Effect.gen(function* () {
      const { session } = yield* kept(subject, { address: null, agent: null })
      expect(yield* subject.store.find(session.tenant, session.id)).toEqual(Option.some(session))
    })
  ),
  check("token-once", "takes neither a session nor a token twice", (subject) =>
    Effect.gen(function* () {
      const { session, hash } = yield* kept(subject)
      const other = yield* sessionOf(subject)
      expect(Exit.hasDies(yield* Effect.exit(subject.store.insert(session, `another ${hash}`)))).toBe(true)
      expect(Exit.hasDies(yield* Effect.exit(subject.store.insert(other, hash)))).toBe(true)
      expect(yield* subject.store.find(other.tenant, other.id)).toEqual(Option.none())
    })
  ),
  check("rotate", "puts a successor in place of a token, and keeps the salt of the last one alone", (subject) =>
    Effect.gen(function* () {
      const { session, hash } = yield* kept(subject)
      const [second, third] = [`second ${hash}`, `third ${hash}`]
      const first = rotation(session, hash, second)
      expect(yield* subject.store.rotate(first)).toBe(true)
      const used = { hash, usedAt: later(1), salt: first.salt }
      expect(yield* locked(subject, hash)).toEqual(Option.some({ session: first.session, token: used }))
      const fresh = { hash: second, usedAt: null, salt: null }
      expect(yield* locked(subject, second)).toEqual(Option.some({ session: first.session, token: fresh }))
      expect(yield* subject.store.rotate(rotation(session, second, third))).toBe(true)
      expect(Option.getOrThrow(yield* locked(subject, hash)).token).toEqual({ ...used, salt: null })
      expect(Option.getOrThrow(yield* locked(subject, second)).token.salt).not.toBe(null)
    })
  ),
  check("rotate-once", "rotates neither a used token, nor an unknown one, nor one of another session", (subject) =>
    Effect.gen(function* () {
      const { session, hash } = yield* kept(subject)
      const other = yield* kept(subject)
      expect(yield* subject.store.rotate(rotation(session, other.hash, `x ${hash}`))).toBe(false)
      expect(yield* subject.store.rotate(rotation(session, "unknown", `x ${hash}`))).toBe(false)
      expect(yield* subject.store.rotate(rotation(session, hash, `second ${hash}`))).toBe(true)
      expect(yield* subject.store.rotate(rotation(session, hash, `again ${hash}`))).toBe(false)
      expect(yield* locked(subject, `again ${hash}`)).toEqual(Option.none())
      expect(yield* locked(subject, `x ${hash}`)).toEqual(Option.none())
    })
  )
]

const ends: ReadonlyArray<Check<SessionStore | Atomic>> = [
  check("end", "ends a session once, and rotates none that has ended", (subject) =>
    Effect.gen(function* () {
      const { session, hash } = yield* kept(subject)
      expect(yield* subject.store.end("elsewhere", session.id, signedOut)).toBe(false)
      expect(yield* subject.store.end(session.tenant, session.id, signedOut)).toBe(true)
      expect(yield* subject.store.end(session.tenant, session.id, revoked)).toBe(false)
      const ended = { ...session, ended: signedOut }
      expect(yield* subject.store.find(session.tenant, session.id)).toEqual(Option.some(ended))
      expect(yield* subject.store.rotate(rotation(session, hash, `second ${hash}`))).toBe(false)
      expect(yield* subject.store.find(session.tenant, session.id)).toEqual(Option.some(ended))
      expect(yield* locked(subject, `second ${hash}`)).toEqual(Option.none())
    })
  ),
  check("end-all", "ends all sessions of one user of one tenant, but the one to keep", (subject) =>
    Effect.gen(function* () {
      const { store, tenant, userId } = subject
      const [first, second, third] = yield* Effect.all([kept(subject), kept(subject), kept(subject)])
      yield* store.end(tenant, first.session.id, signedOut)
      const ofOther = yield* kept({ ...subject, userId: yield* Id.make("user") })
      const elsewhere = yield* kept({ ...subject, tenant: `${tenant} b` })
      expect(yield* store.endAllOf(tenant, userId, revoked, third.session.id)).toEqual([second.session.id])
      expect(yield* store.endAllOf(tenant, userId, revoked)).toEqual([third.session.id])
      expect(yield* store.endAllOf(tenant, userId, revoked)).toEqual([])
      for (const { session } of [ofOther, elsewhere]) {
        expect(yield* store.find(session.tenant, session.id)).toEqual(Option.some(session))
      }
    })
  )
]

const reads: ReadonlyArray<Check<SessionStore | Atomic>> = [
  check("list", "gives a user's sessions that are in force, the latest first, page by page", (subject) =>
    Effect.gen(function* () {
      const { store, tenant, userId } = subject
      const three = yield* Effect.forEach([1, 2, 3], () => kept(subject))
      yield* kept(subject, { expiresAt: later(10) })
      yield* kept(subject, { endsAt: later(10) })
      const ended = yield* kept(subject)
      yield* store.end(tenant, ended.session.id, { at: later(500), reason: "revoked" })
      yield* kept({ ...subject, userId: yield* Id.make("user") })
      yield* kept({ ...subject, tenant: `${tenant} b` })
      const latestFirst = three.map(({ session }) => session).toReversed()
      const first = yield* store.list(tenant, userId, later(10), { limit: 2 })
      expect(first.items).toEqual(latestFirst.slice(0, 2))
      const cursor = yield* Effect.fromOption(Option.fromNullishOr(first.next))
      const second = yield* store.list(tenant, userId, later(10), { limit: 2, cursor })
      expect(second).toEqual({ items: latestFirst.slice(2), next: null })
      expect((yield* store.list(tenant, userId, later(60), {})).items).toEqual([])
      const foreign = yield* Effect.flip(store.list(`${tenant} b`, userId, later(10), { cursor }))
      expect(foreign._tag).toBe("CursorMismatch")
    })
  ),
  check("purge", "forgets so many sessions that were over before an instant, with their tokens", (subject) =>
    Effect.gen(function* () {
      const { store, tenant } = subject
      const long = DateTime.makeUnsafe("1990-06-01T00:00:00Z")
      const over = yield* Effect.forEach([1, 2, 3], () => kept(subject, { expiresAt: long }))
      const ended = yield* kept(subject)
      yield* store.end(tenant, ended.session.id, { at: long, reason: "revoked" })
      const staying = [yield* kept(subject), yield* kept(subject, { expiresAt: DateTime.add(long, { days: 1 }) })]
      const before = DateTime.add(long, { minutes: 1 })
      expect(yield* store.purge(before, 1)).toBe(1)
      expect(yield* store.purge(before, 1000)).toBe(3)
      expect(yield* store.purge(before, 1000)).toBe(0)
      for (const { hash, session } of [...over, ended]) {
        expect(yield* store.find(tenant, session.id)).toEqual(Option.none())
        expect(yield* locked(subject, hash)).toEqual(Option.none())
      }
      for (const { session } of staying) {
        expect(yield* store.find(tenant, session.id)).toEqual(Option.some(session))
      }
      expect(yield* store.purge(DateTime.add(before, { days: 2 }), 1000)).toBe(1)
    })
  )
]

const together: ReadonlyArray<Check<SessionStore | Atomic>> = [
  check("one-rotates", "rotates a token once for all who use it at the same time", (subject) =>
    Effect.gen(function* () {
      const { hash, session } = yield* kept(subject)
      const rotations = Array.from({ length: 6 }, (_, index) => rotation(session, hash, `${index} ${hash}`))
      const told = yield* Effect.forEach(rotations, (each) => subject.store.rotate(each), { concurrency: "unbounded" })
      expect(told.filter(Boolean).length).toBe(1)
      const successors = yield* Effect.forEach(rotations, ({ successor }) => locked(subject, successor))
      expect(successors.map(Option.isSome)).toEqual(told)
    })
  ),
  check("lock", "lets nobody else change what is locked, until the transaction ends", (subject) =>
    Effect.gen(function* () {
      const { atomic, store } = subject
      const { hash, session } = yield* kept(subject)
      const seen: Array<string> = []
      const use = (name: string) =>
        Effect.gen(function* () {
          const held = Option.getOrThrow(yield* store.lock(hash))
          yield* Effect.sleep("20 millis")
          const rotates =
            held.token.usedAt === null && (yield* store.rotate(rotation(session, hash, `${name} ${hash}`)))
          seen.push(rotates ? "rotates" : (held.token.salt ?? "no salt"))
        })
      yield* Effect.forEach(["a", "b", "c"], (name) => atomic.runLocking(use(name)), { concurrency: "unbounded" })
      const [first, ...others] = seen
      expect(first).toBe("rotates")
      expect(new Set(others).size).toBe(1)
      expect(others[0]).toMatch(/^salt of [abc] /u)
    })
  ),
  check("rollback", "joins a running transaction, and is undone with it", (subject) =>
    Effect.gen(function* () {
      const { atomic, store } = subject
      const { hash, session } = yield* kept(subject)
      const draft = yield* sessionOf(subject)
      yield* store
        .insert(draft, `draft ${hash}`)
        .pipe(
          Effect.andThen(store.rotate(rotation(session, hash, `second ${hash}`))),
          Effect.andThen(store.end(session.tenant, session.id, revoked)),
          Effect.andThen(Effect.fail("refused")),
          atomic.run,
          Effect.flip
        )
      const token = { hash, usedAt: null, salt: null }
      expect(yield* locked(subject, hash)).toEqual(Option.some({ session, token }))
      expect(yield* store.find(draft.tenant, draft.id)).toEqual(Option.none())
      expect(yield* locked(subject, `second ${hash}`)).toEqual(Option.none())
    })
  )
]

/** What every `SessionStore` promises, each as a program of its own; see the doc comment of the port. */
export const checks: ReadonlyArray<Check<SessionStore | Atomic>> = [...life, ...ends, ...reads, ...together]

/** Tests a `SessionStore` together with the `Atomic` of the same storage. */
export const suite = <E>(
  name: string,
  layer: Layer.Layer<SessionStore | Atomic, E>,
  options: SuiteOptions = {}
): void => register("SessionStore", checks, name, layer, options)
