/**
 * How the ledger's commands reach its store: each with its record in the audit trail, in one transaction, and those that come
 * at the same time together.
 */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import type * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { AuditEntry, Change } from "../../audit/AuditRecord.ts"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { recorderOf } from "../../audit/internal/recorders.ts"
import type { Actor } from "../../core/Actor.ts"
import type { Atomic } from "../../core/Atomic.ts"
import type { LocalDate } from "../../time/LocalDate.ts"
import type { EntryId } from "../JournalEntry.ts"
import type { LedgerCommand } from "../LedgerCommand.ts"
import type { CommitOutcome, LedgerStore } from "../LedgerStore.ts"
import { type Decided, recordedCommitsOf } from "./recordedCommits.ts"

/** A command on its way, with who sends it. */
export interface Sent {
  readonly command: LedgerCommand
  readonly context: Context.Context<Actor>
}

/** When commands arrived, and where. */
export interface Arrival {
  readonly tenant: string
  readonly now: DateTime.Utc
  readonly today: LocalDate
}

const verbs = {
  Post: "post",
  PlaceHold: "hold",
  Capture: "capture",
  VoidHold: "void",
  ExpireHold: "expire",
  Reverse: "reverse"
} as const

const actionOf = ({ operations }: LedgerCommand): AuditEntry["action"] => {
  const [first] = operations
  const same = first !== undefined && operations.every(({ _tag }) => _tag === first._tag)
  return same ? `ledger.${verbs[first._tag]}` : "ledger.commit"
}

const booked = (path: string, id: EntryId): Change => ({ path, redaction: "internal", after: id })

/** What the trail says of a command: the journal has the rest. */
const entryOf = (command: LedgerCommand, decided: Decided): AuditEntry => {
  const subject = { type: "ledger-command", id: command.key }
  const action = actionOf(command)
  return Result.isFailure(decided)
    ? { action, subject, outcome: "refused", reason: decided.failure._tag }
    : { action, subject, changes: decided.success.map((id, index) => booked(`/entries/${index}/id`, id)) }
}

const draftOf = (audit: AuditTrail["Service"], { command, context }: Sent, decided: Decided) =>
  Effect.provideContext(audit.draft(entryOf(command, decided)), context)

/** What came of a command now; a replay did nothing. */
const decidedNow = (outcome: CommitOutcome | undefined): Option.Option<Decided> => {
  if (outcome === undefined) return Option.none()
  if (Result.isFailure(outcome)) {
    return outcome.failure.replayed ? Option.none() : Option.some(Result.fail(outcome.failure.reason))
  }
  return outcome.success.replayed
    ? Option.none()
    : Option.some(Result.succeed(outcome.success.entries.map(({ id }) => id)))
}

/** Carries out commands and records what came of each, together; a replay is not recorded. */
export const makeCommitTogether = (
  store: LedgerStore["Service"],
  audit: AuditTrail["Service"],
  atomic: Atomic["Service"]
) => {
  const requestOf = (arrival: Arrival, sent: ReadonlyArray<Sent>) => ({
    ...arrival,
    commands: sent.map(({ command }) => command)
  })

  const inTransaction = (arrival: Arrival, sent: ReadonlyArray<Sent>) =>
    atomic.runLocking(
      Effect.gen(function* () {
        const outcomes = yield* store.commit(requestOf(arrival, sent))
        const drafts = yield* Effect.forEach(sent, (one, index) =>
          Option.match(decidedNow(outcomes[index]), {
            onNone: () => Effect.succeedNone,
            onSome: (decided) => Effect.asSome(draftOf(audit, one, decided))
          })
        )
        yield* audit.append(drafts.filter(Option.isSome).map(({ value }) => value))
        return outcomes
      })
    )

  const recorded = recordedCommitsOf(store)
  const recorder = recorderOf(audit)
  if (recorded === undefined || recorder === undefined) return inTransaction
  if (recorded.atomic !== atomic || !recorded.takes(recorder)) return inTransaction

  const alone = (arrival: Arrival, sent: ReadonlyArray<Sent>) =>
    recorded.commit(requestOf(arrival, sent), recorder, (decided) =>
      Effect.forEach(Arr.zip(sent, decided), ([one, each]) => draftOf(audit, one, each))
    )

  return (arrival: Arrival, sent: ReadonlyArray<Sent>): Effect.Effect<ReadonlyArray<CommitOutcome>> =>
    Effect.flatMap(atomic.inTransaction, (open) =>
      open
        ? inTransaction(arrival, sent)
        : Effect.flatMap(
            alone(arrival, sent),
            Option.match({ onNone: () => inTransaction(arrival, sent), onSome: Effect.succeed })
          )
    )
}

/** What became of a command whose batch was carried out. */
type Answer = Exit.Exit<CommitOutcome>

/** A command that waits for its turn. */
interface Waiting extends Sent {
  /** Done when it is its turn to lead the next batch, or with its answer when another led its batch. */
  readonly news: Deferred.Deferred<Answer | "lead">
  /** What became of it, once its batch was carried out. */
  answer: Answer | undefined
  /** Done with the answer when it led another batch while its own was carried out. */
  late: Deferred.Deferred<Answer> | undefined
  /** Whether it holds one of the places of leaders, which it must pass on. */
  leads: boolean
}

