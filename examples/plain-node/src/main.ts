import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { randomBytes } from "node:crypto"
import { openBank, payRent, welcome } from "./bank.ts"
import { takePayment } from "./books.ts"
import { describeMarket } from "./market.ts"
import { signUpAndIn } from "./signIn.ts"

// With Kameo itself it is `describeMarket("market.sqlite", {})`; a local one needs no account and no network.
await using emulator = await startKameoEmulator({ loans: 200 })
const addresses = { baseUrl: emulator.wwwUrl, apiBaseUrl: emulator.apiUrl }
for (const line of await describeMarket("market.sqlite", addresses)) console.log(line)

console.log(await takePayment(":memory:"))

const newKey = () => randomBytes(32).toString("hex")
const keys = { current: { id: "demo", key: newKey() }, index: newKey() }
console.log(await signUpAndIn(":memory:", keys))

await using bank = await openBank(":memory:", keys)
const customer = await welcome(bank, { id: "form 1", name: "Quirina Testsson", personalNumber: "19811218-9876" })
for (const line of await payRent(bank, customer.id)) console.log(line)
