import { describe, expect, it } from "vitest"
import { isFunded, listingStatus, type StatusFacts } from "@saldo/kameo/listingStatus"

const noon = Date.parse("2026-03-10T12:00:00+01:00")
const hour = 3_600_000
const facts = (changes: Partial<StatusFacts>): StatusFacts => ({
  statusText: null,
  stateId: null,
  stateText: null,
  listedAt: null,
  opensAt: null,
  closesAt: null,
  funded: false,
  now: noon,
  ...changes
})
const inWindow = { opensAt: noon - hour, closesAt: noon + hour }

describe("listingStatus, rule by rule", () => {
  it.each<[string, Partial<StatusFacts>, string]>([
    ["1: a told status wins over everything", { statusText: " Cancelled ", stateId: 30, ...inWindow }, "canceled"],
    ["1: a told status nobody knows", { statusText: "constructor", ...inWindow }, "unknown"],
    ["2: cancelled by text, whatever the dates", { stateText: "Avbruten", ...inWindow }, "canceled"],
    ["2: withdrawn, decomposed letters and blanks", { stateText: " A\u030aterkallad " }, "canceled"],
    ["2: set off", { stateText: "INSTÄLLD" }, "canceled"],
    ["2: repaid", { stateText: "Återbetald", stateId: 30 }, "completed"],
    ["2: repaid in the end", { stateText: "Slutbetald" }, "completed"],
    ["2: paid out", { stateText: "Utbetald" }, "active"],
    ["2: running", { stateText: "Pågående" }, "active"],
    ["3: allocation by id in any language", { stateId: 30, stateText: "Tildeling", ...inWindow }, "closed"],
    ["3: allocation of a full loan", { stateId: 30, funded: true }, "funded"],
    ["3: allocation by text", { stateText: "tilldelning", funded: true }, "funded"],
    ["4: before the start", { opensAt: noon + 1, closesAt: noon + hour, stateId: 11 }, "upcoming"],
    ["4: the start itself is not before it", { opensAt: noon, closesAt: noon + hour }, "open"],
    ["5: after the end, not full", { opensAt: noon - 2, closesAt: noon - 1 }, "closed"],
    ["5: after the end, full", { opensAt: noon - 2, closesAt: noon - 1, funded: true }, "funded"],
    ["5: the end itself is not after it", { closesAt: noon }, "open"],
    ["6: advance subscription stays open when oversubscribed", { stateId: 11, funded: true, ...inWindow }, "open"],
    ["6: advance subscription by text", { stateText: "Förhandsteckning", funded: true }, "open"],
    ["7: in the window, full", { funded: true, ...inWindow }, "funded"],
    ["7: in the window", { stateId: 77, stateText: "Ny status", ...inWindow }, "open"],
    ["7: only listed", { listedAt: noon - hour }, "open"],
    ["8: nothing known", {}, "unknown"],
    ["8: a state and no date", { stateId: 20, stateText: "Öppen för teckning" }, "unknown"]
  ])("%s", (_name, changes, status) => expect(listingStatus(facts(changes))).toBe(status))
})

describe("isFunded", () => {
  it("trusts the amounts, not a flag that says no", () => {
    expect(isFunded({ funded: 100n, amount: 100n, fullyFundedState: 0 })).toBe(true)
    expect(isFunded({ funded: 99n, amount: 100n, fullyFundedState: 0 })).toBe(false)
    expect(isFunded({ funded: null, amount: 100n, fullyFundedState: null })).toBe(false)
    expect(isFunded({ funded: 1n, amount: 100n, fullyFundedState: 1 })).toBe(true)
  })
})
