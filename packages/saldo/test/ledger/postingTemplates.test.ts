import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { exchange, type ExchangeEvent, revalue } from "saldo/ledger/exchangeTemplates"
import { Ledger } from "saldo/ledger/Ledger"
import type { LedgerAccount } from "saldo/ledger/LedgerAccount"
import type { PostingDraft, PostingUnsuitable } from "saldo/ledger/PostingTemplate"
import { openingBalances } from "saldo/ledger/openingTemplate"
import { fee, transfer, writeOff } from "saldo/ledger/postingTemplates"
import * as ExchangeRate from "saldo/money/ExchangeRate"
import * as Money from "saldo/money/Money"
import { inBooks, key, open, sek } from "./books.ts"

const eur = (text: string) => Money.of(text, "EUR")

const accounts = Effect.all({
  anna: open("anna"),
  bo: open("bo"),
  annaEur: open("anna.eur", { currency: "EUR" }),
  loan: open("loan", { type: "asset" }),
  fees: open("fees", { type: "income" }),
  losses: open("losses", { type: "expense" }),
  gains: open("gains", { type: "income" }),
  equity: open("equity", { type: "equity" }),
  equityEur: open("equity.eur", { type: "equity", currency: "EUR" }),
  fxSek: open("fx.sek", { type: "asset", role: "liquidity" }),
  fxEur: open("fx.eur", { type: "asset", role: "liquidity", currency: "EUR" })
})

type Accounts = Effect.Success<typeof accounts>

const post = (name: string, drafted: Result.Result<PostingDraft, PostingUnsuitable>) =>
  Ledger.use((ledger) =>
    Effect.flatMap(Effect.fromResult(drafted), (draft) => ledger.post({ key: key(name), ...draft }))
  )

const balanceOf = (account: LedgerAccount) =>
  Ledger.use((ledger) => Effect.map(ledger.balance(account.id), ({ balance }) => String(balance)))

const partOf = (drafted: Result.Result<unknown, PostingUnsuitable>) =>
  Result.isFailure(drafted) ? `${drafted.failure.template} ${drafted.failure.part}` : "suits"

const rate = ExchangeRate.of({ base: "EUR", quote: "SEK", rate: "11.2345", date: "2026-01-02", source: "ECB" })

const exchangeOf = (all: Accounts, amount: Money.Money, more: Partial<ExchangeEvent> = {}): ExchangeEvent => ({
  from: amount.currency === "SEK" ? all.anna : all.annaEur,
  to: amount.currency === "SEK" ? all.annaEur : all.anna,
  liquidity: amount.currency === "SEK" ? { from: all.fxSek, to: all.fxEur } : { from: all.fxEur, to: all.fxSek },
  amount,
  rate,
  rounding: "halfEven",
  ...more
})

