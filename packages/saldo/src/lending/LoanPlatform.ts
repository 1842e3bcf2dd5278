import type * as Layer from "effect/Layer"
import type { LoanSource } from "./LoanSource.ts"

/**
 * A platform whose listings can be collected: what `kameo({ … })` of `@saldo/kameo` gives, and what `saldo/promise` takes.
 * It hides its layer, so that a host need not know Effect to hold one.
 */
export class LoanPlatform {
  /** The platform's short name, such as `kameo`. */
  readonly name: string
  readonly #source: Layer.Layer<LoanSource, Error>

  constructor(name: string, source: Layer.Layer<LoanSource, Error>) {
    this.name = name
    this.#source = source
  }

  /** The source for the life of the layer; fails when the platform's settings cannot be used. */
  static source(platform: LoanPlatform): Layer.Layer<LoanSource, Error> {
    return platform.#source
  }
}
