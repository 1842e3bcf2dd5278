import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, as, NotPermitted, system } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Id from "../core/Id.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import { randomBytes } from "../internal/sealing.ts"
import { IdentityKeys } from "./IdentityKeys.ts"
import { publicKeyOf } from "./internal/ed25519.ts"
import { OperatorTenant } from "./OperatorTenant.ts"
import { managePermission } from "./Roles.ts"
import { SessionTerms, type Terms } from "./SessionTerms.ts"
import {
  type JsonWebKeySet,
  type SigningKey,
  type SigningKeyId,
  SigningKeyNotFound,
  type StoredSigningKey
} from "./SigningKey.ts"
import { SigningKeyStore } from "./SigningKeyStore.ts"
import { isSucceeded, publicJwk, signingAt, verifies } from "./signingKeyTerms.ts"

/** The key that signs, with its secret half: the base64url of the 32 bytes that RFC 8037 calls `d`. */
export interface SigningPair {
  readonly key: SigningKey
  readonly secret: Redacted.Redacted
}

/** What came of a round of `keep`. */
export interface KeptKeys {
  readonly made: number
  readonly purged: number
}

/** How signing keys come and go. */
export interface SigningKeyOptions {
  /** How long a key signs. */
  readonly signsFor?: Duration.Input
  /** How long a key is published before it signs, so that whoever keeps a copy of the public keys has it by then. */
  readonly announcedFor?: Duration.Input
  /** For how long the keys are remembered; so long a process may believe a key that another one withdrew. */
  readonly rememberedFor?: Duration.Input
}

/**
 * Use case: the keys that sign access tokens, for all tenants of an installation.
 *
 * A key is made when it is first needed, and `keep` makes the next one ahead of time and has it published, so that keys
 * change without anybody noticing. What an old key signed is believed until the last of it is over. `rotate` has a new key
 * sign at once; `withdraw` also takes away everything that a key signed, after which clients refresh. Secret halves are
 * stored under the host's `IdentityKeys` alone.
 *
 * @effect-expect-leaking Actor
 */
export class SigningKeys extends Context.Service<
  SigningKeys,
  {
    /** The key that signs now, which is made if there is none. Not for a running transaction. */
    readonly signing: Effect.Effect<SigningPair>
    /** The key of that name, if what it signed is believed now. */
    readonly verifying: (id: string) => Effect.Effect<Option.Option<SigningKey>>
    /** What others verify tokens with: the keys that sign, signed, and will sign. */
    readonly published: Effect.Effect<JsonWebKeySet>
    /** Has a new key sign from now on; what the others signed stays good. Needs `identity:manage` in the operator's tenant. */
    readonly rotate: Effect.Effect<SigningKey, NotPermitted, Actor>
    /** Ends a key and everything it signed. Needs `identity:manage` in the operator's tenant. */
    readonly withdraw: (id: SigningKeyId) => Effect.Effect<void, SigningKeyNotFound | NotPermitted, Actor>
    /** Makes the next key when it is time, and forgets those that are over. Any number of processes may do so. */
    readonly keep: Effect.Effect<KeptKeys>
    /** Seals again what an earlier key of the host seals, and says how many; at 0 the earlier keys are not needed here. */
    readonly reseal: Effect.Effect<number>
  }
>()("saldo/identity/SigningKeys") {
  /** Signing keys on terms of the host's own. */
  static readonly layerWith = (
    options: SigningKeyOptions
  ): Layer.Layer<SigningKeys, never, SigningKeyStore | IdentityKeys | Atomic | AuditTrail> =>
    Layer.effect(
      this,
      Effect.suspend(() => make(options))
    )

  /** Signing keys that sign for 90 days and are published a day before. */
  static readonly layer: Layer.Layer<SigningKeys, never, SigningKeyStore | IdentityKeys | Atomic | AuditTrail> =
    this.layerWith({})

  /** Keeps the keys once an hour as long as the layer lives. */
  static readonly layerKeeping: Layer.Layer<never, never, SigningKeys> = Layer.effectDiscard(
    Effect.flatMap(this, (keys) =>
      keys.keep.pipe(
        workerTurn("signing-keys"),
        Effect.catchCause((cause) => Effect.logWarning("Signing keys were not kept and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 hour")),
        Effect.forkScoped
      )
    )
  )
}

interface Ground {
  readonly store: SigningKeyStore["Service"]
  readonly identityKeys: IdentityKeys["Service"]
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
  readonly terms: Terms
  readonly tenant: string
  readonly signsForMs: number
  readonly announcedForMs: number
  readonly rememberedForMs: number
}

