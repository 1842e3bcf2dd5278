import { kameo } from "@saldo/kameo/kameo"
import { sqlite } from "@saldo/sqlite/sqlite"
import { formatMoney } from "saldo/money/formatMoney"
import { toPercent } from "saldo/money/Rate"
import { createSaldo } from "saldo/promise"

/** Collects a market into a file and gives a line about each currency. No Effect in sight. */
export const describeMarket = async (filename: string, addresses: { baseUrl?: string; apiBaseUrl?: string }) => {
  await using saldo = await createSaldo({ storage: sqlite({ filename }) })
  const report = await saldo.loans.collect(kameo(addresses))
  const { currencies } = await saldo.loans.statistics({ statuses: ["open", "upcoming"] })
  return [
    `${report.seen} loans: ${report.inserted} new, ${report.changed} changed`,
    ...currencies.map(({ currency, listings, rate, sought }) => {
      const total = formatMoney(sought.total, { locale: "en-GB", currency: "code" })
      return `${currency}: ${listings} open or upcoming, ${total} sought, ${rate === null ? "?" : toPercent(rate.weighted)} %`
    })
  ]
}
