/**
 * The other banks of a demonstration, over a rail that keeps what it was sent in tables of its own, as a real one does far
 * away: it knows its payments after every crash, and all processes of the bank see the same.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { numberOf, parseExternalAccount } from "saldo/banking/ExternalAccount"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { PaymentStatus } from "saldo/banking/PaymentStatus"
import type { PaymentInstruction, RailEvent } from "saldo/banking/RailEvent"
import * as Money from "saldo/money/Money"
import * as Dialect from "saldo/sql/Dialect"

const iban = (text: string) => Result.getOrThrow(parseExternalAccount({ scheme: "Iban", text }))

/** Accounts in other banks, by what becomes of money that is sent there. Any other account takes what it is sent. */
export const accounts = {
  /** Takes what it is sent. */
  landlord: iban("SE4550000000058398257466"),
  /** Is blocked: what is sent there is rejected. */
  blocked: iban("SE3550000000054910000003"),
  /** Was closed: what is sent there is settled, and comes back. */
  closed: iban("NO9386011117947")
} as const

/** How long a payment takes to be settled or rejected, and from then on to come back. */
const takes = { settling: Duration.seconds(4), returning: Duration.seconds(30) } as const

const table = "example_rail_events"

/** One thing that happens to a payment on the rail, at a time that is known from the beginning. */
const Step = Schema.Struct({
  event_id: Schema.String,
  end_to_end_id: Schema.String,
  happens_at: Schema.BigInt,
  /** A status, or `RETURN`. */
  what: Schema.String,
  reason: Schema.NullOr(Schema.String),
  amount: Schema.BigInt,
  currency: Schema.String
})
type Step = typeof Step.Type
const decodeSteps = Schema.decodeUnknownEffect(Schema.Array(Step))
const isStatus = Schema.is(PaymentStatus)

const arrived = "ACSP"
const returned = "RETURN"

/** All that will happen to a payment that arrives now. */
const stepsOf = (
  { amount, creditor, endToEndId }: PaymentInstruction,
  now: number
): readonly [Step, ...ReadonlyArray<Step>] => {
  const step = (number: number, happensAt: number, what: string, reason: string | null): Step => ({
    event_id: `${endToEndId}-${number}`,
    end_to_end_id: endToEndId,
    happens_at: BigInt(happensAt),
    what,
    reason,
    amount: amount.amount,
    currency: amount.currency
  })
  const first = step(0, now, arrived, null)
  const settledAt = now + Duration.toMillis(takes.settling)
  const number = numberOf(creditor.account)
  if (number === numberOf(accounts.blocked)) return [first, step(1, settledAt, "RJCT", "AC06")]
  const settled = [first, step(1, settledAt, "ACSC", null)] as const
  return number === numberOf(accounts.closed)
    ? [...settled, step(2, settledAt + Duration.toMillis(takes.returning), returned, "AC04")]
    : settled
}

const eventOf = ({ amount, currency, end_to_end_id, event_id, reason, what }: Step): RailEvent => {
  const named = { id: event_id, endToEndId: end_to_end_id }
  return isStatus(what)
    ? { ...named, _tag: "Reported", report: { status: what, reason } }
    : { ...named, _tag: "Returned", returnId: event_id, amount: Money.fromMinor(amount, currency), reason }
}

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    CREATE TABLE IF NOT EXISTS ${sql(table)} (
      event_id ${Dialect.textType(sql)} NOT NULL PRIMARY KEY,
      end_to_end_id TEXT NOT NULL,
      happens_at BIGINT NOT NULL,
      what TEXT NOT NULL,
      reason TEXT,
      amount BIGINT NOT NULL,
      currency TEXT NOT NULL
    )`
  yield* sql`CREATE INDEX IF NOT EXISTS example_rail_events_time ON ${sql(table)} (happens_at, event_id)`
  yield* sql`CREATE INDEX IF NOT EXISTS example_rail_events_payment ON ${sql(table)} (end_to_end_id)`

  const query = Effect.fnUntraced(function* (endToEndId: string) {
    const now = BigInt(yield* Clock.currentTimeMillis)
    const rows = yield* sql`
      SELECT * FROM ${sql(table)}
      WHERE end_to_end_id = ${endToEndId} AND happens_at <= ${now} AND what <> ${returned}
      ORDER BY happens_at DESC, event_id DESC LIMIT 1`
    const [last] = yield* decodeSteps(rows)
    return Option.fromNullishOr(
      last !== undefined && isStatus(last.what) ? { status: last.what, reason: last.reason } : undefined
    )
  }, Effect.orDie)

  return PaymentRail.of({
    name: "example",
    inTransit: Duration.seconds(10),
    query,
    send: Effect.fnUntraced(function* (instruction) {
      const steps = stepsOf(instruction, yield* Clock.currentTimeMillis)
      // A payment that comes again is known by its first step, so that it is executed once.
      yield* Effect.orDie(sql`INSERT INTO ${sql(table)} ${sql.insert(steps)} ON CONFLICT DO NOTHING`)
      return Option.getOrElse(yield* query(instruction.endToEndId), () => ({ status: "RCVD" as const, reason: null }))
    }),
    events: Effect.fnUntraced(function* (after, limit) {
      const now = BigInt(yield* Clock.currentTimeMillis)
      const [at = "0", id = ""] = after?.split(" ") ?? []
      const rows = yield* sql`
        SELECT * FROM ${sql(table)}
        WHERE happens_at <= ${now} AND what <> ${arrived}
          AND (happens_at > ${BigInt(at)} OR (happens_at = ${BigInt(at)} AND event_id > ${id}))
        ORDER BY happens_at, event_id LIMIT ${limit}`
      const steps = yield* decodeSteps(rows)
      const last = steps.at(-1)
      return {
        events: steps.map(eventOf),
        next: last === undefined ? (after ?? "0 ") : `${last.happens_at} ${last.event_id}`
      }
    }, Effect.orDie)
  })
})

/** A rail to the other banks of the demonstration, in the database in scope. */
export const layer = Layer.effect(PaymentRail, Effect.orDie(make))
