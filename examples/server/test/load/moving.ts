/**
 * What customers move: transfers, payments to other banks, and attempts that the bank has to refuse.
 */
import { randomUUID } from "node:crypto"
import { accounts as otherBanks } from "../../src/otherBanks.ts"
import { numberOf } from "saldo/banking/ExternalAccount"
import type { Heard } from "./caller.ts"
import type { Asked } from "./expectations.ts"
import type { Lane } from "./lane.ts"
import type { Request } from "./line.ts"
import { kronor, type Payment, type Transfer } from "./records.ts"

const path = "/api/v1/transactions/transfers"

/** The order of a transfer, whose description names its key so that the lines of it can be found on statements. */
export const transferRequest = ({ from, key, ore, to }: Omit<Transfer, "entries">): Request => ({
  method: "POST",
  path,
  headers: { "idempotency-key": key },
  body: { from, to, amount: kronor(ore), description: key }
})

const noteEntry = (transfer: Transfer, { body, status }: Heard): void => {
  if (status === 201) transfer.entries.add((body as { readonly entryId: string }).entryId)
}

/** Sends a transfer that is on record, and notes what its answer says. */
export const sendTransfer = async (lane: Lane, name: Asked, transfer: Transfer): Promise<void> =>
  noteEntry(transfer, await lane.own(name, transferRequest(transfer)))

/** Moves some money, now and then by sending the same order more than once. */
export const transfer = async (lane: Lane, from: string, to: string): Promise<void> => {
  const { bank, chance } = lane
  const order: Transfer = { key: randomUUID(), from, to, ore: chance.between(1, 500), entries: new Set() }
  bank.records.transfers.set(order.key, order)
  if (chance.happens(6)) {
    // Each answer is noted when it comes, as the other one may be long in coming.
    const asked = lane.twice("transfer twice at once", transferRequest(order))
    await Promise.all(asked.map(async (heard) => noteEntry(order, await heard)))
  } else {
    await sendTransfer(lane, "transfer", order)
  }
  if (chance.happens(15)) await sendTransfer(lane, "transfer again", order)
}

/** Tries to move what nobody may, and finds that each attempt is refused. */
export const overreach = async (lane: Lane): Promise<void> => {
  const { chance, person } = lane
  const { daily: from, saved: to } = person
  const order = { key: randomUUID(), from, to, ore: 100 }
  const stranger = lane.bank.people.find(({ customerId }) => customerId !== person.customerId) ?? person
  switch (chance.between(1, 4)) {
    case 1:
      await lane.own("transfer of too much", transferRequest({ ...order, ore: 900_000_000_00 }))
      return
    case 2:
      await lane.own("transfer of nothing", transferRequest({ ...order, ore: 0 }))
      return
    case 3:
      await lane.own("transfer from another's account", transferRequest({ ...order, from: stranger.daily }))
      return
    default: {
      const done: Transfer = { ...order, entries: new Set() }
      lane.bank.records.transfers.set(done.key, done)
      await sendTransfer(lane, "transfer", done)
      await lane.own("transfer of something else under the key", transferRequest({ ...done, ore: 200 }))
    }
  }
}

const payees = {
  taken: { name: "Hyresbostäder i Älvstad", account: { scheme: "Iban", number: numberOf(otherBanks.landlord) } },
  refused: { name: "Ingen alls", account: { scheme: "Iban", number: numberOf(otherBanks.blocked) } }
} as const

/** Above this a second person has to consent. */
const consentAbove = 25_000_00

const orderPayment = async (lane: Lane, payment: Payment): Promise<Heard> => {
  const request: Request = {
    method: "POST",
    path: "/api/v1/payments",
    headers: { "idempotency-key": payment.key },
    body: {
      accountId: payment.accountId,
      amount: kronor(payment.ore),
      creditor: payment.taken ? payees.taken : payees.refused,
      message: { _tag: "Text", text: payment.key }
    }
  }
  const heard = await lane.own("payment order", request)
  const note = ({ body, status }: Heard) => {
    if (status === 201) payment.orders.add((body as { readonly id: string }).id)
  }
  note(heard)
  if (lane.chance.happens(15)) note(await lane.own("payment order again", request))
  return heard
}

/** Pays somebody at another bank. */
export const pay = async (lane: Lane): Promise<void> => {
  const { bank, chance, person } = lane
  const payment: Payment = {
    key: randomUUID(),
    accountId: person.daily,
    ore: chance.between(100, 900),
    taken: chance.happens(85),
    orders: new Set(),
    consent: "none"
  }
  bank.records.payments.set(payment.key, payment)
  const { body } = await orderPayment(lane, payment)
  const { id } = body as { readonly id: string }
  await lane.own("payment", { method: "GET", path: `/api/v1/payments/${id}` })
}

/** How many large payments an account makes: more than these would go beyond the bank's limit for a day. */
const largePayments = 3

/** Pays so much that somebody of the bank has to consent, who does. */
export const payMuch = async (lane: Lane): Promise<void> => {
  const { bank, person } = lane
  const before = [...bank.records.payments.values()].filter(
    ({ accountId, consent }) => accountId === person.daily && consent !== "none"
  )
  if (before.length >= largePayments) return pay(lane)
  const payment: Payment = {
    key: randomUUID(),
    accountId: person.daily,
    ore: consentAbove + 1,
    taken: true,
    orders: new Set(),
    consent: "asked"
  }
  bank.records.payments.set(payment.key, payment)
  const { body, headers } = await orderPayment(lane, payment)
  const { id } = body as { readonly id: string }
  await lane.by("officer", "approvals", { method: "GET", path: "/api/v1/payment-approvals?limit=10" })
  const decided = await lane.by("officer", "payment decision", {
    method: "POST",
    path: `/api/v1/payments/${id}/decision`,
    headers: { "idempotency-key": randomUUID(), "if-match": headers.etag ?? "" },
    body: { approve: true, comment: "Known" }
  })
  if (decided.status === 200) payment.consent = "given"
}
