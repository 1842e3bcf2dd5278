import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SecureRandom from "effect/crypto/SecureRandom"
import { Actor, type Identity, NotPermitted, Permission } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Id from "../core/Id.ts"
import type * as Page from "../core/Page.ts"
import { RequestContext } from "../core/RequestContext.ts"
import { workerTurn } from "../core/WorkerTurn.ts"
import { exportHead, exportLine } from "./auditExport.ts"
import { trailActions } from "./AuditHold.ts"
import { AuditAction, type AuditDraft, type AuditEntry, type AuditKind, type AuditRecord } from "./AuditRecord.ts"
import { draftOf, masked, recordOf, type Sight } from "./auditRecording.ts"
import { type AuditHead, type AuditVerdict, genesis } from "./AuditSeal.ts"
import { type AuditPageRequest, AuditStore } from "./AuditStore.ts"
import * as Verification from "./auditVerification.ts"
import { type Recorder, recordsWith } from "./internal/recorders.ts"

/** To read the trail of one's tenant. */
export const readPermission = Permission.make("audit:read")

/** To see the personal values in it, too. */
export const readPersonalPermission = Permission.make("audit:read-personal")

/** What the trail counts: records by kind and outcome as they are committed, and how many wait for their seal. */
export const metrics = {
  records: Metric.counter("saldo_audit_records", {
    description: "Records of the audit trail that were committed, by kind and outcome",
    incremental: true
  }),
  unsealed: Metric.gauge("saldo_audit_unsealed", {
    description: "Records of the audit trail, of all tenants, that wait for their seal"
  })
} as const

/** A page of the trail that the actor may see. */
export type AuditQuery = Omit<AuditPageRequest, "tenant">

/**
 * The trail of what was done: by whom, for whom, to what, and what it changed.
 *
 * A use case records its act in the transaction of the act, so that neither is there without the other. What was recorded
 * is sealed shortly afterwards: put behind the tenant's chain of hashes, from where no change, loss, insertion or
 * exchange stays unseen by `verify`.
 *
 * A refusal undoes the transaction, and a record inside with it: record a refused act after the transaction, with the
 * tag of the refusal as `reason`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import { AuditStore } from "saldo/audit/AuditStore"
 * import { AuditTrail } from "saldo/audit/AuditTrail"
 * import { changes } from "saldo/audit/changes"
 * import * as Actor from "saldo/core/Actor"
 * import { Atomic } from "saldo/core/Atomic"
 *
 * const program = Effect.gen(function*() {
 *   const [atomic, audit] = [yield* Atomic, yield* AuditTrail]
 *   const rename = audit.record({
 *     action: "demo.rename",
 *     subject: { type: "account", id: "a-1" },
 *     changes: changes({ name: "old" }, { name: "new" }, { "/name": "public" })
 *   })
 *   yield* atomic.run(rename)
 *   yield* audit.seal("demo")
 *   return yield* audit.verify("demo")
 * }).pipe(Actor.as(Actor.system("demo")))
 * const layer = AuditTrail.layer.pipe(Layer.provideMerge(Layer.merge(Atomic.layerMemory, AuditStore.layerMemory)))
 * const verdict = await Effect.runPromise(Effect.provide(program, layer))
 * verdict._tag // => "Intact"
 * ```
 */
export class AuditTrail extends Context.Service<
  AuditTrail,
  {
    /** Records an act of the actor, in the running transaction. */
    readonly record: (entry: AuditEntry) => Effect.Effect<void, never, Actor>
    /** Records an event that concerns the safety of the system, such as a refused sign-in. */
    readonly recordSecurity: (entry: AuditEntry) => Effect.Effect<void, never, Actor>
    /** What `record` would record, to be appended later or by somebody else. */
    readonly draft: (entry: AuditEntry) => Effect.Effect<AuditDraft, never, Actor>
    /** Records drafts, whoever they are of, in one statement and in the running transaction. */
    readonly append: (drafts: ReadonlyArray<AuditDraft>) => Effect.Effect<void>
    /** Seals what waits in a tenant, outside any transaction, and says how many records. */
    readonly seal: (tenant: string) => Effect.Effect<number>
    /** Seals what waits in all tenants; one that cannot be sealed is logged, and the others are. */
    readonly sealAll: Effect.Effect<number>
    /** How far a tenant's chain goes. Keep it elsewhere, and hand it to `verify` later. */
    readonly head: (tenant: string) => Effect.Effect<AuditHead>
    /** Recomputes a tenant's whole chain; see `AuditVerdict`. With a head kept elsewhere it must contain that head. */
    readonly verify: (tenant: string, kept?: AuditHead) => Effect.Effect<AuditVerdict>
    /**
     * The records that the actor may see: with `audit:read` those of the tenant, without it those that concern the owner
     * for whom the actor acts. Values are masked unless their class is `public`, or `internal` and the actor may
     * `audit:read`, or `personal` and the actor may `audit:read-personal` or reads of itself.
     */
    readonly query: (
      request?: AuditQuery
    ) => Effect.Effect<Page.Page<AuditRecord>, NotPermitted | Page.InvalidCursor | Page.CursorMismatch, Actor>
    /** A tenant's chain as JSON lines without line ends, the head last, for an offline verifier; see `auditExport`. */
    readonly exportLines: (tenant: string) => Stream.Stream<string>
  }
