/** Whatever happens to an order, in whatever order: its money is set aside once, leaves or is given back once, and comes back once. */
import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"
import * as Moves from "saldo/banking/paymentMoves"
import { isFinal, type PaymentOrder } from "saldo/banking/PaymentOrder"
import { PaymentOrderState, PaymentStatus } from "saldo/banking/PaymentStatus"
import type { Id } from "saldo/core/Id"
import * as Money from "saldo/money/Money"
import * as LocalDate from "saldo/time/LocalDate"
import { describe, expect, it } from "vitest"

const idOf = <const Prefix extends string>(prefix: Prefix): Id<Prefix> =>
  `${prefix}_00000000000000000000000001` as Id<Prefix>

const instant = (second: number) => DateTime.makeUnsafe(Date.UTC(2026, 4, 4) + second * 1000)

const created: PaymentOrder = {
  id: idOf("pay"),
  tenant: "bank",
  customerId: idOf("cust"),
  ledgerAccountId: idOf("acct"),
  accountId: idOf("dep"),
  amount: Money.of("100.00", "SEK"),
  creditor: {
    name: "Bo Ek",
    account: Result.getOrThrow(parseExternalAccount({ scheme: "Bankgiro", text: "5050-1055" }))
  },
  executeOn: LocalDate.of("2026-05-04"),
  endToEndId: "reference",
  uetr: "uetr",
  state: "created",
  status: null,
  reason: null,
  dispute: null,
  approvalId: null,
  holdId: null,
  returned: null,
  plan: null,
  createdBy: "anna",
  createdAt: instant(0),
  attempts: 0,
  sentAt: null,
  askAt: null,
  changedAt: instant(0),
  version: 1
}

const file = { messageId: "file", requestedOn: LocalDate.of("2026-05-04"), digest: "0".repeat(64) }

type Happening = (order: PaymentOrder, at: DateTime.Utc, soon: DateTime.Utc) => Moves.Moved

/** What a refused move leaves behind. */
const orUnchanged = (order: PaymentOrder, moved: Result.Result<Moves.Moved, unknown>): Moves.Moved =>
  Result.getOrElse(moved, () => ({ order, money: [] }))

const happenings: Readonly<Record<string, Happening>> = {
  approve: (order, at) => orUnchanged(order, Moves.approve(order, idOf("hold"), at)),
  approveForLater: (order, at) => orUnchanged(order, Moves.approve(order, null, at)),
  // A use case sets money aside where there is none yet.
  reserve: (order, at) =>
    order.holdId === null ? orUnchanged(order, Moves.reserve(order, idOf("hold"), at)) : { order, money: [] },
  waitForFunds: (order, at, soon) =>
    order.holdId === null ? orUnchanged(order, Moves.waitForFunds(order, at, soon)) : { order, money: [] },
  lack: (order, at) => orUnchanged(order, Moves.fail(order, "AM04", at)),
  cancel: (order, at) => orUnchanged(order, Moves.cancel(order, "no", at)),
  // It sends nothing without money.
  send: (order, at, soon) =>
    order.holdId === null ? { order, money: [] } : orUnchanged(order, Moves.send(order, at, soon)),
  sendInFile: (order, at) =>
    order.holdId === null ? { order, money: [] } : orUnchanged(order, Moves.sendInFile(order, file, at)),
  resend: (order, at, soon) => ({ order: Moves.resend(order, at, soon) ?? order, money: [] }),
  askLater: (order, at, soon) => ({ order: Moves.askLater(order, at, soon), money: [] }),
  ...Object.fromEntries(
    PaymentStatus.literals.map((status): [string, Happening] => [
      status,
      (order, at, soon) => Moves.report(order, status, null, at, soon)
    ])
  ),
  ...Object.fromEntries(
    (["100.00", "99.00", "100.01"] as const).flatMap((amount) =>
      ["one", "two"].map((returnId): [string, Happening] => [
        `return ${amount} ${returnId}`,
        (order, at) => Moves.comeBack(order, { returnId, amount: Money.of(amount, "SEK"), reason: "AC04" }, at)
      ])
    )
  )
}

/** The money that each state stands for, from the first move to the last. */
const moneyOf: Readonly<Record<PaymentOrderState, ReadonlyArray<string>>> = {
  created: [""],
  approved: ["", "hold"],
  sent: ["hold"],
  held: ["hold"],
  settled: ["hold capture"],
  failed: ["", "hold void"],
  cancelled: ["", "hold void"],
  returned: ["hold capture return"]
}

const story = fc.array(fc.constantFrom(...Object.keys(happenings)), { maxLength: 25 })

const play = (
  names: ReadonlyArray<string>,
  look: (before: PaymentOrder, after: PaymentOrder, name: string) => void
) => {
  let order = created
  const money: Array<string> = []
  for (const [index, name] of names.entries()) {
    const happening = happenings[name]
    if (happening === undefined) throw new RangeError(`Nothing is called ${name}`)
    const moved = happening(order, instant(index + 1), instant(index + 100))
    look(order, moved.order, name)
    order = moved.order
    money.push(...moved.money)
    expect(moneyOf[order.state]).toContain(money.join(" "))
  }
  return order
}

describe("paymentMoves", () => {
  it("moves the money that the state stands for, whatever happens", () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(story, (names) => {
        play(names, (_, after) => seen.add(after.state))
      }),
      { numRuns: 3000 }
    )
    expect([...seen].sort((a, b) => (a < b ? -1 : 1))).toEqual(PaymentOrderState.literals.toSorted())
  })

  it("counts every change, and changes nothing twice", () => {
    fc.assert(
      fc.property(story, (names) => {
        play(names, (before, after, name) => {
          if (after !== before) expect(after.version).toBe(before.version + 1)
          // The same news again is no news, and the first contradiction is the one to look into.
          const again = happenings[name]?.(after, instant(999), instant(1999)).order
          if (name.startsWith("return") || PaymentStatus.literals.some((status) => status === name)) {
            expect(again).toBe(after)
          }
          if (before.dispute !== null) expect(after.dispute).toBe(before.dispute)
        })
      }),
      { numRuns: 1000 }
    )
  })

  it("never asks about what is over or left in a file, and sends again only what nobody has heard of", () => {
    fc.assert(
      fc.property(story, (names) => {
        play(names, (before, after, name) => {
          if (isFinal(after.state) || (after.file !== undefined && after.state !== "approved")) {
            expect(after.askAt).toBe(null)
          }
          if (name === "resend" && after !== before) {
            expect([before.state, before.status, before.file]).toEqual(["sent", null, undefined])
          }
          if (after.attempts > before.attempts) expect(after.sentAt).toBe(after.changedAt)
          if (isFinal(before.state) && after.state !== before.state) {
            expect([before.state, after.state]).toEqual(["settled", "returned"])
          }
        })
      }),
      { numRuns: 1000 }
    )
  })
})
