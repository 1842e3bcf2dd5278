/**
 * What the bank does by itself, as long as the process lives.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { Customers } from "saldo/banking/Customers"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import { asSystem } from "saldo/core/Actor"
import { Idempotency } from "saldo/core/Idempotency"
import { workerTurn } from "saldo/core/WorkerTurn"
import { IdentityMail } from "saldo/identity/IdentityMail"
import { Sessions } from "saldo/identity/Sessions"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { Users } from "saldo/identity/Users"
import { Ledger } from "saldo/ledger/Ledger"
import { WebhookDispatch } from "saldo/notifications/WebhookDispatch"
import * as LocalDate from "saldo/time/LocalDate"
import { tenant } from "./offer.ts"

/** Takes the accounts through yesterday: at start, for the days on which nothing ran, and then soon after each midnight. */
const endOfDay = Layer.effectDiscard(
  Effect.gen(function* () {
    const [days, calendar] = [yield* DepositEndOfDay, yield* BankCalendar]
    const through = Effect.gen(function* () {
      yield* days.run(LocalDate.addDays(yield* calendar.today, -1))
    })
    yield* through.pipe(
      asSystem(tenant),
      workerTurn("end-of-day"),
      Effect.catchCause((cause) => Effect.logWarning("The end of the day did not run and will be tried again", cause)),
      Effect.repeat(Schedule.spaced("10 minutes")),
      Effect.forkScoped
    )
  })
)

/** Everything that runs by the clock. Any number of processes may. */
export const layer = Layer.mergeAll(
  AuditTrail.layerSealing,
  Ledger.layerExpiry,
  Customers.layerExpiry,
  Payments.layerWorker,
  PaymentPlans.layerWorker,
  endOfDay,
  Idempotency.layerPurge,
  Sessions.layerPurge,
  SigningKeys.layerKeeping,
  Users.layerPurge,
  IdentityMail.layerDelivery,
  WebhookDispatch.layerTelling()
)
