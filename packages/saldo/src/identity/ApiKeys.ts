import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { timingSafeEqual } from "node:crypto"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, Identity, NotPermitted, type Permission, Subject } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Id from "../core/Id.ts"
import type { CursorMismatch, InvalidCursor, Page, PageRequest } from "../core/Page.ts"
import { sha256 } from "../core/sha256.ts"
import { ApiKey, ApiKeyExpiryPast, type ApiKeyId, ApiKeyNotFound, ScopesExcessive } from "./ApiKey.ts"
import { apiKeyBytes, apiKeyText, prefixOf } from "./apiKeyText.ts"
import { type ApiKeyFilter, ApiKeyStore } from "./ApiKeyStore.ts"
import { randomBytes } from "../internal/sealing.ts"
import { managePermission, selfPermission } from "./Roles.ts"
import { UserId } from "./User.ts"
import { Users } from "./Users.ts"

/** A key to be made: what it is called, what it may do, and until when. */
export interface NewApiKey {
  readonly name: string
  readonly scopes: ReadonlyArray<Permission>
  /** Null for a key that is good until it is revoked. */
  readonly expiresAt: DateTime.Utc | null
}

/** A key that was made. Its text is shown once and kept nowhere. */
export interface MadeApiKey {
  readonly key: ApiKey
  readonly text: Redacted.Redacted
}

/** What a store cannot give back as it is must not get into it: a mistake in a program that let it through. */
const checkKey = Schema.decodeUnknownEffect(Schema.toType(ApiKey))

/** Why a key lets nobody in, and whose it is, if that is known. For the trail alone. */
export class ApiKeyRefused extends Schema.TaggedError<ApiKeyRefused>()("ApiKeyRefused", {
  reason: Schema.Literals(["ApiKeyUnknown", "ApiKeyRevoked", "ApiKeyOver", "ApiKeyPowerless"]),
  tenant: Schema.NullOr(Schema.String),
  apiKeyId: Schema.NullOr(Schema.String)
}) {
  override get message(): string {
    return `The API key lets nobody in: ${this.reason}`
  }
}

/**
 * Use case: keys by which programs act for users.
 *
 * A key can do no more than its maker: what is asked for must be covered then, and each time it is used only those of its
 * permissions count that its maker still has. A key makes no keys. Its text is random, is given once, and only its SHA-256
 * is kept; that is enough for 256 random bits, which nobody guesses.
 *
 * @effect-expect-leaking Actor
 */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** Makes a key of the user who acts. Needs `identity:self`. */
    readonly make: (
      request: NewApiKey
    ) => Effect.Effect<MadeApiKey, ScopesExcessive | ApiKeyExpiryPast | NotPermitted, Actor>
    /** The actor's own keys, the latest first. Needs `identity:self`. */
    readonly list: (
      page?: PageRequest
    ) => Effect.Effect<Page<ApiKey>, NotPermitted | InvalidCursor | CursorMismatch, Actor>
    /** The keys of the tenant or of one of its users, the latest first. Needs `identity:manage`. */
    readonly listAll: (
      filter?: ApiKeyFilter,
      page?: PageRequest
    ) => Effect.Effect<Page<ApiKey>, NotPermitted | InvalidCursor | CursorMismatch, Actor>
    /** Ends a key, one's own with `identity:self` or anybody's with `identity:manage`; once revoked it stays as it is. */
    readonly revoke: (id: ApiKeyId) => Effect.Effect<ApiKey, ApiKeyNotFound | NotPermitted, Actor>
    /** For `Authentication`: as whom the holder of a key acts; notes the use, to the hour. */
    readonly identify: (text: Redacted.Redacted) => Effect.Effect<Identity, ApiKeyRefused>
  }
