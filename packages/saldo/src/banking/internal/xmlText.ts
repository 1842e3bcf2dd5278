/** Turns the bytes of an XML document into text, by its byte order mark or its declaration. */

/** Takes the document in pieces; a string tells what is wrong as `problem`. */
export interface XmlText {
  readonly write: (bytes: Uint8Array) => string | { readonly problem: string }
  readonly end: () => string | { readonly problem: string }
}

/** So many bytes hold every declaration of an encoding that is not made to deceive. */
const declarationBytes = 256

const byMark = (bytes: Uint8Array): string | undefined => {
  const [first, second, third] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8"
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return "utf-16be"
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return "utf-16le"
  return undefined
}

/** Names that a declaration may give, in lower case, and what decodes them. */
const decoders: ReadonlyMap<string, string> = new Map([
  ["utf-8", "utf-8"],
  ["us-ascii", "utf-8"],
  ["iso-8859-1", "windows-1252"],
  ["windows-1252", "windows-1252"]
])

const encodingOf = (bytes: Uint8Array): string | { readonly problem: string } => {
  const marked = byMark(bytes)
  if (marked !== undefined) return marked
  const start = String.fromCharCode(...bytes.subarray(0, declarationBytes))
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/u.exec(start)?.[1] ?? "utf-8"
  return decoders.get(declared.toLowerCase()) ?? { problem: "expected one of the encodings UTF-8, UTF-16, ISO-8859-1" }
}

/** A decoder for one document. It decides on the encoding when it has the first 256 bytes, and refuses malformed text. */
export const makeXmlText = (): XmlText => {
  let held: Uint8Array = new Uint8Array(0)
  let decoder: InstanceType<typeof TextDecoder> | undefined

  const decode = (bytes: Uint8Array, more: boolean): string | { readonly problem: string } => {
    if (decoder === undefined) {
      const encoding = encodingOf(bytes)
      if (typeof encoding !== "string") return encoding
      decoder = new TextDecoder(encoding, { fatal: true })
    }
    try {
      return decoder.decode(bytes, { stream: more })
    } catch {
      return { problem: "expected text in the encoding that the document has at its start" }
    }
  }

  return {
    write: (bytes) => {
      if (decoder !== undefined) return decode(bytes, true)
      const joined = new Uint8Array(held.length + bytes.length)
      joined.set(held)
      joined.set(bytes, held.length)
      held = joined
      return held.length < declarationBytes ? "" : decode(held, true)
    },
    end: () => decode(decoder === undefined ? held : new Uint8Array(0), false)
  }
}
