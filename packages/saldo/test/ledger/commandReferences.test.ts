import * as fc from "fast-check"
import { commandReferences } from "saldo/ledger/commandReferences"
import { describe, expect, it } from "vitest"
import { accountId, entryId, hold, holdId, key, sek, transfer } from "./plainBooks.ts"
import { makeProgram } from "./randomCommits.ts"

describe("what commands refer to", () => {
  it("is every account, hold and entry that they name, each once", () => {
    const references = commandReferences([
      {
        key: key("a"),
        operations: [transfer(1, 2, sek(1)), transfer(2, 3, sek(1), { entryId: entryId(1) }), hold(1, 4, 1, sek(1))],
        expectedVersions: [{ accountId: accountId(5), version: 1 }]
      },
      {
        key: key("b"),
        operations: [
          { _tag: "Capture", holdId: holdId(1) },
          { _tag: "VoidHold", holdId: holdId(2) },
          { _tag: "ExpireHold", holdId: holdId(3) },
          { _tag: "Reverse", entryId: entryId(2) },
          transfer(1, 6, sek(1))
        ]
      }
    ])
    expect([...references.accounts]).toEqual([5, 1, 2, 3, 4, 6].map(accountId))
    expect([...references.holds]).toEqual([1, 2, 3].map(holdId))
    expect([...references.entries]).toEqual([1, 2].map(entryId))
  })

  it("is every id in them", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { commands } = makeProgram(seed, 9)()
        const { accounts, entries, holds } = commandReferences(commands)
        const text = JSON.stringify(commands, (_, value) => (typeof value === "bigint" ? `${value}` : value))
        const named = (prefix: string) =>
          [...new Set(text.match(new RegExp(`${prefix}_[0-9a-z]{26}`, "gu")))].toSorted()
        expect([...accounts].toSorted()).toEqual(named("acct"))
        expect([...holds].toSorted()).toEqual(named("hold"))
        expect([...entries].toSorted()).toEqual(named("entry"))
      })
    )
  })
})
