/** Money in the form of the wire. */
import * as Money from "saldo/money/Money"

/** Minor units of a currency as the wire has them. */
export const wireOf = (amount: bigint, currency: string) => Money.fromMinor(amount, currency).toJSON()
