import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import * as Id from "../core/Id.ts"
import type * as Page from "../core/Page.ts"
import {
  type Approval,
  type ApprovalId,
  ApprovalNotFound,
  type ApprovalRefusal,
  type ApprovalSubject,
  type ApprovalVerdict
} from "./Approval.ts"
import { decided, expired, withdrawn } from "./approvalDecision.ts"
import { ApprovalStore } from "./ApprovalStore.ts"
import { anyCustomerPermission, approvePermission } from "./BankAccess.ts"

/** What to ask consent to. */
export interface ApprovalRequest {
  readonly subject: ApprovalSubject
  /** How long others have to decide. */
  readonly within: Duration.Input
  /** Who asks: whoever acts, when left out. Named where one acts on what another asked for earlier, as a worker does. */
  readonly requestedBy?: string
}

/**
 * Use case: consent by a second person, for any kind of thing.
 *
 * What asked for consent decides what follows from it, in the same transaction: call these inside the `Atomic.runLocking`
 * of the act that the consent is for. Deciding needs `bank:approve`; whoever asked can never decide, and what a decision
 * is about is for the caller to show and to guard. An approval ends once, and each end is recorded.
 */
export class Approvals extends Context.Service<
  Approvals,
  {
    readonly request: (request: ApprovalRequest) => Effect.Effect<Approval, never, Actor>
    readonly decide: (
      id: ApprovalId,
      verdict: ApprovalVerdict
    ) => Effect.Effect<Approval, ApprovalRefusal | NotPermitted, Actor>
    /** Ends one that waits because nobody wants it any more; gives it as it stands. */
    readonly withdraw: (id: ApprovalId) => Effect.Effect<Approval, ApprovalNotFound, Actor>
    /** Ends one whose time has run out; gives it as it stands. */
    readonly expire: (id: ApprovalId) => Effect.Effect<Approval, ApprovalNotFound, Actor>
    /** Those of all tenants whose time has run out and which nobody has ended yet. */
    readonly overdue: (subjectType: string, limit: number) => Effect.Effect<ReadonlyArray<Approval>>
    /**
     * Those that wait in the actor's tenant, oldest first. Needs `bank:approve` and `bank:any-customer`, as an approval does not
     * say whose it is; whoever acts for one customer finds what waits in the list of what is waited for.
     */
    readonly waiting: (
      subjectType: string,
      page?: Page.PageRequest
    ) => Effect.Effect<Page.Page<Approval>, NotPermitted | Page.InvalidCursor | Page.CursorMismatch, Actor>
    readonly find: (id: ApprovalId) => Effect.Effect<Approval, ApprovalNotFound, Actor>
  }
>()("saldo/banking/Approvals") {
  /** Approvals in the store in scope. */
  static readonly layer: Layer.Layer<Approvals, never, ApprovalStore | Atomic | AuditTrail> = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const store = yield* ApprovalStore
  const atomic = yield* Atomic
  const audit = yield* AuditTrail

  const present = (id: ApprovalId) => (found: Option.Option<Approval>) =>
    Effect.mapError(Effect.fromOption(found), () => new ApprovalNotFound({ approvalId: id }))

  const locked = (id: ApprovalId) =>
    Effect.flatMap(Actor, ({ tenant }) => Effect.flatMap(store.lock(tenant, id), present(id)))

  const end = Effect.fnUntraced(function* (before: Approval, after: Approval) {
    if (before === after) return before
    const ended = yield* store.end(after)
    if (!ended) return yield* Effect.die(new RangeError(`The approval ${after.id} ended while it was locked`))
    yield* audit.record({
      action: `banking.approval-${after.state}`,
      subject: { type: "approval", id: after.id },
      changes: changes(before, after)
    })
    return after
  })

  const request = Effect.fn("Approvals.request")(function* ({ requestedBy, subject, within }: ApprovalRequest) {
    const actor = yield* Actor
    const now = yield* DateTime.now
    const approval: Approval = {
      id: yield* Id.make("appr"),
      tenant: actor.tenant,
      subject,
      requestedBy: requestedBy ?? actor.id,
      requestedAt: now,
      expiresAt: DateTime.add(now, { milliseconds: Duration.toMillis(within) }),
      state: "waiting",
      decidedBy: null,
      decidedAt: null,
      comment: null
    }
    yield* atomic.runLocking(
      Effect.gen(function* () {
        yield* store.insert(approval)
        yield* audit.record({
          action: "banking.request-approval",
          subject: { type: "approval", id: approval.id },
          changes: changes(null, approval)
        })
      })
    )
    return approval
  })

  const decide = Effect.fn("Approvals.decide")(function* (id: ApprovalId, verdict: ApprovalVerdict) {
    yield* Actor.require(approvePermission)
    return yield* atomic.runLocking(
      Effect.gen(function* () {
        const approval = yield* locked(id)
        const { id: by } = yield* Actor
        return yield* end(approval, yield* Effect.fromResult(decided(approval, verdict, by, yield* DateTime.now)))
      })
    )
  })

  return Approvals.of({
    request,
    decide,
    withdraw: Effect.fn("Approvals.withdraw")(function* (id) {
      return yield* atomic.runLocking(
        Effect.gen(function* () {
          const approval = yield* locked(id)
          return yield* end(approval, withdrawn(approval, (yield* Actor).id, yield* DateTime.now))
        })
      )
    }),
    expire: Effect.fn("Approvals.expire")(function* (id) {
      return yield* atomic.runLocking(
        Effect.gen(function* () {
          const approval = yield* locked(id)
          return yield* end(approval, expired(approval, yield* DateTime.now))
        })
      )
    }),
    overdue: (subjectType, limit) => Effect.flatMap(DateTime.now, (now) => store.overdue(subjectType, now, limit)),
    waiting: Effect.fn("Approvals.waiting")(function* (subjectType, page = {}) {
      yield* Actor.require(approvePermission)
      yield* Actor.require(anyCustomerPermission)
      return yield* store.waiting((yield* Actor).tenant, subjectType, page)
    }),
    find: (id) => Effect.flatMap(Actor, ({ tenant }) => Effect.flatMap(store.find(tenant, id), present(id)))
  })
})