const placeOf = (id: SigningKeyId) => ["signing-key", id]

const plain = ({ sealed: _sealed, sealedBy: _by, ...key }: StoredSigningKey): SigningKey => key

const after = (instant: DateTime.Utc, milliseconds: number) => DateTime.add(instant, { milliseconds })

/** Of several processes that make a key at once one wins; the others find that key when they look again. */
const makeAdd = ({ audit, identityKeys, signsForMs, store, terms }: Ground) =>
  Effect.fnUntraced(function* (signsFrom: DateTime.Utc, sequence: number) {
    const bytes = yield* randomBytes(32)
    const id = yield* Id.make("sigkey")
    const secret = Redacted.make(Buffer.from(bytes).toString("base64url"), { label: "signing key" })
    const signsUntil = after(signsFrom, signsForMs)
    const key: SigningKey = {
      id,
      sequence,
      algorithm: "EdDSA",
      publicKey: publicKeyOf(Redacted.make(bytes)),
      createdAt: yield* DateTime.now,
      signsFrom,
      signsUntil,
      verifiesUntil: after(signsUntil, Duration.toMillis(terms.accessFor)),
      withdrawnAt: null
    }
    const sealed = { sealed: yield* identityKeys.seal(placeOf(id), secret), sealedBy: identityKeys.currentId }
    if (!(yield* store.insert({ ...key, ...sealed }))) return Option.none<SigningKey>()
    yield* audit.recordSecurity({
      action: "identity.make-signing-key",
      subject: { type: "signing-key", id },
      changes: changes(null, key, { "": "public" })
    })
    return Option.some(key)
  })

/** The keys as this process remembers them. What a transaction sees is not remembered, as it may never have been. */
const makeRing = ({ atomic, rememberedForMs, store }: Ground) => {
  let remembered: { readonly at: number; readonly keys: ReadonlyArray<StoredSigningKey> } | undefined

  const look = Effect.fnUntraced(function* (at: number) {
    const keys = yield* store.list
    if (!(yield* atomic.inTransaction)) remembered = { at, keys }
    return keys
  })

  return {
    /** No older than asked, or than the keys are remembered for. */
    keys: (atMostMs: number = rememberedForMs) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const age = remembered === undefined ? Infinity : Math.abs(now - remembered.at)
        return remembered === undefined || age >= Math.min(atMostMs, rememberedForMs)
          ? look(now)
          : Effect.succeed(remembered.keys)
      }),
    forget: Effect.sync(() => {
      remembered = undefined
    })
  }
}

/** A name that no remembered key has may be that of a new one; so often is it looked for, whatever names come. */
const unknownNamesEveryMs = 1000

const lastSequence = (keys: ReadonlyArray<StoredSigningKey>): number => keys.at(-1)?.sequence ?? 0

const makeReads = ({ atomic, identityKeys, tenant }: Ground, { keys, forget }: Ring, add: Add) => {
  /** The key behind those that were seen: whoever saw the same makes the same one, and all but one make none. */
  const first = Effect.fnUntraced(function* (seen: ReadonlyArray<StoredSigningKey>) {
    yield* add(yield* DateTime.now, lastSequence(seen) + 1).pipe(atomic.run, as(system(tenant)))
    yield* forget
  })

  const signing: Effect.Effect<SigningPair> = Effect.gen(function* () {
    const now = yield* DateTime.now
    let key = signingAt(yield* keys(), now)
    if (key === undefined) {
      const seen = yield* keys(0)
      key = signingAt(seen, now)
      if (key === undefined) return yield* Effect.andThen(first(seen), signing)
    }
    return { key: plain(key), secret: yield* identityKeys.open(placeOf(key.id), key.sealed) }
  })

  return {
    signing: Effect.withSpan(signing, "SigningKeys.signing"),
    verifying: (id: string) => {
      const named = (all: ReadonlyArray<StoredSigningKey>) => all.find((key) => key.id === id)
      return Effect.flatMap(DateTime.now, (now) => {
        const believed = (key: StoredSigningKey | undefined) =>
          key !== undefined && verifies(key, now) ? Option.some(plain(key)) : Option.none()
        return Effect.flatMap(keys(), (remembered) => {
          const key = named(remembered)
          return key === undefined
            ? Effect.map(keys(unknownNamesEveryMs), (all) => believed(named(all)))
            : Effect.succeed(believed(key))
        })
      })
    },
    published: Effect.gen(function* () {
      const now = yield* DateTime.now
      return { keys: (yield* keys()).filter((key) => verifies(key, now)).map(publicJwk) }
    }).pipe(Effect.withSpan("SigningKeys.published"))
  }
}

