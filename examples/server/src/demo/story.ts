/**
 * Two years in the life of a bank, told day by day to its use cases under a clock that moves along: the same story for the
 * same day.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { BankCalendar } from "saldo/banking/BankCalendar"
import { DepositEndOfDay } from "saldo/banking/DepositEndOfDay"
import { PaymentPlans } from "saldo/banking/PaymentPlans"
import { Payments } from "saldo/banking/Payments"
import * as Actor from "saldo/core/Actor"
import * as Id from "saldo/core/Id"
import type { HoldId } from "saldo/ledger/Hold"
import type { AccountId } from "saldo/ledger/LedgerAccount"
import * as LocalDate from "saldo/time/LocalDate"
import { tenant } from "../offer.ts"
import { accounts } from "../otherBanks.ts"
import { type Arrived, arrive, invite } from "./arrivals.ts"
import { type Chance, chanceOf } from "./chance.ts"
import * as life from "./life.ts"
import { customers, shops, staff } from "./people.ts"
import { StoryClock } from "./StoryClock.ts"

/** A purchase whose shop has not asked for the money yet. */
interface Purchase {
  readonly holdId: HoldId
  readonly shop: string
}

interface Telling {
  readonly clock: StoryClock
  readonly chance: Chance
  readonly cards: AccountId
  readonly people: ReadonlyArray<Arrived>
  /** By the day on which the shop asks. */
  readonly purchases: Map<LocalDate.LocalDate, ReadonlyArray<Purchase>>
}

const [second, hour] = [1000, 3_600_000]

/** Nine in the morning in winter, ten in summer: within the same day everywhere in Europe. */
const morningOf = (day: LocalDate.LocalDate): number => LocalDate.toEpochDay(day) * 24 * hour + 8 * hour

const shopping = Effect.fnUntraced(function* ({ cards, chance, people, purchases }: Telling, day: LocalDate.LocalDate) {
  for (const { daily, person } of people) {
    if (!chance.happens(person.shops)) continue
    const shop = chance.oneOf(shops)
    const amount = life.ore(chance.between(shop.from * 100, shop.to * 100))
    const holdId = yield* life.buy(cards, daily, amount, shop.name)
    const askedOn = LocalDate.addDays(day, chance.between(1, 3))
    if (holdId === null) continue
    purchases.set(askedOn, [...(purchases.get(askedOn) ?? []), { holdId, shop: shop.name }])
  }
})

const captures = Effect.fnUntraced(function* ({ purchases }: Telling, day: LocalDate.LocalDate) {
  for (const { holdId, shop } of purchases.get(day) ?? []) yield* life.capture(holdId, shop)
})

/** A round of the workers, and another one when the rail has come to an end. */
const payDay = Effect.fnUntraced(function* ({ clock }: Telling) {
  const [payments, plans] = [yield* Payments, yield* PaymentPlans]
  yield* plans.work()
  yield* payments.work()
  clock.now += 60 * second
  yield* payments.work()
})

const monthly = Effect.fnUntraced(function* (telling: Telling, day: LocalDate.LocalDate) {
  const { chance, people } = telling
  const date = LocalDate.day(day)
  for (const arrived of people) {
    const { daily, person, saved } = arrived
    if (date === 25) yield* life.receive(daily, life.kronor(person.salary), `Lön ${person.employer}`)
    if (date === 26) yield* life.transfer(arrived, daily, saved, life.kronor(person.saves), "Månadssparande")
    if (date === 10) {
      const amount = life.ore(chance.between(38_000, 96_000))
      yield* life.pay(arrived, { to: "Älvstad Energi", account: accounts.landlord, amount, text: "El och nät" })
    }
    if (date === 15 && LocalDate.month(day) % 6 === 0) {
      yield* life.transfer(arrived, saved, daily, life.kronor(person.saves), "Semester")
    }
  }
})

