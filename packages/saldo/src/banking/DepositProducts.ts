import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import {
  type DepositProduct,
  type DepositProductInvalid,
  follow,
  make,
  type PinnedProduct,
  type ProductId,
  type VersionOutOfOrder
} from "./DepositProduct.ts"
import type { LocalDate } from "../time/LocalDate.ts"

/** The products of a bank in all their versions. What was once offered stays, for the accounts that are on it. */
export class DepositProducts extends Context.Service<
  DepositProducts,
  {
    /** One version of a product. */
    readonly find: (pinned: PinnedProduct) => Option.Option<DepositProduct>
    /** The version on which accounts are opened on a day; none before the first is offered. */
    readonly offered: (id: ProductId, on: LocalDate) => Option.Option<DepositProduct>
  }
>()("saldo/banking/DepositProducts") {
  /** Products as data, each product's versions in order; fails with what is wrong about the first that cannot be. */
  static readonly layerOf = (
    versions: ReadonlyArray<DepositProduct>
  ): Layer.Layer<DepositProducts, DepositProductInvalid | VersionOutOfOrder> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const known = new Map<ProductId, Array<DepositProduct>>()
        for (const product of versions) {
          const earlier = known.get(product.id) ?? []
          const previous = earlier.at(-1)
          earlier.push(yield* Effect.fromResult(previous === undefined ? make(product) : follow(previous, product)))
          known.set(product.id, earlier)
        }
        return DepositProducts.of({
          find: ({ productId, version }) =>
            Option.fromNullishOr(known.get(productId)?.find((product) => product.version === version)),
          offered: (id, on) => Option.fromNullishOr(known.get(id)?.findLast(({ offeredFrom }) => offeredFrom <= on))
        })
      })
    )
}
