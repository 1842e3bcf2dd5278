/** Where a request comes from: its network address, and what its sender calls itself; null where that is not known. */
export interface Client {
  readonly address: string | null
  readonly agent: string | null
}

const lengthAtMost = 400

const kept = (text: string | null): string | null => {
  if (text === null) return null
  const whole = text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
  return whole === "" ? null : [...whole].slice(0, lengthAtMost).join("")
}

/** What is kept of a client: text that every database holds and every list shows, the first 400 characters of it. */
export const keptClient = ({ address, agent }: Client): Client => ({ address: kept(address), agent: kept(agent) })
