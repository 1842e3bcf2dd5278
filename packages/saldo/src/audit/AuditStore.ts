import * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as MemoryTransaction from "../core/MemoryTransaction.ts"
import * as Page from "../core/Page.ts"
import { erased, sealsAfter } from "./auditContent.ts"
import {
  type AuditHold,
  type AuditHoldId,
  type AuditScope,
  type Erasure,
  inScope,
  matchesAction,
  matchesPattern,
  type PurgeRequest
} from "./AuditHold.ts"
import { type AuditFilter, type AuditOrder, type AuditRecord, type AuditRecordId, ownerOf } from "./AuditRecord.ts"
import {
  type AuditBacklog,
  type AuditHead,
  type AuditSeal,
  type AuditStrays,
  genesis,
  type SealedRecord
} from "./AuditSeal.ts"

/** A page of the records of one tenant. */
export interface AuditPageRequest extends Page.PageRequest {
  readonly tenant: string
  readonly filter?: AuditFilter
  /** Newest first when left out. */
  readonly order?: AuditOrder
}

/**
 * Port: the records of the audit trail and the links that seal them.
 *
 * Contract:
 * - `append` adds records, which wait for their seal. It is part of the running transaction and touches nothing that
 *   another `append` touches: writers never wait for each other and never abort each other. An id that is there already is
 *   a defect.
 * - `seal` puts waiting records of a tenant, oldest id first and so many at most, behind the tenant's head and says how
 *   many. Sequence numbers are 1, 2, 3, … without a gap. One sealer of a tenant is at work at a time; another one waits or
 *   gets 0. A record is sealed once, however late its transaction commits, and none is skipped. It is a transaction of
 *   its own; inside another one it is a defect.
 * - `head` and `sealed` show what is sealed, the latter in the order of sequence numbers and after a given one. A record
 *   that was purged, or that vanished, is null there.
 * - `list` gives the records of a tenant, sealed or not, by the time of recording and the id; a page neither repeats nor
 *   skips a record of the pages before.
 * - `purge` removes the content of sealed records that match and are under no active hold, smallest sequence numbers
 *   first, and gives their sequence numbers. Their links stay. What waits for its seal is never purged.
 * - `erase` blanks the personal values of records in a scope, sealed or not, and says of how many records; digests
 *   stay. It passes over what is under an active hold and says how many records with personal values that were.
 * - `release` ends an active hold, and says whether there was one.
 * - `strays` finds records outside the chain, which only somebody who went past this port can make.
 *
 * Why sealing comes afterwards: a link needs the hash before it, so linking inside the writer's transaction would make
 * all writers of a tenant queue for one row, or abort each other. Between the commit of a record and its seal, a second
 * with the default schedule, the trail is kept by the transaction alone; from the seal on, every change shows.
 */
export class AuditStore extends Context.Service<
  AuditStore,
  {
    readonly append: (records: ReadonlyArray<AuditRecord>) => Effect.Effect<void>
    readonly seal: (tenant: string, limit: number) => Effect.Effect<number>
    readonly head: (tenant: string) => Effect.Effect<AuditHead>
    readonly sealed: (tenant: string, after?: number) => Stream.Stream<SealedRecord>
    /** What waits for its seal, by tenant. */
    readonly backlog: Effect.Effect<ReadonlyArray<AuditBacklog>>
    readonly find: (tenant: string, id: AuditRecordId) => Effect.Effect<Option.Option<AuditRecord>>
    readonly list: (
      request: AuditPageRequest
    ) => Effect.Effect<Page.Page<AuditRecord>, Page.InvalidCursor | Page.CursorMismatch>
    readonly purge: (request: PurgeRequest) => Effect.Effect<ReadonlyArray<number>>
    readonly erase: (tenant: string, scope: AuditScope) => Effect.Effect<Erasure>
    readonly hold: (hold: AuditHold) => Effect.Effect<void>
    readonly release: (tenant: string, id: AuditHoldId, at: DateTime.Utc) => Effect.Effect<boolean>
    /** The holds of a tenant in the order of their ids, released ones included. */
    readonly holds: (tenant: string) => Effect.Effect<ReadonlyArray<AuditHold>>
    readonly strays: (tenant: string) => Effect.Effect<AuditStrays>
  }
