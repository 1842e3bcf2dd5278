/**
 * What the bank offers, and what it lets its customers pay.
 */
import { DepositProduct, ProductId } from "saldo/banking/DepositProduct"
import { Fee } from "saldo/banking/Fee"
import { PaymentLimitId } from "saldo/banking/PaymentLimit"
import type { PaymentPolicy } from "saldo/banking/PaymentPolicy"
import * as Money from "saldo/money/Money"
import * as Rate from "saldo/money/Rate"
import * as LocalDate from "saldo/time/LocalDate"

/** The tenant that the server is for. */
export const tenant = "bank"

/** By whose calendar the bank and its books have days. */
export const timeZone = "Europe/Stockholm"

const begin = LocalDate.of("2020-01-01")

const sek = (text: string) => Money.of(text, "SEK")

const plain = {
  version: 1,
  currency: "SEK",
  offeredFrom: begin,
  minimumOpening: sek("0.00"),
  noticeDays: 0,
  dormantAfterMonths: null
} as const

const terms = {
  currency: "SEK",
  dayCount: "ACT/365 Fixed",
  earnsFrom: "valueDate",
  rounding: "halfEven",
  periodsFrom: LocalDate.of("2000-01-01")
} as const

const yearly = { balance: "daily", compounding: "none", posting: "quarterly" } as const

/** An account for every day: no interest on money, and an overdraft of 5,000 kronor at 9.9 %. */
export const current = new DepositProduct({
  ...plain,
  id: ProductId.make("current"),
  name: "Current account",
  kind: "current",
  interest: {
    ...terms,
    credit: null,
    debit: {
      ...yearly,
      rates: [{ from: begin, method: "band", tiers: [{ from: sek("0.00"), rate: Rate.annualPercent("9.9") }] }]
    }
  },
  overdraft: { limit: sek("5000.00") },
  fees: [
    Fee.make({
      id: Fee.fields.id.make("month"),
      label: "Monthly fee",
      event: "monthly",
      price: { kind: "flat", amount: sek("19.00") },
      waivers: [],
      rounding: "halfEven"
    })
  ],
  withdrawals: null
})

/** An account to save on: 2 % up to 50,000 kronor and 2.75 % on what is above. */
export const savings = new DepositProduct({
  ...plain,
  id: ProductId.make("savings"),
  name: "Savings account",
  kind: "savings",
  interest: {
    ...terms,
    credit: {
      ...yearly,
      rates: [
        {
          from: begin,
          method: "band",
          tiers: [
            { from: sek("0.00"), rate: Rate.annualPercent("2") },
            { from: sek("50000.00"), rate: Rate.annualPercent("2.75") }
          ]
        }
      ]
    },
    debit: null
  },
  overdraft: null,
  fees: [],
  withdrawals: null
})

/** Two people for more than 25,000 kronor, and 200,000 kronor a day at most. */
export const policy: PaymentPolicy = {
  limits: [
    {
      id: PaymentLimitId.make("daily"),
      label: "Payments in a day",
      measure: { kind: "amount", maximum: sek("200000.00") },
      window: "day",
      perCounterparty: false
    }
  ],
  approval: { above: [sek("25000.00")] },
  approvalWithin: "7 days",
  askEvery: "1 hour"
}
