import { sqlite } from "@saldo/sqlite/sqlite"
import * as Money from "saldo/money/Money"
import { createSaldo } from "saldo/promise"

const kronor = (text: string) => Money.of(text, "SEK")

/** Opens an account, deposits, sets money aside, takes a part of it, and says what is left. No Effect in sight. */
export const takePayment = async (filename: string) => {
  await using saldo = await createSaldo({ storage: sqlite({ filename }) })
  const open = (code: string, type: "asset" | "liability") =>
    saldo.ledger.openAccount({ code, name: code, type, currency: "SEK", bounds: { minimum: 0n, maximum: null } })
  const [cash, anna, shop] = [
    await open("cash", "asset"),
    await open("anna", "liability"),
    await open("shop", "liability")
  ]
  await saldo.ledger.post({
    key: "deposit 1",
    postings: [
      { accountId: cash.id, side: "debit", amount: kronor("500.00") },
      { accountId: anna.id, side: "credit", amount: kronor("500.00") }
    ]
  })
  const holdId = saldo.newId("hold")
  await saldo.ledger.placeHold({ key: "order 7", holdId, debit: anna.id, credit: shop.id, amount: kronor("200.00") })
  await saldo.ledger.capture({ key: "delivery 7", holdId, amount: kronor("150.00") })
  const { available, balance } = await saldo.ledger.balance(anna.id)
  return `${balance.toString()} on the account, ${available?.toString()} available`
}
