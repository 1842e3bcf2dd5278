/**
 * The flags that choose and order listings, shared by `stats`, `analyze`, `search`, `list` and `export`.
 */
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { LoanListingStatus } from "saldo/lending/LoanListing"
import { type LoanListingFilter, type LoanListingSort, LoanListingSortKey } from "saldo/lending/LoanListingQuery"
import * as Currency from "saldo/money/Currency"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"
import { CliFailure } from "../CliFailure.ts"

const optionalText = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** Flags that choose listings. */
export const filterFlags = {
  status: Flag.Literals("status", LoanListingStatus.literals).pipe(
    Flag.withDescription("Only this status; may be repeated"),
    Flag.atLeast(0)
  ),
  currency: optionalText(
    "currency",
    "code",
    "Only this currency; --min-amount and --max-amount are in it, and in SEK without it"
  ),
  minAmount: optionalText("min-amount", "amount", "Only loans of at least this amount"),
  maxAmount: optionalText("max-amount", "amount", "Only loans of at most this amount"),
  minRate: optionalText("min-rate", "percent", "Only loans with at least this interest a year"),
  maxRate: optionalText("max-rate", "percent", "Only loans with at most this interest a year"),
  minFunded: optionalText("min-funded", "percent", "Only loans funded to at least so many percent"),
  maxFunded: optionalText("max-funded", "percent", "Only loans funded to at most so many percent"),
  risk: Flag.String("risk").pipe(
    Flag.withMetavar("grade"),
    Flag.withDescription("Only this risk grade; may be repeated"),
    Flag.atLeast(0)
  ),
  country: Flag.String("country").pipe(
    Flag.withMetavar("code"),
    Flag.withDescription("Only this country, such as SE; may be repeated"),
    Flag.atLeast(0)
  ),
  opensFrom: optionalText("opens-from", "date", "Only loans that open on this date or later (YYYY-MM-DD, UTC)"),
  opensBefore: optionalText("opens-before", "date", "Only loans that open before this date"),
  closesFrom: optionalText("closes-from", "date", "Only loans that close on this date or later"),
  closesBefore: optionalText("closes-before", "date", "Only loans that close before this date")
}

type Chosen = {
  readonly [K in keyof typeof filterFlags]: (typeof filterFlags)[K] extends Flag.Flag<infer A> ? A : never
}

const usage = (happened: string, remedy: string) => new CliFailure({ happened, remedy, exitCode: 2 })

const amount = (flag: string, text: string, currency: string) => {
  const money = Money.fromDecimal(text, currency)
  return money instanceof Error
    ? Effect.fail(
        usage(
          `--${flag} cannot be used: ${money.message}.`,
          "Write it as 1000000 or 1000000.50, and the currency as SEK."
        )
      )
    : Effect.succeed(money)
}

const rate = (flag: string, text: string) => {
  const found = Rate.fromPercent("annual", text)
  return found instanceof Error
    ? Effect.fail(usage(`--${flag} ${text} is not a percentage.`, "Write it as 9.5."))
    : Effect.succeed(found)
}

const basisPoints = (flag: string, text: string) =>
  Effect.flatMap(rate(flag, text), (found) => {
    const bps = Rate.toBasisPoints(found)
    return bps instanceof Error
      ? Effect.fail(usage(`--${flag} ${text} has more than two decimals.`, "Write it as 50 or 50.25."))
      : Effect.succeed(Number(bps))
  })

const instant = (flag: string, text: string) => {
  const date = LocalDate.parse(text)
  return date instanceof Error
    ? Effect.fail(usage(`--${flag} ${text} is not a date.`, "Write it as 2026-03-10."))
    : Effect.succeed(DateTime.makeUnsafe(`${date}T00:00:00Z`))
}

