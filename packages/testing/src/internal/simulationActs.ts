/**
 * What people say to a simulated bank, the same each time they say it.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Customers } from "saldo/banking/Customers"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { DepositTransactions } from "saldo/banking/DepositTransactions"
import { ReasonCode } from "saldo/banking/Kyc"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { sha256 } from "saldo/core/sha256"
import { Ledger } from "saldo/ledger/Ledger"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { type BankServices, current, customer, savings, staff, tenant } from "../SimulationBank.ts"
import { dateOf } from "./simulationInterest.ts"
import { personalNumber, receivers } from "./simulationPeople.ts"
import type { Act, Person, PlannedAction } from "./simulationPlan.ts"
import { captured } from "./simulationTally.ts"
import type { Answer, World } from "./simulationWorld.ts"

type Saying = Effect.Effect<ReadonlyArray<Answer>, never, BankServices>
type Of<Name extends Act["act"]> = Extract<Act, { readonly act: Name }>

const sek = (amount: bigint) => Money.fromMinor(amount, "SEK")
const system = Actor.system(tenant)

/** A name that the plan uses and nobody knows is a mistake of the simulation. */
const known = <A>(found: A | undefined, what: string): A => {
  if (found === undefined) throw new RangeError(`The plan names ${what}, which nobody knows`)
  return found
}

const all = (...commands: ReadonlyArray<Effect.Effect<Answer, never, BankServices>>): Saying => Effect.all(commands)

/** Everything that can be said about an action of a plan. */
class Speaker {
  readonly world: World
  readonly action: PlannedAction

  constructor(world: World, action: PlannedAction) {
    this.world = world
    this.action = action
  }

  /** What came of a command, in words. Whoever is told to wait, waits: for who came first, or for what that one has left. */
  private told<A, E extends { readonly _tag: string }>(
    command: Effect.Effect<A, E, BankServices>,
    value: (done: A) => string
  ): Effect.Effect<Answer, never, BankServices> {
    const { clock } = this.world
    const wait = this.action.twice
      ? Effect.sleep("5 millis")
      : Effect.sync(() => {
          clock.now += 61_000
        })
    return Effect.match(command, {
      onSuccess: (done): Answer => ({ outcome: "done", value: value(done) }),
      onFailure: ({ _tag }): Answer => ({ outcome: _tag, value: "" })
    }).pipe(
      Effect.tap(({ outcome }) => (outcome === "CommandInProgress" ? wait : Effect.void)),
      Effect.repeat({ while: ({ outcome }) => outcome === "CommandInProgress" })
    )
  }

  key(part = 0): CommandKey {
    return CommandKey.make(`action ${this.action.number} ${part}`)
  }

  private customerId(number: number) {
    return known(this.world.notes.customers.get(number), `customer ${number}`)
  }

  private account(number: number) {
    return known(this.world.notes.accounts.get(number), `account ${number}`)
  }

  private person(who: Person) {
    return typeof who === "number" ? customer(this.customerId(who)) : staff[who]
  }

  private passport(knownFor: number) {
    const { day, number } = this.action
    const expiresOn = LocalDate.addDays(dateOf(day), knownFor)
    return { kind: "passport" as const, digest: sha256(`passport ${number}`), expiresOn }
  }

  join({ customer: number, knownFor }: Of<"join">): Saying {
    const { notes } = this.world
    const officer = Actor.as(staff.officer)
    const register = Customers.use((customers) =>
      customers.register({
        key: this.key(),
        kind: "person",
        registration: { scheme: "SwedishPersonalNumber", number: Redacted.make(personalNumber(number)) },
        details: { name: Redacted.make(`Customer ${number}`) }
      })
    ).pipe(
      Effect.tap(({ id }) => Effect.sync(() => notes.customers.set(number, id))),
      officer
    )
    const documents = [
      this.passport(knownFor),
      { kind: "proof-of-address" as const, digest: sha256(`bill ${number}`), expiresOn: null }
    ]
    const submit = Customers.use((customers) => {
      const customerId = this.customerId(number)
      return customers.submitDocuments({ key: this.key(1), customerId, documents }).pipe(Actor.as(customer(customerId)))
    })
    const verify = Customers.use((customers) =>
      customers.verify({ key: this.key(2), customerId: this.customerId(number) })
    ).pipe(officer)
    const activate = Customers.use((customers) =>
      customers.activate({ key: this.key(3), customerId: this.customerId(number) })
    ).pipe(officer)
    const open = (place: 0 | 1) =>
      DepositAccounts.use((accounts) =>
        accounts.open({
          key: this.key(4 + place),
          customerId: this.customerId(number),
          productId: (place === 0 ? current : savings).id
        })
      ).pipe(
        Effect.tap((account) => Effect.sync(() => notes.accounts.set(2 * number + place, account))),
        officer
      )
    const own = (command: typeof verify | typeof submit) => this.told(command, ({ id }) => id)
    return all(
      this.told(register, ({ id }) => id),
      own(submit),
      own(verify),
      own(activate),
      this.told(open(0), ({ id }) => id),
      this.told(open(1), ({ id }) => id)
    )
  }