const makeActs = (ground: Ground, { forget }: Ring, add: Add) => {
  const { atomic, audit, store, tenant } = ground

  const operator = Effect.gen(function* () {
    yield* Actor.require(managePermission)
    const actor = yield* Actor
    if (actor.tenant === tenant) return
    return yield* new NotPermitted({ actor: `${actor.tenant}/${actor.id}`, permission: managePermission })
  })

  const rotated: Effect.Effect<SigningKey, never, Actor> = Effect.gen(function* () {
    const made = yield* atomic.run(
      Effect.flatMap(Effect.all([DateTime.now, store.list]), ([now, keys]) => add(now, lastSequence(keys) + 1))
    )
    yield* forget
    return Option.isSome(made) ? made.value : yield* rotated
  })

  return {
    rotate: Effect.andThen(operator, rotated).pipe(Effect.withSpan("SigningKeys.rotate")),
    withdraw: Effect.fn("SigningKeys.withdraw")(function* (id: SigningKeyId) {
      yield* operator
      const withdrawing = Effect.gen(function* () {
        const now = yield* DateTime.now
        const before = (yield* store.list).find((key) => key.id === id && verifies(key, now))
        if (before === undefined || !(yield* store.withdraw(id, now))) {
          return yield* new SigningKeyNotFound({ keyId: id })
        }
        yield* audit.recordSecurity({
          action: "identity.withdraw-signing-key",
          subject: { type: "signing-key", id },
          changes: changes(plain(before), { ...plain(before), withdrawnAt: now }, { "": "public" })
        })
      })
      yield* atomic.run(withdrawing)
      yield* forget
    })
  }
}

const makeWork = (ground: Ground, { forget }: Ring, add: Add) => {
  const { announcedForMs, atomic, audit, identityKeys, store, tenant } = ground

  const next = Effect.gen(function* () {
    const now = yield* DateTime.now
    const keys = yield* store.list
    if (isSucceeded(keys, now, announcedForMs)) return 0
    const current = signingAt(keys, now)
    const made = yield* add(current?.signsUntil ?? now, lastSequence(keys) + 1)
    return Option.isSome(made) ? 1 : 0
  })

  const purging = Effect.gen(function* () {
    const purged = yield* store.purge(yield* DateTime.now)
    yield* Effect.forEach(purged, (id) =>
      audit.recordSecurity({ action: "identity.purge-signing-key", subject: { type: "signing-key", id } })
    )
    return purged.length
  })

  const keep = Effect.all({ made: next, purged: purging }).pipe(
    atomic.run,
    Effect.tap(forget),
    as(system(tenant)),
    Effect.withSpan("SigningKeys.keep")
  )

  const reseal = Effect.gen(function* () {
    const old = (yield* store.list).filter(({ sealedBy }) => sealedBy !== identityKeys.currentId)
    const done = yield* Effect.forEach(old, ({ id, sealed }) =>
      Effect.gen(function* () {
        const again = yield* identityKeys.seal(placeOf(id), yield* identityKeys.open(placeOf(id), sealed))
        if (!(yield* store.reseal(id, sealed, { sealed: again, sealedBy: identityKeys.currentId }))) return 0
        yield* audit.recordSecurity({ action: "identity.reseal-signing-key", subject: { type: "signing-key", id } })
        return 1
      }).pipe(atomic.run)
    )
    yield* forget
    return done.reduce<number>((sum, one) => sum + one, 0)
  }).pipe(as(system(tenant)), Effect.withSpan("SigningKeys.reseal"))

  return { keep, reseal }
}

type Ring = ReturnType<typeof makeRing>
type Add = ReturnType<typeof makeAdd>

const make = Effect.fnUntraced(function* (options: SigningKeyOptions) {
  const ground: Ground = {
    store: yield* SigningKeyStore,
    identityKeys: yield* IdentityKeys,
    atomic: yield* Atomic,
    audit: yield* AuditTrail,
    terms: yield* SessionTerms,
    tenant: yield* OperatorTenant,
    signsForMs: Duration.toMillis(options.signsFor ?? "90 days"),
    announcedForMs: Duration.toMillis(options.announcedFor ?? "1 day"),
    rememberedForMs: Duration.toMillis(options.rememberedFor ?? "5 seconds")
  }
  const ring = makeRing(ground)
  const add = makeAdd(ground)
  return SigningKeys.of({
    ...makeReads(ground, ring, add),
    ...makeActs(ground, ring, add),
    ...makeWork(ground, ring, add)
  })
})
