/**
 * Names, numbers and keys in the hands of a host without Effect.
 */

const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom")

/**
 * Text that does not show: printed, put into a message or written as JSON it is `<name>`, and only `reveal()` gives it.
 * What Saldo gives that is personal comes as this; what a host gives may be this or a plain string.
 *
 * @example
 * ```ts
 * import { Secret } from "saldo/promise"
 *
 * const iban = new Secret("SE45 5000 0000 0583 9825 7466", "IBAN")
 * String(iban) // => "<IBAN>"
 * JSON.stringify({ iban }) // => '{"iban":"<IBAN>"}'
 * iban.reveal().slice(-4) // => "7466"
 * ```
 */
export class Secret {
  /** What kind of text it is. */
  readonly label: string
  readonly #text: string

  constructor(text: string, label = "secret") {
    this.label = label
    this.#text = text
  }

  /** The text itself, for whoever has to see it. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return `<${this.label}>`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect](): string {
    return this.toString()
  }
}
