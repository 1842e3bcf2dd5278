import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { grants } from "../src/access.ts"
import { dayTicks, niceStep, pointAt, shareOf, sumOverDays, ticksOf } from "../src/charts/scales.ts"
import { makeEventReader } from "../src/client/events.ts"
import { pauseAfter } from "../src/client/pauses.ts"
import { kebab, problemFrom } from "../src/client/problem.ts"
import { showNumber } from "../src/format/accountNumber.ts"
import { agentText } from "../src/format/agent.ts"
import { dayOf, readDay, showDay, spanUntil } from "../src/format/dates.ts"
import { fromWire, readAmount, showMoney, showShort, sumByCurrency } from "../src/format/money.ts"
import { showBasisPoints, showPercent, showSeconds } from "../src/format/numbers.ts"
import { requestsOf, samplesOf } from "../src/format/prometheus.ts"
import { wireOf } from "../src/format/wireOf.ts"
import * as LocalDate from "saldo/time/LocalDate"

/** Blanks that do not break are written as blanks, so that expectations can be read. */
const plain = (text: string) => text.replaceAll(/[\u00A0\u202F]/gu, " ").replaceAll("\u2212", "-")

describe("money", () => {
  it("is written as the reader's language does, to the last unit", () => {
    const large = { amount: "9007199254740993.01", currency: "SEK" }
    expect(plain(showMoney(large, "sv-SE"))).toBe("9 007 199 254 740 993,01 kr")
    expect(plain(showMoney(large, "en-GB"))).toBe("SEK 9,007,199,254,740,993.01")
    expect(plain(showMoney({ amount: "-1234", currency: "JPY" }, "en-GB"))).toBe("-JP¥1,234")
    expect(plain(showShort(1_250_000n, "SEK", "en-GB"))).toBe("12.5k")
  })

  it("is read as people type it, and never guessed", () => {
    const amount = (text: string, locale: string) => {
      const read = readAmount(text, "SEK", locale)
      return read._tag === "Amount" ? read.money.amount : read._tag
    }
    expect(amount("1 234,50", "sv-SE")).toBe("1234.50")
    expect(amount("1,234.50", "en-GB")).toBe("1234.50")
    expect(amount("1234,5", "sv-SE")).toBe("1234.50")
    expect(amount("", "sv-SE")).toBe("Missing")
    expect(amount("tolv", "sv-SE")).toBe("Unreadable")
    expect(amount("1,234", "sv-SE")).toBe("Unreadable")
    expect(amount("0,00", "sv-SE")).toBe("NotPositive")
    expect(amount("-5", "sv-SE")).toBe("NotPositive")
  })

  it("comes back from the wire as it went, and sums by currency", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (amount) => {
        expect(fromWire(wireOf(amount, "SEK")).amount).toBe(amount)
      })
    )
    const sums = sumByCurrency([wireOf(1n, "SEK"), wireOf(5n, "EUR"), wireOf(2n, "SEK")])
    expect(sums.map(String)).toEqual(["0.03 SEK", "0.05 EUR"])
    expect(() => fromWire({ amount: "1.234", currency: "SEK" })).toThrow(/1\.234/u)
  })
})

