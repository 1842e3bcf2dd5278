/** The groups of an IPv6 address, without leading zeros. */
const groupsOf = (address: string): ReadonlyArray<string> => {
  const [head = "", tail] = address.toLowerCase().split("::")
  const parts = (text: string) => (text === "" ? [] : text.split(":"))
  const [before, after] = [parts(head), parts(tail ?? "")]
  const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array.from({ length: missing }, () => "0"), ...after].map((group) =>
    group.replace(/^0+(?=.)/u, "")
  )
}

/**
 * Who is counted as one by an address: an IPv4 address by itself, and of IPv6 the first 64 bits, as whoever has one address
 * of these has them all. IPv4 in IPv6 (`::ffff:192.0.2.1`) is IPv4.
 */
export const networkOf = (address: string): string => {
  if (!address.includes(":")) return address
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address) ?? []
  return mapped ?? groupsOf(address.replace(/%.*$/u, "")).slice(0, 4).join(":")
}
