/**
 * `saldo bank products`: what accounts are opened on.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import type { DepositProduct } from "saldo/banking/DepositProduct"
import type { InterestSide } from "saldo/banking/InterestTerms"
import { offered, ProductFile } from "../bank/products.ts"
import { figure } from "../books.ts"
import { plain, table } from "../chart.ts"
import { own } from "../database.ts"
import { Output, presenting } from "../Output.ts"

const rateText = (side: InterestSide | null): string => {
  const tiers = side?.rates.at(-1)?.tiers ?? []
  return tiers
    .map(({ from, rate }, at) => (at === 0 ? "" : `from ${figure(from)} `) + `${rate.toJSON().percent} %`)
    .join(", ")
}

const row = (product: DepositProduct): ReadonlyArray<string> => [
  product.id,
  String(product.version),
  plain(product.name),
  product.kind,
  product.currency,
  rateText(product.interest?.credit ?? null),
  product.overdraft === null ? "" : figure(product.overdraft.limit),
  product.fees.map(({ label }) => plain(label)).join(", "),
  product.offeredFrom
]

/** The command. */
export const products = Command.make("products", {}, () =>
  Effect.gen(function* () {
    yield* own
    const output = yield* Output
    const all = yield* offered
    const data = yield* Effect.orDie(Schema.encodeEffect(ProductFile)(all))
    yield* output.result(
      () => data,
      () =>
        table(
          [
            { heading: "Product" },
            { heading: "Version", align: "right" },
            { heading: "Name", flexible: true },
            { heading: "Kind" },
            { heading: "Currency" },
            { heading: "Interest" },
            { heading: "Overdraft", align: "right" },
            { heading: "Fees", flexible: true },
            { heading: "Offered from" }
          ],
          all.map(row),
          output.width
        )
    )
  }).pipe(presenting)
).pipe(Command.withDescription("Show what accounts are opened on; --json prints what SALDO_PRODUCTS takes"))
