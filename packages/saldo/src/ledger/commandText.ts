import type { LedgerCommand, Operation, Posting } from "./LedgerCommand.ts"
import type { Money } from "../money/Money.ts"
import type { Metadata } from "./LedgerAccount.ts"

type Plain = string | number | boolean | null | ReadonlyArray<Plain> | { readonly [name: string]: Plain | undefined }

const sorted = (metadata: Metadata | undefined): Plain | undefined =>
  metadata === undefined
    ? undefined
    : Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

const amount = (money: Money | undefined): Plain | undefined =>
  money === undefined ? undefined : { amount: money.toJSON().amount, currency: money.currency }

const described = (operation: Exclude<Operation, { readonly _tag: "ExpireHold" }>) => ({
  valueOn: operation.valueOn,
  code: operation.code,
  description: operation.description,
  metadata: sorted(operation.metadata)
})

const posting = (one: Posting): Plain => ({ accountId: one.accountId, side: one.side, amount: amount(one.amount) })

const plainOperation = (operation: Operation): Plain => {
  switch (operation._tag) {
    case "Post":
      return {
        _tag: operation._tag,
        entryId: operation.entryId,
        postings: operation.postings.map(posting),
        upToAvailableOn: operation.upToAvailableOn,
        exchange:
          operation.exchange === undefined
            ? undefined
            : {
                rate: operation.exchange.rate,
                base: operation.exchange.base,
                quote: operation.exchange.quote,
                date: operation.exchange.date,
                source: operation.exchange.source
              },
        allowFutureValue: operation.allowFutureValue,
        ...described(operation)
      }
    case "PlaceHold":
      return {
        _tag: operation._tag,
        holdId: operation.holdId,
        debit: operation.debit,
        credit: operation.credit,
        amount: amount(operation.amount),
        expiresAfterMs: operation.expiresAfterMs,
        overCapture: amount(operation.overCapture),
        ...described(operation)
      }
    case "Capture":
      return {
        _tag: operation._tag,
        holdId: operation.holdId,
        amount: amount(operation.amount),
        rest: operation.rest,
        ...described(operation)
      }
    case "VoidHold":
      return { _tag: operation._tag, holdId: operation.holdId, ...described(operation) }
    case "ExpireHold":
      return { _tag: operation._tag, holdId: operation.holdId }
    case "Reverse":
      return { _tag: operation._tag, entryId: operation.entryId, ...described(operation) }
  }
}

const version = ({ accountId, version: number }: NonNullable<LedgerCommand["expectedVersions"]>[number]): Plain => ({
  accountId,
  version: number
})

/**
 * The one text of a command without its key: what is remembered under the key, and must be the same to the letter when the
 * key is used again. JSON with members in an order of its own and without those that were left out.
 */
export const commandText = (command: LedgerCommand): string =>
  JSON.stringify({
    operations: command.operations.map(plainOperation),
    expectedVersions: command.expectedVersions?.map(version),
    importedAt: command.importedAt
  })
