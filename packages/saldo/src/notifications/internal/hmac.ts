/** HMAC-SHA-256 (RFC 2104) over bytes, and a comparison that tells nothing by how long it takes. */
import { createHmac, timingSafeEqual } from "node:crypto"

/** The HMAC of a text in UTF-8, in base64 (RFC 4648). */
export const hmacBase64 = (key: Uint8Array, text: string): string =>
  createHmac("sha256", key).update(text, "utf8").digest("base64")

/** Whether two texts are the same; only their lengths show in the time that it takes. */
export const isSameText = (left: string, right: string): boolean => {
  const [one, other] = [Buffer.from(left, "utf8"), Buffer.from(right, "utf8")]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** The bytes that base64 text stands for; `undefined` for text that is not base64 as it is written by the book. */
export const bytesOfBase64 = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text, "base64")
  return bytes.toString("base64").replace(/=+$/u, "") === text.replace(/=+$/u, "") ? bytes : undefined
}

/** Bytes as base64 text. */
export const base64OfBytes = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")
