/**
 * Transfers by many at once, of which it is known which were answered.
 */
import { signIn, type Started } from "./server.ts"

/** Two accounts of the one who moves money between them. */
export interface Accounts {
  readonly from: string
  readonly to: string
}

/** How many transfers are under way at once. */
export const width = 16

/** Moves one krona, and gives the entry that did it; undefined when nobody answered. */
export const move = async (
  { url }: Started,
  token: string,
  { from, to }: Accounts,
  key: string
): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/api/v1/transactions/transfers`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify({ from, to, amount: { amount: "1.00", currency: "SEK" } })
    })
    const { entryId } = (await response.json()) as { readonly entryId?: string }
    return entryId
  } catch {
    return undefined
  }
}

/** The accounts of whoever has the token. */
const own = async ({ url }: Started, token: string): Promise<Accounts> => {
  const response = await fetch(`${url}/api/v1/accounts`, { headers: { authorization: `Bearer ${token}` } })
  const { items } = (await response.json()) as { readonly items: ReadonlyArray<{ readonly id: string }> }
  const [from, to] = items
  if (from === undefined || to === undefined) throw new TypeError("Kim should have two accounts")
  return { from: from.id, to: to.id }
}

/** Signs Kim in, and says between which accounts money can be moved. */
export const asKim = async (server: Started) => {
  const token = await signIn(server, "kim@example.test")
  return { token, accounts: await own(server, token) }
}

/** Sends transfers until told to end, and notes which of them were answered. */
export const flood = (server: Started, token: string, accounts: Accounts, name: string) => {
  const sent: Array<string> = []
  const acknowledged = new Map<string, string>()
  const ending = new AbortController()
  const lane = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const key = `${name}-${sent.length}`
      sent.push(key)
      const entry = await move(server, token, accounts, key)
      if (entry === undefined) return
      acknowledged.set(key, entry)
    }
  }
  const lanes = Array.from({ length: width }, lane)
  return {
    sent,
    acknowledged,
    end: async () => {
      ending.abort()
      await Promise.all(lanes)
    }
  }
}
