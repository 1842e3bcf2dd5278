/**
 * People around a simulated bank, by what identifies them.
 */
import * as Result from "effect/Result"
import { parseExternalAccount } from "saldo/banking/ExternalAccount"

/** A valid personal number for each customer. */
export const personalNumber = (index: number): string => {
  const digits = `80010${1 + index}${200 + index}`
  const sum = [...digits].reduce((total, digit, place) => {
    const weighted = Number(digit) * (place % 2 === 0 ? 2 : 1)
    return total + Math.floor(weighted / 10) + (weighted % 10)
  }, 0)
  return `19${digits.slice(0, 6)}-${digits.slice(6)}${(10 - (sum % 10)) % 10}`
}

/** Whom customers pay, in other banks. */
export const receivers = ["SE4550000000058398257466", "NO9386011117947", "SE3550000000054910000003"].map(
  (text, index) => ({
    name: `Receiver ${index}`,
    account: Result.getOrThrow(parseExternalAccount({ scheme: "Iban", text }))
  })
)
