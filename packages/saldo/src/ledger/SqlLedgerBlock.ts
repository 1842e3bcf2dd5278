/**
 * The rows that a decision comes to, as both dialects write them.
 */
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { SqlError } from "effect/sql/SqlError"
import { jsonText } from "../core/JsonText.ts"
import { commandText } from "./commandText.ts"
import type { Decision } from "./decideAll.ts"
import type { UnplacedBlock } from "./journalBlocks.ts"
import type { AccountId } from "./LedgerAccount.ts"
import type { LedgerCommand } from "./LedgerCommand.ts"
import { LedgerRefusal } from "./LedgerRefusal.ts"
import { counterColumns, metadataText, rowOfHold, tagsOf } from "./SqlLedgerRows.ts"
import type { LedgerState } from "./SqlLedgerState.ts"
import { orderOf, strayOf } from "./valueOrder.ts"

const refusalCodec = jsonText(Schema.toCodecJson(LedgerRefusal))
const encodeRefusal = Schema.encodeSync(refusalCodec)

/** The refusal of its stored text. */
export const refusalOf: (text: string) => LedgerRefusal = Schema.decodeUnknownSync(refusalCodec)

/** What every block of one call is written with. */
export interface Writing {
  readonly tenant: string
  readonly today: string
  readonly commands: ReadonlyArray<LedgerCommand>
  readonly decision: Decision
  readonly state: LedgerState
  /** The latest value date of each account's lines, as the blocks written so far have left it. */
  readonly highs: Map<AccountId, string>
}

/** The rows of the commands, by key, so that writers of the same keys wait for each other in one order. */
export const commandRows = ({ commands, decision }: Writing) =>
  decision.commands
    .map(({ key, outcome }, index) => {
      const command = commands[index]
      return {
        command_key: key,
        request: command === undefined ? "" : commandText(command),
        first_entry_id: Result.isSuccess(outcome) ? (outcome.success[0]?.content.id ?? null) : null,
        entry_count: Result.isSuccess(outcome) ? outcome.success.length : 0,
        refusal: Result.isFailure(outcome) ? encodeRefusal(outcome.failure) : null
      }
    })
    .sort((a, b) => (a.command_key < b.command_key ? -1 : 1))

/** The rows of a block's entries with their lines and tags; `n` counts the entries of the block from 1. */
export const blockRows = ({ highs, today }: Writing, { entries }: UnplacedBlock) => {
  const entryRows = entries.map(({ decided: { content }, key }, index) => ({
    n: index + 1,
    entry_id: content.id,
    command_key: key,
    kind: content.kind,
    value_on: content.valueOn,
    hold_id: content.holdId,
    reverses: content.reverses,
    exchange: content.exchange === null ? null : JSON.stringify(content.exchange),
    code: content.code,
    description: content.description,
    metadata: metadataText(content.metadata)
  }))
  const postingRows = entries.flatMap(({ decided: { after, content } }, index) =>
    content.lines.map((line, at) => {
      const counters = after[at]
      if (counters === undefined) throw new RangeError("A decided entry has the counters after each of its lines")
      const high = highs.get(line.accountId) ?? ""
      const order = orderOf(content.valueOn, high, today)
      const stray = strayOf(order, content.valueOn, high)
      if (order === "first") highs.set(line.accountId, content.valueOn)
      return {
        n: index + 1,
        line: at,
        account_id: line.accountId,
        side: line.side,
        currency: line.posted.currency,
        posted: line.posted.amount,
        pending: line.pending.amount,
        value_on: content.valueOn,
        value_order: order,
        reach: stray?.reach ?? null,
        since: stray?.since ?? null,
        until: stray?.until ?? null,
        ...counterColumns(counters)
      }
    })
  )
  const tagRows = entries.flatMap(({ decided: { content } }, index) =>
    tagsOf(content.metadata).map((tag) => ({ n: index + 1, tag }))
  )
  return { entryRows, postingRows, tagRows }
}

/** The rows of a block's entries with their lines and tags. */
export type BlockRows = ReturnType<typeof blockRows>

/** The accounts and holds as the decision leaves them. Asked for when all blocks have their rows. */
export const standingRows = ({ decision, highs, state }: Writing) => {
  const holds = [...decision.holds.values()].map((hold) => ({ ...rowOfHold(hold) }))
  const known: ReadonlySet<string> = new Set(state.holds.keys())
  const isKnown = ({ hold_id }: { readonly hold_id: string }) => known.has(hold_id)
  return {
    accountRows: [...decision.accounts.values()].map(({ counters, id, version }) => ({
      account_id: id,
      place: state.places.get(id) ?? null,
      ...counterColumns(counters),
      value_high: highs.get(id) ?? "",
      version: BigInt(version)
    })),
    newHolds: holds.filter((row) => !isKnown(row)),
    changedHolds: holds.filter(isKnown).map(({ captured, hold_id, remaining, state: now }) => ({
      hold_id,
      captured,
      remaining,
      state: now
    }))
  }
}

/** The accounts and holds as the decision leaves them. */
export type StandingRows = ReturnType<typeof standingRows>

/** Where a block came to stand. */
export interface Place {
  readonly sequence: number
  readonly micros: number
}

/** Writes blocks one after another; `undefined` when a key was there already, and then nothing is written. */
export type WriteBlocks = (
  writing: Writing,
  blocks: ReadonlyArray<UnplacedBlock>,
  nowMicros: number
) => Effect.Effect<ReadonlyArray<Place> | undefined, SqlError>