>()("saldo/audit/AuditTrail") {
  /** The trail over a store and the transaction that spans it. */
  static readonly layer: Layer.Layer<AuditTrail, never, AuditStore | Atomic> = Layer.effect(
    this,
    Effect.gen(function* () {
      return make(yield* AuditStore, yield* Atomic)
    })
  )

  /** Seals every second as long as the layer lives. It may run in any number of processes. */
  static readonly layerSealing: Layer.Layer<never, never, AuditTrail> = Layer.effectDiscard(
    Effect.flatMap(this, (trail) =>
      trail.sealAll.pipe(
        workerTurn("audit-sealing"),
        Effect.catchCause((cause) => Effect.logWarning("Audit records were not sealed and will be next time", cause)),
        Effect.repeat(Schedule.spaced("1 second")),
        Effect.forkScoped
      )
    )
  )
}

/** How many records one transaction seals. */
const sealBatch = 500

/** A name that does not pass is a mistake in a program, which its first test meets. */
const checkAction = Schema.decodeSync(AuditAction)

const hexadecimal = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** A host with a random source of its own, or a simulation with a seed, provides `SecureRandom`. */
const salts = (count: number): Effect.Effect<() => string> =>
  Effect.map(
    Effect.flatMap(Effect.serviceOption(SecureRandom.SecureRandom), (random) =>
      Option.isSome(random)
        ? random.value.randomBytes(count * 16)
        : Effect.sync(() => SecureRandom.randomBytesUnsafe(count * 16))
    ),
    (bytes) => {
      let used = 0
      return () => hexadecimal(bytes.subarray(used, (used += 16)))
    }
  )

const saltsOf = (draft: AuditDraft): number =>
  1 + 2 * draft.changes.filter(({ redaction }) => redaction === "personal").length

const makeRecorder = (store: AuditStore["Service"]): Recorder => ({
  store,
  recordsOf: Effect.fnUntraced(function* (drafts) {
    const recordedAt = yield* DateTime.now
    const salt = yield* salts(drafts.reduce((sum, draft) => sum + saltsOf(draft), 0))
    const records: Array<AuditRecord> = []
    for (const draft of drafts) {
      checkAction(draft.action)
      records.push(recordOf(draft, yield* Id.make("audit"), recordedAt, salt))
    }
    return records
  }),
  count: (drafts) =>
    Effect.forEach(
      Map.groupBy(drafts, ({ kind, outcome }) => `${kind} ${outcome}`),
      ([key, { length }]) => {
        const [kind = "", outcome = ""] = key.split(" ")
        return Metric.update(Metric.withAttributes(metrics.records, { kind, outcome }), length)
      },
      { discard: true }
    )
})

const makeSealing = (store: AuditStore["Service"]) => {
  const seal = Effect.fn("AuditTrail.seal")(function* (tenant: string) {
    let total = 0
    while (true) {
      const sealed = yield* store.seal(tenant, sealBatch)
      total += sealed
      if (sealed < sealBatch) return total
    }
  })
  const sealAll = Effect.gen(function* () {
    const before = yield* store.backlog
    // A tenant whose records somebody made unreadable must not leave the others unsealed.
    const sealed = yield* Effect.forEach(before, ({ tenant }) =>
      Effect.catchCause(seal(tenant), (cause) =>
        Effect.as(Effect.logError("The audit records of a tenant cannot be sealed; verify its trail", cause), 0).pipe(
          Effect.annotateLogs({ tenant })
        )
      )
    )
    const waiting = before.reduce((sum, tenant) => sum + tenant.waiting, 0)
    const total = sealed.reduce((sum, count) => sum + count, 0)
    yield* Metric.update(metrics.unsealed, Math.max(0, waiting - total))
    return total
  }).pipe(Effect.withSpan("AuditTrail.sealAll"))
  return { seal, sealAll }
}

