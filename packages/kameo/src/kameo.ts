import * as Layer from "effect/Layer"
import { LoanPlatform } from "saldo/lending/LoanPlatform"
import { KameoClient } from "./KameoClient.ts"
import type { KameoOptions } from "./KameoConfig.ts"
import * as KameoLoanSource from "./KameoLoanSource.ts"

/**
 * Kameo as a platform for `saldo/promise`. Without e-mail and password the public listing is read.
 *
 * @example
 * ```ts
 * import { kameo } from "@saldo/kameo/kameo"
 *
 * const platform = kameo({ connectTimeoutMs: 2000 })
 * platform.name // => "kameo"
 * ```
 */
export const kameo = (options: KameoOptions & KameoLoanSource.KameoLoanSourceOptions = {}): LoanPlatform =>
  new LoanPlatform("kameo", KameoLoanSource.layer(options).pipe(Layer.provide(KameoClient.layer(options))))