const bounds = <K1 extends string, K2 extends string, A, E>(
  [low, lowKey]: readonly [Option.Option<string>, K1],
  [high, highKey]: readonly [Option.Option<string>, K2],
  read: (text: string, key: K1 | K2) => Effect.Effect<A, E>
): Effect.Effect<{ readonly [K in K1 | K2]?: A } | undefined, E> =>
  Effect.gen(function* () {
    if (Option.isNone(low) && Option.isNone(high)) return undefined
    const found: Record<string, A> = {}
    if (Option.isSome(low)) found[lowKey] = yield* read(low.value, lowKey)
    if (Option.isSome(high)) found[highKey] = yield* read(high.value, highKey)
    return found as { readonly [K in K1 | K2]?: A }
  })

/** The filter that the flags stand for. Fails as wrong usage, naming the flag. */
export const filterOf = Effect.fnUntraced(function* (chosen: Chosen) {
  const currency = Option.getOrUndefined(chosen.currency)?.toUpperCase()
  if (currency !== undefined && !Currency.isKnown(currency)) {
    return yield* usage(`--currency cannot be ${currency}.`, "Give an ISO 4217 code such as SEK, DKK or EUR.")
  }
  const side = (low: string, high: string) => (key: string) => (key === "minimum" || key === "from" ? low : high)
  const amounts = yield* bounds([chosen.minAmount, "minimum"], [chosen.maxAmount, "maximum"], (text, key) =>
    amount(side("min-amount", "max-amount")(key), text, currency ?? "SEK")
  )
  const rates = yield* bounds([chosen.minRate, "minimum"], [chosen.maxRate, "maximum"], (text, key) =>
    rate(side("min-rate", "max-rate")(key), text)
  )
  const funded = yield* bounds([chosen.minFunded, "minimum"], [chosen.maxFunded, "maximum"], (text, key) =>
    basisPoints(side("min-funded", "max-funded")(key), text)
  )
  const opens = yield* bounds([chosen.opensFrom, "from"], [chosen.opensBefore, "before"], (text, key) =>
    instant(side("opens-from", "opens-before")(key), text)
  )
  const closes = yield* bounds([chosen.closesFrom, "from"], [chosen.closesBefore, "before"], (text, key) =>
    instant(side("closes-from", "closes-before")(key), text)
  )
  const filter: LoanListingFilter = {
    ...(chosen.status.length > 0 && { statuses: chosen.status }),
    ...(chosen.risk.length > 0 && { riskGrades: chosen.risk }),
    ...(chosen.country.length > 0 && { countries: chosen.country.map((code) => code.toUpperCase()) }),
    ...(currency !== undefined && { currency }),
    ...(amounts !== undefined && { amount: amounts }),
    ...(rates !== undefined && { rate: rates }),
    ...(funded !== undefined && { fundedBps: funded }),
    ...(opens !== undefined && { opens }),
    ...(closes !== undefined && { closes })
  }
  return filter
})

/** Flags of a page of listings. */
export const pageFlags = {
  sort: Flag.String("sort").pipe(
    Flag.withMetavar("key"),
    Flag.withDescription(`Order by ${LoanListingSortKey.literals.join(", ")}; --sort=-rate is from high to low`),
    Flag.withDefault("-listedAt")
  ),
  limit: Flag.Int("limit").pipe(
    Flag.withDescription("How many at most, 1 to 500; 20 when left out"),
    Flag.withDefault(20)
  ),
  cursor: Flag.String("cursor").pipe(Flag.withDescription("Go on where the page before ended"), Flag.optional)
}

/** The order that `--sort` stands for. */
export const sortOf = (text: string): Effect.Effect<ReadonlyArray<LoanListingSort>, CliFailure> => {
  const name = text.replace(/^-/u, "")
  const by = LoanListingSortKey.literals.find((key) => key === name)
  return by === undefined
    ? Effect.fail(usage(`--sort cannot be ${name}.`, `Choose one of ${LoanListingSortKey.literals.join(", ")}.`))
    : Effect.succeed([{ by, direction: text.startsWith("-") ? "descending" : "ascending" }])
}
