import * as Id from "saldo/core/Id"

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

/**
 * An id made from a digest of at least 33 hexadecimal digits: whoever sends a request again gets the same one. The first
 * digit is below 8, as in every id. Such ids do not sort by time.
 */
export const derivedId = <const Prefix extends string>(prefix: Prefix, digest: string): Id.Id<Prefix> => {
  let rest = BigInt(`0x${digest.slice(0, 33)}`) >> 2n
  let body = ""
  for (let left = 26; left > 0; left--, rest >>= 5n) {
    const digit = Number(rest & (left === 1 ? 7n : 31n))
    body = alphabet.charAt(digit) + body
  }
  return Id.schema(prefix).make(`${prefix}_${body}`)
}
