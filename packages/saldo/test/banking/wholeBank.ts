/**
 * The bank as a host composes it: customers, their accounts and their payments over the same stores.
 */
import type { RailSimulator } from "@saldo/testing/RailSimulator"
import * as Layer from "effect/Layer"
import * as BankUseCases from "saldo/banking/BankUseCases"
import { KycVerifier } from "saldo/banking/KycVerifier"
import { type PaymentPolicy, permissive } from "saldo/banking/PaymentPolicy"
import { PaymentRail } from "saldo/banking/PaymentRail"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import type * as SqlStores from "saldo/sql/SqlStores"
import { ring } from "./customerBank.ts"
import { current, product } from "./depositBank.ts"

/** What a test wants to be different. */
export interface WholeBankOptions extends Partial<BankUseCases.AccountOptions> {
  readonly policy?: Partial<PaymentPolicy>
}

/** Every use case of the bank over stores and a rail. */
export const wholeBank = <E, R>(
  stores: Layer.Layer<SqlStores.Stores, E, R>,
  { rail }: Pick<RailSimulator, "rail">,
  { policy = {}, ...accounts }: WholeBankOptions = {}
) =>
  BankUseCases.layer({ products: [product(), current()], payments: { ...permissive, ...policy }, ...accounts }).pipe(
    Layer.provideMerge(WrappingKeys.layer(ring)),
    Layer.provide(Layer.merge(KycVerifier.layerReference, Layer.succeed(PaymentRail, rail))),
    Layer.provideMerge(stores)
  )