const allOf = (store: AuditStore["Service"], tenant: string, action: string): Stream.Stream<AuditRecord> =>
  Stream.paginate<Page.Cursor | undefined, AuditRecord>(undefined, (cursor) => {
    const page = { tenant, limit: 500, filter: { action }, ...(cursor === undefined ? {} : { cursor }) }
    return Effect.map(Effect.orDie(store.list(page)), ({ items, next }) => [items, Option.fromNullishOr(next)])
  })

const makeVerify = (store: AuditStore["Service"]) =>
  Effect.fn("AuditTrail.verify")(function* (tenant: string, kept?: AuditHead) {
    const walked = yield* Stream.runFold(
      store.sealed(tenant),
      () => Verification.start(tenant, kept),
      (state, link) => Verification.step(state, link)
    )
    // Acts whose evidence came after the walk had passed, or waits for its seal, are looked up by name.
    const explained = Verification.isUnexplained(walked)
      ? yield* Stream.runFold(
          Stream.concat(allOf(store, tenant, trailActions.purge), allOf(store, tenant, trailActions.erase)),
          () => walked,
          (state, record) => Verification.explain(state, record)
        )
      : walked
    const strays = yield* store.strays(tenant)
    const backlog = yield* store.backlog
    const waiting = backlog.find((each) => each.tenant === tenant)?.waiting ?? 0
    return Verification.verdict(explained, strays, waiting)
  })

const sightOf = (actor: Identity, mayRead: boolean): Sight => ({
  internal: mayRead,
  // A clerk who acts for a customer sees the records, not what they say about the person.
  personal: actor.may(readPersonalPermission) || (!mayRead && actor.onBehalfOf === undefined)
})

const makeQuery = (store: AuditStore["Service"]) =>
  Effect.fn("AuditTrail.query")(function* (request: AuditQuery = {}) {
    const actor = yield* Actor
    const mayRead = actor.may(readPermission)
    const { owner } = actor
    const foreign = owner.tenant !== actor.tenant || (request.filter?.owner ?? owner.id) !== owner.id
    if (!mayRead && foreign) {
      return yield* new NotPermitted({ actor: `${actor.tenant}/${actor.id}`, permission: readPermission })
    }
    const filter = mayRead ? request.filter : { ...request.filter, owner: owner.id }
    const page = yield* store.list({ ...request, tenant: actor.tenant, ...(filter === undefined ? {} : { filter }) })
    const sight = sightOf(actor, mayRead)
    return { items: page.items.map((record) => masked(record, sight)), next: page.next }
  })

const make = (store: AuditStore["Service"], atomic: Atomic["Service"]): AuditTrail["Service"] => {
  const recorder = makeRecorder(store)
  const append = Effect.fnUntraced(function* (drafts: ReadonlyArray<AuditDraft>) {
    if (drafts.length === 0) return
    yield* store.append(yield* recorder.recordsOf(drafts))
    yield* atomic.afterCommit(recorder.count(drafts))
  })
  const draft = (kind: AuditKind, entry: AuditEntry): Effect.Effect<AuditDraft, never, Actor> =>
    Effect.map(Effect.all([Actor, RequestContext]), ([actor, request]) => draftOf(kind, entry, actor, request))
  const record = (kind: AuditKind) => (entry: AuditEntry) =>
    Effect.flatMap(draft(kind, entry), (made) => append([made]))

  const trail = AuditTrail.of({
    record: record("action"),
    recordSecurity: record("security"),
    draft: (entry) => draft("action", entry),
    append,
    ...makeSealing(store),
    head: store.head,
    verify: makeVerify(store),
    query: makeQuery(store),
    exportLines: (tenant) =>
      Stream.mapAccum(
        Stream.concat(Stream.map(store.sealed(tenant), Option.some), Stream.succeed(Option.none())),
        () => genesis,
        (head, link) =>
          Option.isSome(link)
            ? [{ sequence: link.value.sequence, hash: link.value.hash }, [exportLine(link.value)]]
            : [head, [exportHead(tenant, head)]]
      )
  })
  recordsWith(trail, recorder)
  return trail
}