>()("saldo/audit/AuditStore") {
  /** The trail of this process, which takes part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<AuditStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** The defect of a `seal` inside a transaction, where it could neither take turns nor see what others sealed. */
export const sealedInside: Effect.Effect<never> = Effect.die(
  new TypeError("AuditStore.seal is a transaction of its own: call it outside Atomic.run")
)

/** What a query's cursors belong to. */
export const queryOf = ({ filter = {}, order = "newest-first", tenant }: AuditPageRequest) => {
  const { from, until, ...rest } = filter
  return { tenant, order, filter: { ...rest, from: from?.epochMilliseconds, until: until?.epochMilliseconds } }
}

/** Where a record stands in a query's order. */
export const positionOf = (record: AuditRecord): Page.Position => [
  BigInt(record.recordedAt.epochMilliseconds),
  record.id
]

const isOwnedBy = (record: AuditRecord, id: string): boolean => {
  const owner = ownerOf(record)
  return owner.tenant === record.tenant && owner.id === id
}

const matches = (filter: AuditFilter, record: AuditRecord): boolean => {
  const at = record.recordedAt.epochMilliseconds
  const { subject } = filter
  return (
    (filter.kind === undefined || record.kind === filter.kind) &&
    (filter.action === undefined || matchesAction(filter.action, record.action)) &&
    (filter.actorId === undefined || record.actor.id === filter.actorId) &&
    (filter.owner === undefined || isOwnedBy(record, filter.owner)) &&
    (subject === undefined || record.subject.type === subject.type) &&
    (subject?.id === undefined || record.subject.id === subject.id) &&
    (filter.outcome === undefined || record.outcome === filter.outcome) &&
    (filter.from === undefined || at >= filter.from.epochMilliseconds) &&
    (filter.until === undefined || at < filter.until.epochMilliseconds) &&
    (filter.requestId === undefined || record.requestId === filter.requestId) &&
    (filter.correlationId === undefined || record.correlationId === filter.correlationId)
  )
}

const compare = (a: AuditRecord, b: AuditRecord): number =>
  a.recordedAt.epochMilliseconds - b.recordedAt.epochMilliseconds || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1)

const isBehind = (record: AuditRecord, start: Page.Position, order: AuditOrder): boolean => {
  const [at, id] = start
  const [own] = positionOf(record)
  if (own !== at) return typeof own === "bigint" && typeof at === "bigint" && own > at === (order === "oldest-first")
  return record.id !== id && record.id > String(id) === (order === "oldest-first")
}

interface Tables {
  readonly records: MemoryTable.MemoryTable<string, AuditRecord>
  readonly waiting: MemoryTable.MemoryTable<string, AuditRecord>
  readonly seals: MemoryTable.MemoryTable<string, AuditSeal>
  readonly heads: MemoryTable.MemoryTable<string, AuditHead>
  readonly holds: MemoryTable.MemoryTable<string, AuditHold>
}

const sealKey = (tenant: string, sequence: number): string => JSON.stringify([tenant, sequence])

const insertNew = <V>(rows: MemoryTable.Rows<string, V>, key: string, value: V): void => {
  if (rows.has(key)) throw new RangeError(`The trail has ${key} already`)
  rows.set(key, value)
}

const makeSeal = ({ heads, seals, waiting }: Tables) =>
  Effect.fnUntraced(function* (tenant: string, limit: number) {
    const head = Option.getOrElse(yield* heads.get(tenant), () => genesis)
    const next = yield* waiting.read((rows) => [...rows.values()].filter((record) => record.tenant === tenant))
    const batch = next.sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit)
    const links = sealsAfter(head, batch)
    yield* seals.modify((rows) => {
      for (const link of links) rows.set(sealKey(tenant, link.sequence), link)
    })
    yield* waiting.modify((rows) => {
      for (const { id } of batch) rows.delete(id)
    })
    const last = links.at(-1)
    if (last !== undefined) yield* heads.set(tenant, { sequence: last.sequence, hash: last.hash })
    return links.length
  })

const activeHolds = ({ holds }: Tables, tenant: string) =>
  Effect.map(holds.values, (all) => all.filter((hold) => hold.tenant === tenant && hold.releasedAt === null))

const makePurge = (tables: Tables) =>
  Effect.fnUntraced(function* ({ before, except, limit, matching, tenant }: PurgeRequest) {
    const { heads, records, seals } = tables
    const active = yield* activeHolds(tables, tenant)
    const { sequence: last } = Option.getOrElse(yield* heads.get(tenant), () => genesis)
    const links = yield* seals.read((rows) =>
      Array.from({ length: last }, (_, index) => rows.get(sealKey(tenant, index + 1)))
    )
    return yield* records.modify((rows) => {
      const purged: Array<number> = []
      for (const link of links) {
        const record = link === undefined ? undefined : rows.get(link.recordId)
        if (link === undefined || record === undefined || purged.length >= limit) continue
        const goes =
          record.recordedAt.epochMilliseconds < before &&
          matchesPattern(matching, record) &&
          !except.some((pattern) => matchesPattern(pattern, record)) &&
          !active.some(({ scope }) => inScope(scope, record))
        if (goes && rows.delete(record.id)) purged.push(link.sequence)
      }
      return purged
    })
  })

const hasDisclosure = (record: AuditRecord): boolean =>
  record.changes.some((change) =>
    [change.before, change.after].some((value) => value._tag === "Personal" && value.disclosure !== null)
  )

