import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { AuditTrail } from "../audit/AuditTrail.ts"
import { changes } from "../audit/changes.ts"
import { Actor, asSystem, type NotPermitted } from "../core/Actor.ts"
import { Atomic } from "../core/Atomic.ts"
import { Ledger } from "../ledger/Ledger.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import { AccountHolders } from "./AccountHolders.ts"
import * as BankAccess from "./BankAccess.ts"
import { BankBooks } from "./BankBooks.ts"
import { BankCalendar } from "./BankCalendar.ts"
import type { DepositAccountId } from "./DepositAccount.ts"
import { DepositAccountStore } from "./DepositAccountStore.ts"
import { DepositProducts } from "./DepositProducts.ts"
import { DayNotOver } from "./DepositRefusal.ts"
import { makeDepositDays } from "./internal/depositDays.ts"

/** What the end of a day did. */
export interface EndOfDayReport {
  readonly through: LocalDate
  /** How many accounts were taken through the day by this run; those that were there already are not counted. */
  readonly accounts: number
  /** Accounts that could not be taken, each logged with its cause; the next run tries them again. */
  readonly failed: ReadonlyArray<DepositAccountId>
}

/**
 * Use case: the end of the bank's days. It takes every account of the actor's tenant that is not closed through a day:
 * the fees of a month on its first day, interest accrued for each day and booked, interest posted when it is due, and
 * corrections of days gone by for what was booked since with an earlier value date.
 *
 * Days missed are caught up in their order. Each step of an account, a month at most, is one transaction with the place
 * to go on from: a run that was stopped anywhere is simply run again, any number at once, and nothing happens twice. An
 * account that cannot be taken does not stop the others. The end of a day may be run on its evening; what is booked with
 * its date afterwards is corrected by the next.
 */
export class DepositEndOfDay extends Context.Service<
  DepositEndOfDay,
  {
    /** Needs `bank:manage`. */
    readonly run: (through: LocalDate) => Effect.Effect<EndOfDayReport, DayNotOver | NotPermitted, Actor>
  }
>()("saldo/banking/DepositEndOfDay") {
  /** Over the accounts in the store in scope. */
  static readonly layer: Layer.Layer<
    DepositEndOfDay,
    never,
    AccountHolders | Atomic | AuditTrail | BankBooks | BankCalendar | DepositAccountStore | DepositProducts | Ledger
  > = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

/** How many accounts are asked for at once. */
const batch = 200

const make = Effect.gen(function* () {
  const store = yield* DepositAccountStore
  const calendar = yield* BankCalendar
  const ledger = yield* Ledger
  const audit = yield* AuditTrail
  const atomic = yield* Atomic
  const days = makeDepositDays({
    ledger,
    store,
    bankBooks: yield* BankBooks,
    holders: yield* AccountHolders,
    products: yield* DepositProducts
  })

  /** One step of an account, and whether another one is left. */
  const step = (tenant: string, id: DepositAccountId, through: LocalDate) =>
    atomic.runLocking(
      Effect.gen(function* () {
        const [account] = yield* store.lock(tenant, [id])
        if (account === undefined || account.state === "closed" || account.accrual.state.nextOn > through) return false
        const taken = yield* days.step(account, through)
        yield* store.save(taken)
        yield* audit.record({
          action: "banking.end-day",
          subject: { type: "deposit-account", id },
          changes: changes({ nextOn: account.accrual.state.nextOn }, { nextOn: taken.accrual.state.nextOn })
        })
        return taken.accrual.state.nextOn <= through
      })
    )

  const take = (tenant: string, id: DepositAccountId, through: LocalDate) =>
    step(tenant, id, through).pipe(
      Effect.repeat({ while: (more) => more }),
      Effect.as(true),
      Effect.catchCauseIf(Predicate.not(Cause.hasInterrupts), (cause) =>
        Effect.logError("The end of day failed for an account and will be tried again", cause).pipe(
          Effect.annotateLogs({ tenant, accountId: id }),
          Effect.as(false)
        )
      )
    )

  return DepositEndOfDay.of({
    run: Effect.fn("DepositEndOfDay.run")(function* (through) {
      yield* Actor.require(BankAccess.managePermission)
      const { tenant } = yield* Actor
      const today = yield* calendar.today
      if (through > today) return yield* new DayNotOver({ through, today })
      const failed: Array<DepositAccountId> = []
      let accounts = 0
      let due = yield* store.due({ tenant, through, limit: batch })
      for (let last = due.at(-1); last !== undefined; last = due.at(-1)) {
        for (const id of due) {
          const taken = yield* take(tenant, id, through).pipe(asSystem(tenant))
          if (taken) accounts += 1
          else failed.push(id)
        }
        due = yield* store.due({ tenant, through, limit: batch, after: last })
      }
      return { through, accounts, failed }
    })
  })
})