describe("scales", () => {
  const amounts = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n })

  it("put round ticks around everything, evenly, and few of them", () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        const ticks = ticksOf(low, high)
        const steps = new Set(ticks.slice(1).map((tick, at) => tick - (ticks[at] ?? 0n)))
        expect(steps.size).toBe(1)
        expect((ticks[0] ?? 1n) <= low && (ticks.at(-1) ?? 0n) >= high).toBe(true)
        expect(ticks.length).toBeLessThanOrEqual(6)
        expect(ticks.length).toBeGreaterThanOrEqual(2)
        expect(ticks.every((tick) => tick % ([...steps][0] ?? 1n) === 0n)).toBe(true)
      })
    )
    expect(ticksOf(0n, 477_251n)).toEqual([0n, 200_000n, 400_000n, 600_000n])
    expect([1n, 3n, 6n, 21n, 26n, 60n].map(niceStep)).toEqual([1n, 5n, 10n, 25n, 50n, 100n])
  })

  it("keep order, and reach from end to end", () => {
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        fc.pre(low < high)
        expect([shareOf(low, low, high), shareOf(high, low, high)]).toEqual([0, 1])
        const middle = shareOf(low + (high - low) / 2n, low, high)
        expect(middle).toBeGreaterThanOrEqual(0)
        expect(middle).toBeLessThanOrEqual(0.5)
      })
    )
    expect(dayTicks(100, 103, 5)).toEqual([100, 101, 102, 103])
    expect(dayTicks(0, 365, 2)).toEqual([0, 183, 365])
  })

  it("add the parts up on every day", () => {
    const change = fc.record({ day: fc.integer({ min: 1, max: 20 }), amount: amounts })
    const part = fc.record({
      before: amounts,
      changes: fc.array(change, { maxLength: 8 }).map((list) => list.toSorted((a, b) => a.day - b.day))
    })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
        const sum = sumOverDays(parts, 0)
        for (let day = 0; day <= 21; day += 1) {
          const expected = parts.reduce(
            (total, { before, changes }) => total + (pointAt(changes, day)?.amount ?? before),
            0n
          )
          expect(pointAt(sum, day)?.amount).toBe(expected)
        }
        expect(sum.every(({ day }, at) => at === 0 || day > (sum[at - 1]?.day ?? day))).toBe(true)
      })
    )
  })
})

describe("what is known again", () => {
  it("is an account number in groups, where its scheme has them", () => {
    expect(showNumber({ scheme: "Iban", number: "SE4550000000058398257466" })).toBe("SE45 5000 0000 0583 9825 7466")
    expect(showNumber({ scheme: "Iban", number: "NO9386011117947" })).toBe("NO93 8601 1117 947")
    expect(showNumber({ scheme: "Bankgiro", number: "51225860" })).toBe("51225860")
  })

  it("is a browser and its system by what it calls itself", () => {
    const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"
    expect(agentText(`${chrome} Safari/537.36`)).toBe("Chrome · Windows")
    expect(agentText(`${chrome} Safari/537.36 Edg/130.0.0.0`)).toBe("Edge · Windows")
    expect(agentText("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.5) Version/17.5 Safari/605.1.15")).toBe("Safari · Mac")
    expect(agentText("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1")).toBe(
      "Safari · iPhone"
    )
    expect(agentText("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0")).toBe("Firefox · Android")
    expect(agentText("curl/8.5.0")).toBe("curl")
    expect(agentText(null)).toBe(null)
  })
})

describe("days and numbers", () => {
  it("are written as the reader's language does", () => {
    expect(showDay("2026-11-01", "sv-SE")).toBe("1 nov. 2026")
    expect(showDay("2026-11-01", "en-GB")).toBe("1 Nov 2026")
    expect(plain(showPercent("9.5", "sv-SE"))).toBe("9,5 %")
    expect(["9840", "5", "-50", "0"].map((bps) => plain(showBasisPoints(Number(bps), "en-GB")))).toEqual([
      "98.4 %",
      "0.05 %",
      "-0.5 %",
      "0 %"
    ])
    expect([0.00025, 0.25, 2.5].map((seconds) => plain(showSeconds(seconds, "en-GB")))).toEqual([
      "250 µs",
      "250 ms",
      "2.5 s"
    ])
  })

  it("are read and counted by the calendar", () => {
    expect(readDay("2026-02-30")).toBeUndefined()
    expect(readDay("2024-02-29")).toBe("2024-02-29")
    expect(dayOf(new Date(2026, 0, 31, 23, 59))).toBe("2026-01-31")
    expect(spanUntil(LocalDate.of("2026-05-31"), "quarter")).toEqual({ start: "2026-02-28", end: "2026-06-01" })
  })
})

