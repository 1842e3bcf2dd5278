import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { describeMarket } from "./market.ts"

// With Kameo itself it is `describeMarket("market.sqlite", {})`; a local one needs no account and no network.
await using emulator = await startKameoEmulator({ loans: 200 })
const addresses = { baseUrl: emulator.wwwUrl, apiBaseUrl: emulator.apiUrl }
for (const line of await describeMarket("market.sqlite", addresses)) console.log(line)
