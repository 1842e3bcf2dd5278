import { describe, expect, expectTypeOf, it } from "vitest"
import * as Money from "../../src/money/Money.ts"
import type { CurrencyMismatch, InvalidAmount, UnknownCurrency } from "../../src/money/MoneyError.ts"

// None of this is run: that mixing does not compile is what is proven, by the compiler refusing an unused expectation.
const neverRun = (
  sek: Money.Money<"SEK">,
  eur: Money.Money<"EUR">,
  either: Money.Money<"SEK" | "EUR">,
  wide: Money.Money,
  wideList: ReadonlyArray<Money.Money<"SEK">>
): void => {
  // @ts-expect-error two currencies
  Money.add(sek, eur)
  // @ts-expect-error two currencies, the other way round
  Money.subtract(eur, sek)
  // @ts-expect-error currencies known only when the program runs
  Money.add(wide, wide)
  // @ts-expect-error one of them is not known
  Money.add(sek, wide)
  // @ts-expect-error the other is not known
  Money.add(wide, sek)
  // @ts-expect-error one of two currencies
  Money.add(either, either)
  // @ts-expect-error not even when the caller says so
  Money.add<"SEK" | "EUR">(sek, eur)
  // @ts-expect-error two currencies
  Money.compare(sek, eur)
  // @ts-expect-error two currencies
  Money.lessThan(sek, eur)
  // @ts-expect-error two currencies
  Money.greaterThan(eur, sek)
  // @ts-expect-error two currencies in a list
  Money.sum([sek, eur])
  // @ts-expect-error currencies not known
  Money.min([wide, wide])
  // @ts-expect-error one of two currencies
  Money.max([either])
  // @ts-expect-error the list may be empty
  Money.sum(wideList)
  // @ts-expect-error the list is empty
  Money.trySum([])
  // @ts-expect-error money has no public constructor
  expect(() => new Money.Money(1n, "SEK")).toBeDefined()
}

const generic = <C extends string>(left: Money.Money<C>, right: Money.Money<C>) => {
  // @ts-expect-error C may stand for several currencies
  Money.add(left, right)
  return Money.tryAdd(left, right)
}

describe("the types of money", () => {
  it("know the currency", () => {
    expect(neverRun).toBeTypeOf("function")
    expectTypeOf(Money.of("1", "SEK")).toEqualTypeOf<Money.Money<"SEK">>()
    expectTypeOf(Money.fromDecimal("1", "SEK")).toEqualTypeOf<Money.Money<"SEK"> | InvalidAmount | UnknownCurrency>()
    expectTypeOf(Money.add(Money.of("1", "SEK"), Money.of("1", "SEK"))).toEqualTypeOf<Money.Money<"SEK">>()
    expectTypeOf(Money.sum([Money.of("1", "SEK"), Money.of("1", "SEK")])).toEqualTypeOf<Money.Money<"SEK">>()
    expectTypeOf(Money.negate(Money.of("1", "SEK"))).toEqualTypeOf<Money.Money<"SEK">>()
    expectTypeOf(generic<"SEK">).returns.toEqualTypeOf<Money.Money<"SEK"> | CurrencyMismatch>()
    expectTypeOf<Money.Money<"SEK">>().toExtend<Money.Money>()
    expectTypeOf<Money.Money>().not.toExtend<Money.Money<"SEK">>()
  })

  it("are narrowed by hasCurrency", () => {
    const wide: Money.Money = Money.of("2", "SEK")
    if (!Money.hasCurrency(wide, "SEK")) throw new Error("not reached")
    expect(Money.add(wide, Money.of("1", "SEK"))).toEqual(Money.of("3", "SEK"))
  })
})
