import * as Schema from "effect/Schema"
import { compareStatus, isFinalStatus, orderStateOf, paymentStatusOf } from "saldo/banking/paymentProgress"
import { PaymentOrderState, paymentReasonNames, PaymentStatus, paymentStatusNames } from "saldo/banking/PaymentStatus"
import { describe, expect, it } from "vitest"

const statuses = PaymentStatus.literals
const states = PaymentOrderState.literals

describe("payment status words", () => {
  it("say each state of an order, except the two that no status tells", () => {
    expect(Object.fromEntries(states.map((state) => [state, paymentStatusOf(state)]))).toEqual({
      created: "RCVD",
      approved: "ACCP",
      sent: "ACSP",
      settled: "ACSC",
      held: "PDNG",
      failed: "RJCT",
      returned: undefined,
      cancelled: undefined
    })
    // What a bank reports never takes an order back to before it was sent.
    expect(new Set(statuses.map(orderStateOf))).toEqual(new Set(["sent", "settled", "held", "failed"]))
    for (const state of ["sent", "settled", "held", "failed"] as const) {
      const status = paymentStatusOf(state)
      expect(status !== undefined && orderStateOf(status)).toBe(state)
    }
  })

  it("come in any order and repeated, and end in one place", () => {
    const final = (reports: ReadonlyArray<PaymentStatus>) => {
      let known: PaymentStatus = "RCVD"
      for (const report of reports) if (compareStatus(known, report) === "advanced") known = report
      return known
    }
    expect(final(["ACTC", "ACCP", "ACSP", "ACSC"])).toBe("ACSC")
    expect(final(["ACSC", "ACSP", "RCVD", "ACSC", "PDNG"])).toBe("ACSC")
    expect(final(["ACSP", "PDNG", "ACSP", "RJCT", "ACCP"])).toBe("RJCT")
    expect(compareStatus("ACSC", "RJCT")).toBe("conflict")
    expect(compareStatus("RJCT", "ACSC")).toBe("conflict")
    for (const known of statuses) {
      expect(compareStatus(known, known)).toBe("unchanged")
      for (const reported of statuses.filter((each) => isFinalStatus(known) && !isFinalStatus(each))) {
        expect(compareStatus(known, reported)).toBe("unchanged")
      }
    }
  })

  it("have names, and reasons have codes of four characters", () => {
    expect(Object.keys(paymentStatusNames).sort()).toEqual([...statuses].sort())
    expect([...paymentReasonNames.keys()].filter((code) => !/^[A-Z]{2}[A-Z\d]{2}$/u.test(code))).toEqual([])
    expect(paymentReasonNames.get("AM04")).toBe("Insufficient funds")
    expect(Schema.decodeUnknownResult(PaymentStatus)("XXXX")._tag).toBe("Failure")
  })
})
