import * as Effect from "effect/Effect"
import { Atomic } from "saldo/core/Atomic"
import * as Id from "saldo/core/Id"
import { Cells } from "../Cells.ts"
import { checksOf } from "../Check.ts"

/** What a check of `Atomic` works on. */
export interface Subject {
  readonly atomic: Atomic["Service"]
  readonly cells: Cells["Service"]
  /** A cell name of this run of this check. */
  readonly cell: string
}

/** A check of `Atomic`, with a cell of its own. */
export const check = checksOf<Subject, Atomic | Cells>(
  Effect.gen(function* () {
    const atomic = yield* Atomic
    const cells = yield* Cells
    return { atomic, cells, cell: yield* Id.make("cell") }
  })
)

/** What stands in the subject's cell in both stores. */
export const both = ({ cells, cell }: Subject) => Effect.all([cells.left.get(cell), cells.right.get(cell)])

/** Writes the same value into the subject's cell in both stores. */
export const putBoth = ({ cells, cell }: Subject, value: number) =>
  Effect.andThen(cells.left.put(cell, value), cells.right.put(cell, value))
