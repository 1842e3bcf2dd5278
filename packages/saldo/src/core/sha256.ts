import { hash } from "node:crypto"

/**
 * The SHA-256 (FIPS 180-4) of a text in UTF-8, as 64 hexadecimal digits in lower case.
 *
 * @example
 * ```ts
 * import { sha256 } from "saldo/core/sha256"
 *
 * sha256("abc") // => "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
 * ```
 */
export const sha256 = (text: string): string => hash("sha256", text)

/** The SHA-256 of bytes, given and returned as hexadecimal digits. */
export const sha256OfBytes = (hexadecimal: string): string => hash("sha256", Buffer.from(hexadecimal, "hex"))