  renew({ customer: number, knownFor }: Of<"renew">): Saying {
    const customerId = this.customerId(number)
    const submit = Customers.use((customers) =>
      customers.submitDocuments({ key: this.key(), customerId, documents: [this.passport(knownFor)] })
    )
    const verify = Customers.use((customers) => customers.verify({ key: this.key(1), customerId }))
    return all(
      this.told(submit.pipe(Actor.as(staff.officer)), ({ id }) => id),
      this.told(verify.pipe(Actor.as(staff.officer)), ({ id }) => id)
    )
  }

  restrict({ act, customer: number }: Of<"restrict" | "lift">): Saying {
    const order = { key: this.key(), customerId: this.customerId(number), reason: ReasonCode.make("complaint") }
    const command = Customers.use((customers) => customers[act](order)).pipe(Actor.as(staff.officer))
    return all(this.told(command, ({ id }) => id))
  }

  leave({ customer: number, to }: Of<"leave">): Saying {
    const customerId = this.customerId(number)
    const close = (part: number, from: number) =>
      DepositAccounts.use((accounts) =>
        accounts.close({ key: this.key(part), accountId: this.account(from).id, to: this.account(to).id })
      ).pipe(Actor.as(staff.officer))
    const part = Customers.use((customers) => customers.close({ key: this.key(2), customerId })).pipe(
      Actor.as(staff.officer)
    )
    const erase = Customers.use((customers) => customers.erase({ key: this.key(3), customerId })).pipe(
      Actor.as(staff.officer)
    )
    return all(
      this.told(close(0, 2 * number + 1), ({ id }) => id),
      this.told(close(1, 2 * number), ({ id }) => id),
      this.told(part, ({ id }) => id),
      this.told(erase, ({ id }) => id)
    )
  }

  private receipt(command: Effect.Effect<{ readonly entryId: string }, { readonly _tag: string }, BankServices>) {
    return all(this.told(command, ({ entryId }) => entryId))
  }

  cash({ account, act, amount }: Of<"deposit" | "withdraw">): Saying {
    const order = { key: this.key(), accountId: this.account(account).id, amount: sek(amount) }
    return this.receipt(
      DepositTransactions.use((transactions) => transactions[act](order)).pipe(Actor.as(staff.officer))
    )
  }

  transfer({ amount, by, from, to }: Of<"transfer">): Saying {
    const order = { key: this.key(), from: this.account(from).id, to: this.account(to).id, amount: sek(amount) }
    return this.receipt(
      DepositTransactions.use((transactions) => transactions.transfer(order)).pipe(Actor.as(this.person(by)))
    )
  }

  private booked(
    use: (
      ledger: Ledger["Service"]
    ) => Effect.Effect<{ readonly id: string }, { readonly _tag: string }, BankServices | Actor.Actor>
  ): Saying {
    return all(this.told(Ledger.use(use).pipe(Actor.as(system)), ({ id }) => id))
  }

  reserve({ account, amount, days }: Of<"reserve">): Saying {
    const { cards, notes } = this.world
    return this.booked((ledger) =>
      ledger.placeHold({
        key: this.key(),
        holdId: known(notes.holds.get(this.action.number), "a hold"),
        debit: this.account(account).ledgerAccountId,
        credit: known(cards, "the account of cards"),
        amount: sek(amount),
        expiresAfterMs: days * 86_400_000
      })
    )
  }

  capture({ of, percent }: Of<"capture">): Saying {
    const { notes, plan } = this.world
    const act = plan.get(of)?.act
    const amount = act?.act === "reserve" ? captured(act.amount, percent) : 1n
    const holdId = known(notes.holds.get(of), `hold ${of}`)
    return this.booked((ledger) => ledger.capture({ key: this.key(), holdId, amount: sek(amount) }))
  }

  release({ of }: Of<"release">): Saying {
    const holdId = known(this.world.notes.holds.get(of), `hold ${of}`)
    return this.booked((ledger) => ledger.voidHold({ key: this.key(), holdId }))
  }

  reverse({ backdated, of }: Of<"reverse">): Saying {
    const { notes, plan } = this.world
    const day = backdated ? (plan.get(of)?.day ?? this.action.day) : this.action.day
    const entryId = known(notes.entries.get(of), `the entry of ${of}`)
    return this.booked((ledger) => ledger.reverse({ key: this.key(), entryId, valueOn: dateOf(day) }))
  }

  pay({ account, amount, by, inDays, to }: Of<"pay">): Saying {
    const { notes } = this.world
    const { day, number } = this.action
    const wish = {
      key: this.key(),
      accountId: this.account(account).id,
      amount: sek(amount),
      creditor: known(receivers[to], `receiver ${to}`),
      executeOn: dateOf(day + inDays)
    }
    const command = Payments.use((payments) => payments.create(wish)).pipe(Actor.as(this.person(by)))
    return all(
      this.told(command, ({ endToEndId, id }) => {
        notes.orders.set(number, id)
        notes.references.set(endToEndId, number)
        return id
      })
    )
  }