describe("what the server tells", () => {
  it("is a problem with its fields, whoever gave it", () => {
    const told = {
      title: "Request invalid",
      code: "RequestInvalid",
      detail: "It does not fit",
      context: { errors: [{ in: "body", path: ["creditor", 0], message: "Expected a name" }] }
    }
    expect(problemFrom(400, told, "req_1")).toMatchObject({
      code: "request-invalid",
      fields: [{ path: "body.creditor.0", message: "Expected a name" }],
      requestId: "req_1"
    })
    expect(problemFrom(502, undefined, null)).toMatchObject({ title: "HTTP 502", code: "", fields: [] })
    expect(kebab("DepositAccountNotFound")).toBe("deposit-account-not-found")
  })

  it("is events, however the stream is cut", () => {
    const text = 'event: message\r\ndata: {"a":1}\r\n\r\n: a comment\ndata: one\ndata:two\n\ndata: rest'
    const whole: Array<string> = []
    makeEventReader((data) => whole.push(data))(text)
    expect(whole).toEqual(['{"a":1}', "one\ntwo"])
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (places) => {
        const cuts = [0, ...places.toSorted((a, b) => a - b), text.length]
        const parts: Array<string> = []
        const read = makeEventReader((data) => parts.push(data))
        for (const [at, cut] of cuts.slice(1).entries()) read(text.slice(cuts[at], cut))
        expect(parts).toEqual(whole)
      })
    )
  })

  it("is events with the last id that was told, which lasts until the next", () => {
    const told: Array<readonly [string, string | undefined]> = []
    makeEventReader((data, id) => told.push([data, id]))("data: a\n\nid: 1\ndata: b\n\ndata: c\n\nid:2\ndata: d\n\n")
    expect(told).toEqual([
      ["a", undefined],
      ["b", "1"],
      ["c", "1"],
      ["d", "2"]
    ])
  })

  it("is asked for again after pauses that grow, to half a minute at most", () => {
    expect(pauseAfter(0, 0)).toBe(250)
    expect(pauseAfter(1, 1)).toBe(1000)
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        expect(pauseAfter(failures, random)).toBeLessThanOrEqual(30_000)
        expect(pauseAfter(failures, random)).toBeGreaterThanOrEqual(250)
      })
    )
  })

  it("is figures by route, out of the text of Prometheus", () => {
    const name = "http_server_request_duration_seconds"
    const of = (status: string) => `http_request_method="GET",http_route="/a",http_response_status_code="${status}"`
    const text = [
      "# TYPE x counter",
      'x{path="a\\"}b\\\\"} 3',
      `${name}_bucket{${of("200")},le="0.01"} 98`,
      `${name}_bucket{${of("200")},le="0.1"} 99`,
      `${name}_bucket{${of("200")},le="+Inf"} 99`,
      `${name}_count{${of("200")}} 99`,
      `${name}_bucket{${of("503")},le="0.01"} 0`,
      `${name}_bucket{${of("503")},le="0.1"} 0`,
      `${name}_bucket{${of("503")},le="+Inf"} 1`,
      `${name}_count{${of("503")}} 1`
    ].join("\n")
    const samples = samplesOf(text)
    expect(samples[0]).toEqual({ name: "x", labels: { path: 'a"}b\\' }, value: 3 })
    expect(requestsOf(samples)).toEqual([{ route: "GET /a", count: 100, failures: 1, median: 0.01, p99: 0.1 }])
  })
})

describe("what may be done", () => {
  it("is granted by name, or by a star over its domain and no other", () => {
    expect(grants(["bank:read"], "bank:read")).toBe(true)
    expect(grants(["bank:*"], "bank:read")).toBe(true)
    expect(grants(["bank:*"], "banking:read")).toBe(false)
    expect(grants(["bank:read"], "bank:read-all")).toBe(false)
    expect(grants([], "bank:read")).toBe(false)
  })
})