>()("saldo/identity/ApiKeys") {
  /** The keys in a store. */
  static readonly layer: Layer.Layer<ApiKeys, never, ApiKeyStore | Users | Atomic | AuditTrail> = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

interface Ground {
  readonly store: ApiKeyStore["Service"]
  readonly users: Users["Service"]
  readonly atomic: Atomic["Service"]
  readonly audit: AuditTrail["Service"]
}

const isUser = Schema.is(UserId)

const recordOf = (action: `${string}.${string}`, before: ApiKey | null, { tenant: _tenant, ...after }: ApiKey) => {
  const { tenant: _then, ...earlier } = before ?? { tenant: null }
  return {
    action,
    subject: { type: "api-key", id: after.id },
    changes: changes(before === null ? null : earlier, after, { "": "internal" })
  }
}

/** The use of a key is noted that often, so that reading by a key is no writing. */
const useToTheMs = 3_600_000

const makeMake = ({ atomic, audit, store }: Ground) => {
  /** Two keys of one prefix come as rarely as 64 random bits do twice; the other one is then made anew. */
  const keep = (draft: ApiKey): Effect.Effect<MadeApiKey, never, Actor> =>
    Effect.gen(function* () {
      const text = apiKeyText(yield* randomBytes(apiKeyBytes))
      const key = yield* Effect.orDie(checkKey({ ...draft, prefix: prefixOf(text) ?? "" }))
      if (!(yield* store.insert(key, sha256(text)))) return yield* keep(draft)
      yield* audit.recordSecurity(recordOf("identity.make-api-key", null, key))
      return { key, text: Redacted.make(text, { label: "API key" }) }
    })

  return Effect.fn("ApiKeys.make")(function* ({ expiresAt, name, scopes }: NewApiKey) {
    yield* Actor.require(selfPermission)
    const actor = yield* Actor
    const { id: userId, tenant } = actor
    // A key that made keys would outlive its own end.
    if (actor.kind !== "user" || !isUser(userId)) {
      return yield* new NotPermitted({ actor: `${tenant}/${userId}`, permission: selfPermission })
    }
    const excessive = scopes.filter((scope) => !actor.may(scope))
    if (scopes.length === 0 || excessive.length > 0) return yield* new ScopesExcessive({ scopes: excessive })
    const now = yield* DateTime.now
    if (expiresAt !== null && DateTime.isLessThanOrEqualTo(expiresAt, now)) {
      return yield* new ApiKeyExpiryPast({ expiresAt })
    }
    const key: ApiKey = {
      id: yield* Id.make("apikey"),
      tenant,
      userId,
      name,
      prefix: "",
      scopes: [...new Set(scopes)],
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
      revokedAt: null
    }
    return yield* atomic.run(keep(key))
  })
}

/** A key as its holder: for the user who made it, with what it was given and the user still has. */
const holder = ({ id, scopes, tenant }: ApiKey, maker: Identity): Identity =>
  new Identity({
    kind: "service",
    tenant,
    id,
    onBehalfOf: maker.owner,
    roles: [],
    permissions: scopes.filter((scope) => maker.may(scope))
  })

const isSame = (left: string, right: string): boolean =>
  timingSafeEqual(Buffer.from(left, "hex"), Buffer.from(right, "hex"))

const isAfter = (instant: DateTime.Utc | null, now: DateTime.Utc): boolean =>
  instant === null || DateTime.isGreaterThan(instant, now)

const makeIdentify = ({ store, users }: Ground) =>
  Effect.fn("ApiKeys.identify")(function* (given: Redacted.Redacted) {
    const text = Redacted.value(given)
    const prefix = prefixOf(text)
    const found = prefix === undefined ? Option.none() : yield* store.findByPrefix(prefix)
    if (Option.isNone(found) || !isSame(found.value.hash, sha256(text))) {
      return yield* new ApiKeyRefused({ reason: "ApiKeyUnknown", tenant: null, apiKeyId: null })
    }
    const { key } = found.value
    const { id, tenant } = key
    const refused = (reason: ApiKeyRefused["reason"]) => new ApiKeyRefused({ reason, tenant, apiKeyId: id })
    const now = yield* DateTime.now
    if (key.revokedAt !== null) return yield* refused("ApiKeyRevoked")
    if (!isAfter(key.expiresAt, now)) return yield* refused("ApiKeyOver")
    const maker = yield* users.acting(tenant, key.userId)
    if (Option.isNone(maker)) return yield* refused("ApiKeyPowerless")
    const usedBefore = key.lastUsedAt?.epochMilliseconds ?? -Infinity
    if (now.epochMilliseconds - usedBefore >= useToTheMs) yield* store.touch(tenant, id, now)
    return holder(key, maker.value)
  })

const makeRevoke = ({ atomic, audit, store, users }: Ground) =>
  Effect.fn("ApiKeys.revoke")(function* (apiKeyId: ApiKeyId) {
    const actor = yield* Actor
    if (!actor.may(managePermission)) yield* Actor.require(selfPermission)
    const { tenant } = actor
    const revoking = Effect.gen(function* () {
      const found = Option.filter(
        yield* store.find(tenant, apiKeyId),
        ({ userId }) => userId === actor.id || actor.may(managePermission)
      )
      if (Option.isNone(found)) return yield* new ApiKeyNotFound({ apiKeyId })
      const before = found.value
      const now = yield* DateTime.now
      if (!(yield* store.revoke(tenant, apiKeyId, now))) return before
      const after = { ...before, revokedAt: now }
      const maker = yield* users.acting(tenant, before.userId)
      yield* audit.recordSecurity({
        ...recordOf("identity.revoke-api-key", before, after),
        onBehalfOf: Option.isSome(maker) ? maker.value.owner : new Subject({ tenant, id: before.userId })
      })
      return after
    })
    return yield* atomic.run(revoking)
  })

const make = Effect.gen(function* () {
  const store = yield* ApiKeyStore
  const ground = { store, users: yield* Users, atomic: yield* Atomic, audit: yield* AuditTrail }

  return ApiKeys.of({
    make: makeMake(ground),
    identify: makeIdentify(ground),
    revoke: makeRevoke(ground),
    list: Effect.fn("ApiKeys.list")(function* (page = {}) {
      yield* Actor.require(selfPermission)
      const { id, tenant } = yield* Actor
      return isUser(id) ? yield* store.list(tenant, { userId: id }, page) : { items: [], next: null }
    }),
    listAll: Effect.fn("ApiKeys.listAll")(function* (filter = {}, page = {}) {
      yield* Actor.require(managePermission)
      return yield* store.list((yield* Actor).tenant, filter, page)
    })
  })
})