interface Queue {
  /** How many lead a batch or are about to. */
  running: number
  waiting: Array<Waiting>
}

/** How many commands of a tenant are carried out together at most. */
const largestBatch = 100

/** How many batches of a tenant are on their way at once: while one waits for the disk, the next is prepared. */
const batchesAtOnce = 2

/** The first commands in the queue that have different keys; the others keep their order. */
const takeBatch = (queue: Queue): ReadonlyArray<Waiting> => {
  const keys = new Set<string>()
  const batch: Array<Waiting> = []
  const left: Array<Waiting> = []
  for (const one of queue.waiting) {
    if (batch.length === largestBatch || keys.has(one.command.key)) left.push(one)
    else batch.push(one)
    keys.add(one.command.key)
  }
  queue.waiting = left
  return batch
}

/**
 * Carries out single commands: alone when nothing else is under way, and otherwise together with those of the same tenant
 * that wait meanwhile, so that many callers share one transaction. Whoever comes first leads; no fibre runs in the background.
 */
export const makeCommitAlone = (
  commitTogether: ReturnType<typeof makeCommitTogether>,
  arrive: (tenant: string) => Effect.Effect<Arrival>
) => {
  const queues = new Map<string, Queue>()

  const run = (tenant: string, batch: ReadonlyArray<Waiting>): Effect.Effect<Exit.Exit<ReadonlyArray<CommitOutcome>>> =>
    Effect.exit(Effect.flatMap(arrive(tenant), (arrival) => commitTogether(arrival, batch)))

  const settle = (batch: ReadonlyArray<Waiting>, exit: Exit.Exit<ReadonlyArray<CommitOutcome>>) =>
    Effect.sync(() => {
      for (const [index, one] of batch.entries()) {
        const outcome = Exit.isSuccess(exit) ? exit.value[index] : undefined
        one.answer = Exit.isFailure(exit)
          ? Exit.failCause(exit.cause)
          : outcome === undefined
            ? Exit.die(new RangeError("The store gave fewer outcomes than it got commands"))
            : Exit.succeed(outcome)
        Deferred.doneUnsafe(one.news, Effect.succeed(one.answer))
        if (one.late !== undefined) Deferred.doneUnsafe(one.late, Effect.succeed(one.answer))
      }
    })

  const passOn = (tenant: string, queue: Queue) =>
    Effect.sync(() => {
      const next = queue.waiting.find(({ leads }) => !leads)
      if (next === undefined) {
        queue.running -= 1
        if (queue.running === 0) queues.delete(tenant)
        return
      }
      next.leads = true
      Deferred.doneUnsafe(next.news, Effect.succeed("lead"))
    })

  const lead = Effect.fnUntraced(function* (tenant: string, queue: Queue, leader: Waiting) {
    do {
      // Those that a finished batch has set free come back in the same turn: they go together.
      yield* Effect.yieldNow
      const batch = takeBatch(queue)
      if (batch.length === 0) continue
      const exit = yield* run(tenant, batch)
      if (Exit.isFailure(exit) && batch.length > 1 && !Cause.hasInterrupts(exit.cause)) {
        // One command may have brought the others down. Their keys make it safe to try each again by itself.
        for (const one of batch) yield* settle([one], yield* run(tenant, [one]))
      } else yield* settle(batch, exit)
      // One with its key may have gone first. Nobody else leads a leader, so it stays until it has gone itself.
    } while (queue.waiting.includes(leader))
    yield* passOn(tenant, queue)
  })

  const withdraw = (tenant: string, queue: Queue, one: Waiting) =>
    Effect.suspend(() => {
      queue.waiting = queue.waiting.filter((each) => each !== one)
      return one.leads ? passOn(tenant, queue) : Effect.void
    })

  const carriedOut = (one: Waiting): Effect.Effect<CommitOutcome> =>
    Effect.suspend(() => {
      if (one.answer !== undefined) return one.answer
      one.late = Deferred.makeUnsafe()
      return Effect.flatMap(Deferred.await(one.late), (answer) => answer)
    })

  const answered = (tenant: string, queue: Queue, one: Waiting, news: Answer | "lead"): Effect.Effect<CommitOutcome> =>
    news === "lead" ? Effect.andThen(lead(tenant, queue, one), carriedOut(one)) : news

  return (sent: Sent, tenant: string): Effect.Effect<CommitOutcome> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.suspend(() => {
        const queue = queues.get(tenant) ?? { running: 0, waiting: [] }
        queues.set(tenant, queue)
        const leads = queue.running < batchesAtOnce
        const one: Waiting = { ...sent, news: Deferred.makeUnsafe(), answer: undefined, late: undefined, leads }
        queue.waiting.push(one)
        if (leads) {
          queue.running += 1
          return answered(tenant, queue, one, "lead")
        }
        return restore(Deferred.await(one.news)).pipe(
          Effect.onInterrupt(() => withdraw(tenant, queue, one)),
          Effect.flatMap((news) => answered(tenant, queue, one, news))
        )
      })
    )
}
