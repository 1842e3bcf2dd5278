/** What may be told about the URL of a server: everything but who connects with which password. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** Reads a URL, or answers `undefined` when it is none of Redis. */
export const addressOf = (text: string): Address | undefined => {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== "redis:" && url.protocol !== "rediss:") || url.hostname === "") return undefined
  if (!/^\/?\d{0,5}$/u.test(url.pathname) || !isDecodable(url.username) || !isDecodable(url.password)) return undefined
  return { host: url.hostname.replace(/^\[|\]$/gu, ""), port: url.port === "" ? 6379 : Number(url.port) }
}

const isDecodable = (part: string): boolean => {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}
