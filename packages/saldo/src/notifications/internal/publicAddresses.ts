/**
 * Which network addresses belong to the public internet, by the special-purpose registries of IANA (RFC 6890 and what
 * followed it). What a server may call on somebody else's word must be one of these, or it reaches what only the server can.
 */
import { BlockList, isIP } from "node:net"

const special4: ReadonlyArray<readonly [string, number]> = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Link-local, where clouds keep their metadata.
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Azure's platform address, which is public by its number alone.
  ["168.63.129.16", 32],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4]
]

/** Of IPv6 only global unicast addresses are public at all, without those that carry an IPv4 address or are for books. */
const special6: ReadonlyArray<readonly [string, number]> = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20]
]

const listOf = (version: "ipv4" | "ipv6", subnets: ReadonlyArray<readonly [string, number]>): BlockList => {
  const list = new BlockList()
  for (const [address, bits] of subnets) list.addSubnet(address, bits, version)
  return list
}

const notPublic4 = listOf("ipv4", special4)
const notPublic6 = listOf("ipv6", special6)
const unicast6 = listOf("ipv6", [["2000::", 3]])

/** Whether an IP address is of the public internet; what is no address is not. */
export const isPublicAddress = (address: string): boolean => {
  switch (isIP(address)) {
    case 4:
      return !notPublic4.check(address, "ipv4")
    case 6:
      return unicast6.check(address, "ipv6") && !notPublic6.check(address, "ipv6")
    default:
      return false
  }
}

/**
 * The addresses that may be called: public ones, and those in the given ranges such as `127.0.0.0/8`. A range that is none is a
 * mistake in the host (`RangeError`).
 */
export const permittedAddresses = (ranges: ReadonlyArray<string>): ((address: string) => boolean) => {
  const allowed = { 4: new BlockList(), 6: new BlockList() }
  for (const range of ranges) {
    const [address = "", bits = ""] = range.split("/")
    const version = isIP(address)
    const size = version === 4 ? 32 : 128
    if ((version !== 4 && version !== 6) || !/^\d{1,3}$/u.test(bits) || Number(bits) > size) {
      throw new RangeError(`${range} is no range of addresses such as 10.0.0.0/8 or fd00::/8`)
    }
    allowed[version].addSubnet(address, Number(bits), version === 4 ? "ipv4" : "ipv6")
  }
  return (address) => {
    const version = isIP(address)
    if (version === 4 && allowed[4].check(address, "ipv4")) return true
    if (version === 6 && allowed[6].check(address, "ipv6")) return true
    return isPublicAddress(address)
  }
}
