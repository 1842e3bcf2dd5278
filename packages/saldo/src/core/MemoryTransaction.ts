import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Semaphore from "effect/Semaphore"

/** Writes of one structure that a memory transaction has not made permanent yet. */
export interface PendingWrites {
  /** Makes the writes permanent, or hands them to the enclosing savepoint's writes. Synchronous and total. */
  readonly settle: () => void
}

/** A memory structure that takes part in transactions; `MemoryTable` is the one that stores need. */
export interface Participant<Pending extends PendingWrites> {
  /** Opens pending writes on top of the enclosing level's, or on top of the committed state. */
  readonly begin: (enclosing: Pending | undefined) => Pending
}

/** One open level of a memory transaction: the outermost one, or a savepoint inside it. */
export interface Level {
  readonly parent: Level | undefined
  readonly pending: Map<unknown, PendingWrites>
  readonly callbacks: Array<Effect.Effect<void>>
  readonly savepoints: Semaphore.Semaphore
  open: boolean
}

/** The level that the current fibre writes into; `undefined` outside a transaction. */
export const CurrentLevel: Context.Reference<Level | undefined> = Context.Reference<Level | undefined>(
  "saldo/core/MemoryTransaction/CurrentLevel",
  { defaultValue: () => undefined }
)

/**
 * The lock by which memory writers take turns, as SQLite's write lock does.
 *
 * All memory stores of a process share one by default, because a transaction spans whichever of them it touches.
 * Provide another one around independent parts that must not wait for each other.
 */
export const WriterLock: Context.Reference<Semaphore.Semaphore> = Context.Reference<Semaphore.Semaphore>(
  "saldo/core/MemoryTransaction/WriterLock",
  { defaultValue: () => Semaphore.makeUnsafe(1) }
)

const makeLevel = (parent: Level | undefined): Level => ({
  parent,
  pending: new Map(),
  callbacks: [],
  savepoints: Semaphore.makeUnsafe(1),
  open: true
})

/** Whether a level and every level around it may still be written to. */
export const isOpen = (level: Level): boolean => level.open && (level.parent === undefined || isOpen(level.parent))

/** The defect of a fibre that outlives its transaction and still uses it. */
export const ended: Effect.Effect<never> = Effect.die(
  new Error("The transaction has already ended: a fibre that outlives Atomic.run must not use its stores")
)

/** The writes that one participant has pending in one level, opened on first use. */
export const pendingOf = <Pending extends PendingWrites>(level: Level, participant: Participant<Pending>): Pending => {
  const known = level.pending.get(participant)
  // Only this function adds to the map, and only what the same participant began.
  if (known !== undefined) return known as Pending
  const fresh = participant.begin(level.parent === undefined ? undefined : pendingOf(level.parent, participant))
  level.pending.set(participant, fresh)
  return fresh
}

const close = (level: Level, committed: boolean): void => {
  level.open = false
  if (!committed) {
    level.callbacks.length = 0
    return
  }
  for (const writes of level.pending.values()) writes.settle()
  level.parent?.callbacks.push(...level.callbacks)
}

const runCallback = <R>(effect: Effect.Effect<void, never, R>): Effect.Effect<void, never, R> =>
  Effect.ignoreCause(effect, { log: "Unhandled", message: "Unhandled defect in an Atomic.afterCommit callback" })

/** Whether the level commits is decided by how the effect ends, in one step that no interruption cuts. */
const runLevel = <A, E, R>(level: Level, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.onExit(restore(Effect.provideService(effect, CurrentLevel, level)), (exit) =>
      Effect.sync(() => close(level, Exit.isSuccess(exit)))
    )
  )

const runOutermost = <A, E, R>(lock: Semaphore.Semaphore, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.uninterruptibleMask((restore) => {
    const level = makeLevel(undefined)
    // Callbacks are left only when the level has committed, even if an interruption came right after.
    return Effect.onExit(restore(lock.withPermit(runLevel(level, effect))), () =>
      Effect.forEach(level.callbacks, runCallback, { discard: true })
    )
  })

const runSavepoint = <A, E, R>(parent: Level, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  // Savepoints of one level nest strictly, so siblings in concurrent fibres take turns.
  parent.savepoints.withPermit(Effect.suspend(() => runLevel(makeLevel(parent), effect)))

/** Runs an effect as a memory transaction, or as a savepoint of the one already running; see `Atomic.run`. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    const parent = fiber.getRef(CurrentLevel)
    if (parent === undefined) return runOutermost(fiber.getRef(WriterLock), effect)
    return isOpen(parent) ? runSavepoint(parent, effect) : ended
  })

/** Whether the running fibre is inside a memory transaction; see `Atomic.inTransaction`. */
export const inTransaction: Effect.Effect<boolean> = Effect.map(CurrentLevel, (level) => level !== undefined)

/** Defers an effect until the running memory transaction has committed; see `Atomic.afterCommit`. */
export const afterCommit = <R>(effect: Effect.Effect<void, never, R>): Effect.Effect<void, never, R> =>
  Effect.contextWith((context: Context.Context<R>) =>
    Effect.withFiber((fiber) => {
      const level = fiber.getRef(CurrentLevel)
      if (level === undefined) return runCallback(effect)
      if (!isOpen(level)) return ended
      // Runs later with the services of now, but no longer inside the transaction.
      level.callbacks.push(Effect.provideContext(Effect.provideService(effect, CurrentLevel, undefined), context))
      return Effect.void
    })
  )