/** What does not go as it was meant to: money that comes back, and a payment that is refused. */
const mishaps = Effect.fnUntraced(function* (
  { people }: Telling,
  day: LocalDate.LocalDate,
  today: LocalDate.LocalDate
) {
  const [first, second] = people
  const ago = LocalDate.daysBetween(day, today)
  if (first !== undefined && (ago === 9 || ago === 210)) {
    yield* life.pay(first, {
      to: "Fjordhytta Utleie",
      account: accounts.closed,
      amount: life.kronor(3_200),
      text: "Stuga"
    })
  }
  if (second !== undefined && ago === 16) {
    yield* life.pay(second, { to: "Cykelboden", account: accounts.blocked, amount: life.kronor(1_495), text: "Cykel" })
  }
})

const liveThrough = Effect.fnUntraced(function* (
  telling: Telling,
  day: LocalDate.LocalDate,
  today: LocalDate.LocalDate
) {
  const { clock } = telling
  clock.now = morningOf(day)
  const date = LocalDate.day(day)
  if (date === 1) yield* endDays(LocalDate.addDays(day, -1))
  clock.now += hour
  yield* captures(telling, day)
  yield* monthly(telling, day)
  yield* mishaps(telling, day, today)
  const ago = LocalDate.daysBetween(day, today)
  if (date === 10 || date === 28 || ago === 9 || ago === 16 || ago === 210) yield* payDay(telling)
  clock.now += hour
  yield* shopping(telling, day)
})

const endDays = Effect.fnUntraced(
  function* (through: LocalDate.LocalDate) {
    yield* (yield* DepositEndOfDay).run(through)
  },
  Effect.orDie,
  Actor.as(Actor.system(tenant))
)

/** What is left open for whoever looks: payments that wait for consent or for their day. */
const leaveOpen = Effect.fnUntraced(function* ({ people }: Telling, today: LocalDate.LocalDate) {
  const [first, second] = people
  if (first === undefined || second === undefined) return
  const boat = {
    to: "Båtvarvet Måsen",
    account: accounts.landlord,
    amount: life.kronor(32_500),
    text: "Segelbåt, handpenning"
  }
  yield* life.pay(first, boat)
  const kitchen = {
    to: "Köksbyggarna",
    account: accounts.landlord,
    amount: life.kronor(48_000),
    text: "Kök, första delen"
  }
  yield* life.pay(second, kitchen)
  const on = LocalDate.addDays(today, 5)
  yield* life.pay(first, {
    to: "Trafikskolan Ratten",
    account: accounts.landlord,
    amount: life.kronor(4_800),
    text: "Körlektioner",
    on
  })
})

const tell = Effect.fnUntraced(function* (clock: StoryClock, today: LocalDate.LocalDate, now: number) {
  const firstDay = LocalDate.addYears(today, -2)
  clock.now = morningOf(firstDay)
  const [, officer] = yield* Effect.forEach(staff, (person) => invite({ ...person, party: null }))
  if (officer === undefined) return
  const people: Array<Arrived> = []
  const chance = chanceOf(LocalDate.toEpochDay(today))
  const telling: Telling = { clock, chance, cards: (yield* life.openCards).id, people, purchases: new Map() }
  for (const person of customers) {
    const arrived = yield* arrive(officer, person)
    yield* life.receive(arrived.daily, life.kronor(person.opening), "Från min gamla bank")
    yield* life.payRent(arrived, firstDay)
    people.push(arrived)
  }
  for (let day = LocalDate.addDays(firstDay, 1); day < today; day = LocalDate.addDays(day, 1)) {
    yield* liveThrough(telling, day, today)
  }
  clock.now = now
  yield* endDays(LocalDate.addDays(today, -1))
  yield* captures(telling, today)
  yield* leaveOpen(telling, today)
  yield* payDay(telling)
})

/** Tells the story up to now to the bank in scope, which must be empty. */
export const tellStory = Effect.gen(function* () {
  const now = yield* Clock.currentTimeMillis
  const calendar = yield* BankCalendar
  const today = calendar.dateOf(DateTime.makeUnsafe(now))
  const clock = new StoryClock(now)
  yield* tell(clock, today, now).pipe(
    Effect.provideService(Clock.Clock, clock.clock),
    Effect.provideService(Id.Sequence, { lastMillis: -1, lastRandom: 0n }),
    Random.withSeed(today)
  )
  yield* AuditTrail.use((trail) => trail.sealAll)
})
