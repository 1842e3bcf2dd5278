import { startKameoEmulator } from "@saldo/kameo/emulator/startKameoEmulator"
import { describeMarket } from "./market.ts"

// Kameo itself would be `describeMarket("market.sqlite", {})`; a local one needs no account and no network.
const emulator = await startKameoEmulator({ loans: 200 })
try {
  const lines = await describeMarket("market.sqlite", { baseUrl: emulator.wwwUrl, apiBaseUrl: emulator.apiUrl })
  console.log(lines.join("\n"))
} finally {
  await emulator.close()
}