describe("posting templates", () => {
  it.effect("move money between the accounts that they are for", () =>
    Effect.gen(function* () {
      const all = yield* accounts
      const { anna, bo, fees, loan, losses } = all
      const entry = yield* post("transfer", transfer({ from: anna, to: bo, amount: sek("10.00") }))
      expect(entry).toMatchObject({ code: "transfer", lines: [{ side: "debit" }, { side: "credit" }] })
      yield* post("fee", fee({ payer: bo, income: fees, amount: sek("1.50") }))
      yield* post("write-off", writeOff({ asset: loan, expense: losses, amount: sek("3.00") }))
      expect(yield* Effect.forEach([anna, bo, fees, loan, losses], balanceOf)).toEqual([
        "-10.00 SEK",
        "8.50 SEK",
        "1.50 SEK",
        "-3.00 SEK",
        "3.00 SEK"
      ])
      expect(partOf(transfer({ from: anna, to: loan, amount: sek("1.00") }))).toBe("transfer to")
      expect(partOf(fee({ payer: anna, income: bo, amount: sek("1.00") }))).toBe("fee income")
      expect(partOf(fee({ payer: anna, income: fees, amount: sek("0.00") }))).toBe("fee payer")
      expect(partOf(writeOff({ asset: loan, expense: fees, amount: sek("1.00") }))).toBe("write-off expense")
      expect(partOf(transfer({ from: all.annaEur, to: bo, amount: sek("1.00") }))).toBe("transfer from")
    }).pipe(inBooks)
  )

  it.effect("begin books with what the books before them ended with", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const { anna, annaEur, bo, equity, equityEur, loan } = yield* accounts
      const balances = [
        { account: loan, balance: sek("500.00") },
        { account: anna, balance: sek("420.50") },
        { account: bo, balance: sek("-20.50") },
        { account: annaEur, balance: eur("0.00") }
      ]
      const drafts = yield* Effect.fromResult(openingBalances({ balances, equity: [equity, equityEur] }))
      expect(drafts).toHaveLength(1)
      const operations = drafts.map((draft) => ({ _tag: "Post", ...draft }) as const)
      yield* ledger.commit({ key: key("opening"), operations })
      expect(yield* Effect.forEach([loan, anna, bo, equity], balanceOf)).toEqual([
        "500.00 SEK",
        "420.50 SEK",
        "-20.50 SEK",
        "100.00 SEK"
      ])
      const foreign = [...balances, { account: annaEur, balance: eur("5.00") }]
      expect(partOf(openingBalances({ balances: foreign, equity: [equity] }))).toBe("opening-balance equity")
      expect(partOf(openingBalances({ balances: foreign, equity: [equity, annaEur] }))).toBe("opening-balance equity")
      const many = Array.from({ length: 2100 }, () => ({ account: loan, balance: sek("0.01") }))
      const parts = yield* Effect.fromResult(openingBalances({ balances: many, equity: [equity] }))
      expect(parts.map(({ postings }) => postings.length)).toEqual([1000, 1000, 103])
      expect(parts.map(({ postings }) => postings.at(-1)?.amount.amount)).toEqual([999n, 999n, 102n])
    }).pipe(inBooks)
  )

  it.effect("exchange through liquidity accounts, with the rate, its date and its source, and the fee apart", () =>
    Effect.gen(function* () {
      const all = yield* accounts
      const { anna, annaEur, fees, fxEur, fxSek } = all
      const entry = yield* post("buy", exchange(exchangeOf(all, eur("10.00"))))
      expect(entry).toMatchObject({
        code: "exchange",
        exchange: { rate: "11.2345", base: "EUR", quote: "SEK", date: "2026-01-02", source: "ECB" },
        metadata: { rounding: "halfEven" }
      })
      const back = { fee: { income: fees, amount: sek("2.00") } }
      const sold = yield* post("sell", exchange(exchangeOf(all, sek("100.00"), back)))
      expect(sold.exchange).toEqual(entry.exchange)
      // 10.00 EUR are 112.345 SEK, half to even 112.34; 100.00 SEK are 8.9011… EUR.
      expect(yield* Effect.forEach([anna, annaEur, fxSek, fxEur, fees], balanceOf)).toEqual([
        "10.34 SEK",
        "-1.10 EUR",
        "12.34 SEK",
        "-1.10 EUR",
        "2.00 SEK"
      ])
      expect((yield* (yield* Ledger).trialBalance()).balanced).toBe(true)
    }).pipe(inBooks)
  )

  it.effect("exchange nothing that they could not book or keep", () =>
    Effect.gen(function* () {
      const all = yield* accounts
      const part = (event: ExchangeEvent) => partOf(exchange(event))
      const third = ExchangeRate.of({ ...rate, rate: { numerator: 1n, denominator: 3n } })
      const dollars = ExchangeRate.of({ ...rate, base: "USD" })
      expect(part(exchangeOf(all, eur("1.00"), { rate: third }))).toBe("exchange rate")
      expect(part(exchangeOf(all, eur("1.00"), { rate: { ...rate, date: "2026-02-30" } }))).toBe("exchange rate")
      expect(part(exchangeOf(all, eur("1.00"), { rate: dollars }))).toBe("exchange rate")
      expect(part(exchangeOf(all, sek("0.01")))).toBe("exchange amount")
      expect(part(exchangeOf(all, sek("0.06")))).toBe("suits")
      expect(part(exchangeOf(all, eur("1.00"), { to: all.annaEur }))).toBe("exchange rate")
      const liquidity = { from: all.fxEur, to: all.bo }
      expect(part(exchangeOf(all, eur("1.00"), { liquidity }))).toBe("exchange liquidity/to")
      expect(part(exchangeOf(all, eur("1.00"), { fee: { income: all.fees, amount: sek("1.00") } }))).toBe(
        "exchange fee"
      )
    }).pipe(inBooks)
  )

  it.effect("value positions at a new rate, and leave every currency balanced", () =>
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const all = yield* accounts
      const { fxEur, fxSek, gains, losses } = all
      yield* post("buy", exchange(exchangeOf(all, eur("10.00"))))
      const revaluation = (text: string) =>
        Effect.gen(function* () {
          const [position, book] = [yield* ledger.balance(fxEur.id), yield* ledger.balance(fxSek.id)]
          return revalue({
            position: Money.negate(position.balance),
            book: book.balance,
            liquidity: fxSek,
            gain: gains,
            loss: losses,
            rate: ExchangeRate.of({ ...rate, rate: text }),
            rounding: "halfEven"
          })
        })
      const day = (name: string, text: string) =>
        Effect.flatMap(revaluation(text), (drafted) =>
          Effect.gen(function* () {
            const draft = yield* Effect.fromResult(drafted)
            return draft === null ? null : yield* ledger.post({ key: key(name), ...draft })
          })
        )
      expect(yield* day("up", "11.50")).toMatchObject({ code: "revaluation", metadata: { rate: "11.5" } })
      expect(yield* balanceOf(fxSek)).toBe("115.00 SEK")
      expect(yield* day("again", "11.50")).toBe(null)
      yield* day("down", "11.00")
      expect(yield* Effect.forEach([fxSek, gains, losses], balanceOf)).toEqual(["110.00 SEK", "2.66 SEK", "5.00 SEK"])
      expect((yield* ledger.trialBalance()).balanced).toBe(true)
      const euro = { position: eur("1.00"), book: eur("1.00"), liquidity: fxSek, gain: gains, loss: losses }
      expect(partOf(revalue({ ...euro, rate, rounding: "down" }))).toBe("revaluation rate")
    }).pipe(inBooks)
  )

  it.effect("balance every currency at every rate, within one minor unit of the exact amount", () =>
    Effect.gen(function* () {
      const all = yield* accounts
      fc.assert(
        fc.property(
          fc.bigInt({ min: 1n, max: 10n ** 12n }),
          fc.bigInt({ min: 1n, max: 10n ** 10n }),
          fc.boolean(),
          fc.constantFrom("halfEven", "halfUp", "halfDown", "up", "down", "ceiling", "floor"),
          (minor, millionths, sells, rounding) => {
            const given = Money.fromMinor(minor, sells ? "EUR" : "SEK")
            const any = ExchangeRate.of({ ...rate, rate: { numerator: millionths, denominator: 1_000_000n } })
            const drafted = exchange(exchangeOf(all, given, { rate: any, rounding }))
            if (Result.isFailure(drafted)) {
              expect(partOf(drafted)).toBe("exchange amount")
              return
            }
            const sums = new Map<string, bigint>()
            for (const { amount, side } of drafted.success.postings) {
              const signed = side === "debit" ? amount.amount : -amount.amount
              sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + signed)
            }
            expect([...sums.values()]).toEqual([0n, 0n])
            const got = drafted.success.postings.find(
              ({ accountId }) => accountId === (sells ? all.anna : all.annaEur).id
            )
            const units = got?.amount.amount ?? 0n
            // |got − exact| < 1, both sides multiplied by the denominator of the exact amount.
            const [numerator, denominator] = sells ? [minor * millionths, 1_000_000n] : [minor * 1_000_000n, millionths]
            const off = units * denominator - numerator
            expect((off < 0n ? -off : off) < denominator).toBe(true)
          }
        ),
        { numRuns: 500 }
      )
    }).pipe(inBooks)
  )
})
