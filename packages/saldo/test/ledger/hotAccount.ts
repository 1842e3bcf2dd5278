/** Many writers on one account: what each of them sends. */
import * as DateTime from "effect/DateTime"
import type { LedgerCommand } from "saldo/ledger/LedgerCommand"
import type { CommitRequest } from "saldo/ledger/LedgerStore"
import * as LocalDate from "saldo/time/LocalDate"
import { anna, bo, cash, transfer } from "./day.ts"
import { key } from "./randomCommits.ts"

/** How many commands a writer sends of its own, and how many it shares with all others. */
export const [own, shared] = [30, 10]

export const tenant = "busy"

/** Every command touches Anna's account: one in three takes from it, and what is not there is refused. */
const move = (name: string, index: number): LedgerCommand => ({
  key: key(name),
  operations: [index % 3 === 2 ? transfer(anna, bo, 150) : transfer(cash, anna, 100)]
})

/** What a writer of a name sends, those keys in between that all of them send. */
export const requestsOf = (name: string): ReadonlyArray<CommitRequest> =>
  Array.from({ length: own + shared }, (_, index): CommitRequest => ({
    tenant,
    commands: [index % 4 === 3 ? move(`shared ${(index - 3) / 4}`, index) : move(`${name} ${index}`, index)],
    now: DateTime.makeUnsafe("2026-03-10T08:00:00Z"),
    today: LocalDate.of("2026-03-10")
  }))