  schedule({ account, amount, by, every, inDays, times, to }: Of<"schedule">): Saying {
    const { notes } = this.world
    const { day, number } = this.action
    const terms = {
      key: this.key(),
      accountId: this.account(account).id,
      amount: sek(amount),
      creditor: known(receivers[to], `receiver ${to}`),
      schedule: {
        startOn: dateOf(day + inDays),
        recurrence: { kind: "weeks", every },
        ends: { kind: "after", payments: times },
        adjustment: "unadjusted",
        skipped: [],
        pauses: []
      }
    } as const
    const command = PaymentPlans.use((plans) => plans.create(terms)).pipe(Actor.as(this.person(by)))
    return all(
      this.told(command, ({ id }) => {
        notes.schedules.set(number, id)
        return id
      })
    )
  }

  unschedule({ of }: Of<"unschedule">): Saying {
    const { notes, schedules } = this.world
    const id = known(notes.schedules.get(of), `standing order ${of}`)
    const owner = schedules.all.get(of)?.account.owner ?? -1
    const command = PaymentPlans.use((plans) => plans.cancel({ key: this.key(), id })).pipe(
      Actor.as(this.person(owner))
    )
    return all(this.told(command, (plan) => plan.id))
  }

  decide({ approve, by, of }: Of<"decide">): Saying {
    const { orders, schedules } = this.world.notes
    const [key, who] = [this.key(), Actor.as(this.person(by))]
    const plan = schedules.get(of)
    if (plan !== undefined) {
      const decision = { key, id: plan, approve, comment: null }
      return all(this.told(PaymentPlans.use((plans) => plans.decide(decision)).pipe(who), ({ id }) => id))
    }
    const decision = { key, id: known(orders.get(of), `payment ${of}`), approve, comment: null }
    return all(this.told(Payments.use((payments) => payments.decide(decision)).pipe(who), ({ id }) => id))
  }

  cancel({ of }: Of<"cancel">): Saying {
    const { notes, orders } = this.world
    const id = known(notes.orders.get(of), `payment ${of}`)
    const owner = orders.all.get(of)?.account.owner ?? -1
    const command = Payments.use((payments) => payments.cancel({ key: this.key(), id })).pipe(
      Actor.as(this.person(owner))
    )
    return all(this.told(command, (order) => order.id))
  }

  /** A round of everything that the bank does by the clock. */
  work(): Saying {
    return Effect.gen(function* () {
      const [customers, ledger] = [yield* Customers, yield* Ledger]
      const [payments, plans] = [yield* Payments, yield* PaymentPlans]
      yield* Effect.repeat(ledger.expireHolds(), { while: (ended) => ended > 0 })
      yield* Effect.repeat(customers.expireApprovals(), { while: (ended) => ended > 0 })
      yield* plans.work()
      yield* payments.work()
      return [{ outcome: "done", value: "" }]
    })
  }

  endOfDay(): Saying {
    return DepositEndOfDay.use((days) => days.run(dateOf(this.action.day))).pipe(
      Actor.as(staff.officer),
      Effect.match({
        onSuccess: ({ failed }) => [{ outcome: failed.length === 0 ? "done" : "left some out", value: "" }],
        onFailure: ({ _tag }) => [{ outcome: _tag, value: "" }]
      })
    )
  }
}

/** Says what an action is about, and gives what was answered. */
export const say = (world: World, action: PlannedAction): Saying => {
  const speaker = new Speaker(world, action)
  const { act } = action
  switch (act.act) {
    case "join":
      return speaker.join(act)
    case "renew":
      return speaker.renew(act)
    case "restrict":
    case "lift":
      return speaker.restrict(act)
    case "leave":
      return speaker.leave(act)
    case "deposit":
    case "withdraw":
      return speaker.cash(act)
    case "transfer":
      return speaker.transfer(act)
    case "reserve":
      return speaker.reserve(act)
    case "capture":
      return speaker.capture(act)
    case "release":
      return speaker.release(act)
    case "reverse":
      return speaker.reverse(act)
    case "pay":
      return speaker.pay(act)
    case "schedule":
      return speaker.schedule(act)
    case "unschedule":
      return speaker.unschedule(act)
    case "decide":
      return speaker.decide(act)
    case "cancel":
      return speaker.cancel(act)
    case "repeat":
      return repeated(world, act)
    case "work":
    case "night":
      return speaker.work()
    case "endOfDay":
      return speaker.endOfDay()
  }
}

/** What somebody said before, word for word or with another amount. */
const repeated = (world: World, { altered, of }: Of<"repeat">): Saying => {
  const original = known(world.plan.get(of), `action ${of}`)
  const { act } = original
  if (!altered || act.act !== "deposit") return say(world, original)
  return say(world, { ...original, act: { ...act, amount: act.amount + 1n } })
}