const makeErase = (tables: Tables) =>
  Effect.fnUntraced(function* (tenant: string, scope: AuditScope) {
    const active = yield* activeHolds(tables, tenant)
    return yield* tables.records.modify((rows): Erasure => {
      const found = [...rows.values()].filter(
        (record) => record.tenant === tenant && inScope(scope, record) && hasDisclosure(record)
      )
      const free = found.filter((record) => !active.some((hold) => inScope(hold.scope, record)))
      for (const record of free) rows.set(record.id, erased(record))
      return { erased: free.length, held: found.length - free.length }
    })
  })

const makeSealed = ({ records, seals }: Tables) => {
  const one = (tenant: string, sequence: number): Effect.Effect<ReadonlyArray<SealedRecord>> =>
    Effect.flatMap(seals.get(sealKey(tenant, sequence)), (link) =>
      Option.isNone(link)
        ? Effect.succeed([])
        : Effect.map(records.get(link.value.recordId), (record) => [
            { ...link.value, record: Option.getOrNull(record) }
          ])
    )
  return (tenant: string, after = 0): Stream.Stream<SealedRecord> =>
    Stream.paginate(after + 1, (sequence) =>
      Effect.map(one(tenant, sequence), (found) => [
        found,
        found.length === 0 ? Option.none() : Option.some(sequence + 1)
      ])
    )
}

const makeList = ({ records }: Tables) =>
  Effect.fnUntraced(function* (request: AuditPageRequest) {
    const query = queryOf(request)
    const start = yield* Page.startOf(query, request)
    const found = yield* records.read((rows) =>
      [...rows.values()].filter(
        (record) =>
          record.tenant === request.tenant &&
          matches(request.filter ?? {}, record) &&
          (start === undefined || isBehind(record, start, query.order))
      )
    )
    found.sort((a, b) => (query.order === "oldest-first" ? compare(a, b) : compare(b, a)))
    return Page.pageOf(query, request, found, positionOf)
  })

const backlogOf = (rows: Iterable<AuditRecord>): ReadonlyArray<AuditBacklog> =>
  [...Map.groupBy(rows, ({ tenant }) => tenant)].map(([tenant, records]) => ({
    tenant,
    waiting: records.length,
    oldestAt: records.reduce((oldest, { recordedAt }) => Math.min(oldest, recordedAt.epochMilliseconds), Infinity)
  }))

const makeMemory: Effect.Effect<AuditStore["Service"]> = Effect.gen(function* () {
  const tables: Tables = {
    records: yield* MemoryTable.make<string, AuditRecord>(),
    waiting: yield* MemoryTable.make<string, AuditRecord>(),
    seals: yield* MemoryTable.make<string, AuditSeal>(),
    heads: yield* MemoryTable.make<string, AuditHead>(),
    holds: yield* MemoryTable.make<string, AuditHold>()
  }
  const { heads, holds, records, waiting } = tables
  const seal = makeSeal(tables)
  const purge = makePurge(tables)
  const erase = makeErase(tables)

  return AuditStore.of({
    append: (added) =>
      MemoryTransaction.run(
        Effect.andThen(
          records.modify((rows) => added.forEach((record) => insertNew(rows, record.id, record))),
          waiting.modify((rows) => added.forEach((record) => rows.set(record.id, record)))
        )
      ),
    seal: (tenant, limit) =>
      Effect.withFiber((fiber) =>
        fiber.getRef(MemoryTransaction.CurrentLevel) === undefined
          ? MemoryTransaction.run(seal(tenant, limit))
          : sealedInside
      ),
    head: (tenant) =>
      Effect.map(
        heads.get(tenant),
        Option.getOrElse(() => genesis)
      ),
    sealed: makeSealed(tables),
    backlog: waiting.read((rows) => backlogOf(rows.values())),
    find: (tenant, id) =>
      Effect.map(
        records.get(id),
        Option.filter((record) => record.tenant === tenant)
      ),
    list: makeList(tables),
    purge: (request) => MemoryTransaction.run(purge(request)),
    erase: (tenant, scope) => MemoryTransaction.run(erase(tenant, scope)),
    hold: (hold) => holds.modify((rows) => insertNew(rows, hold.id, hold)),
    release: (tenant, id, at) =>
      holds.modify((rows) => {
        const hold = rows.get(id)
        if (hold === undefined || hold.tenant !== tenant || hold.releasedAt !== null) return false
        rows.set(id, { ...hold, releasedAt: at })
        return true
      }),
    holds: (tenant) =>
      Effect.map(holds.values, (all) =>
        all.filter((hold) => hold.tenant === tenant).sort((a, b) => (a.id < b.id ? -1 : 1))
      ),
    // Nobody goes past the port of a store in memory.
    strays: () => Effect.succeed({ unlinked: null, vanished: null })
  })
})
