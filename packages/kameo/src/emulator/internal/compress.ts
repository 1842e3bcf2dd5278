import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import type { Faults } from "../Fault.ts"

const encoders: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  zstd: (body) => zstdCompressSync(body),
  gzip: (body) => gzipSync(body, { level: 1 }),
  deflate: (body) => deflateSync(body, { level: 1 })
}

const offers = (acceptEncoding: string, name: string): boolean =>
  acceptEncoding.split(",").some((part) => {
    const [coding = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase())
    return coding === name && !parameters.some((parameter) => /^q=0(?:\.0*)?$/u.test(parameter))
  })

const bytes = new TextEncoder()

/**
 * A body in the encoding of its host: the site uses gzip when offered, the API none; a fault may ask for another one when
 * the request offers it, or force Brotli on a request that does not.
 */
export const compressed = (
  text: string,
  wanted: Faults["encoding"],
  host: "www" | "api",
  acceptEncoding: string
): { readonly body: Uint8Array; readonly encoding: string | undefined } => {
  const body = bytes.encode(text)
  const usual = host === "www" ? "gzip" : undefined
  const name = wanted === "brForced" ? "br" : (wanted ?? usual)
  const encode = name === undefined ? undefined : encoders[name]
  if (encode === undefined || name === undefined || body.length === 0) return { body, encoding: undefined }
  if (wanted !== "brForced" && !offers(acceptEncoding, name)) return { body, encoding: undefined }
  return { body: encode(body), encoding: name }
}
