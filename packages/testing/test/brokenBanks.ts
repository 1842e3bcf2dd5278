/**
 * Banks that go wrong, each in one way.
 */
import { type Bank, type BankParts, makeBank, moving } from "@saldo/testing/SimulationBank"
import * as Effect from "effect/Effect"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import type { LedgerCommand, Operation } from "saldo/ledger/LedgerCommand"
import * as Money from "saldo/money/Money"

export type Bug = (parts: BankParts) => Bank

const sek = (amount: bigint) => Money.fromMinor(amount, "SEK")

const but =
  (change: (bank: Bank, parts: BankParts) => Partial<Bank>): Bug =>
  (parts) => {
    const bank = makeBank(parts)
    return { ...bank, ...change(bank, parts) }
  }

/** A bank whose commands to the ledger are changed on the way; `undefined` loses one and says that it was carried out. */
const sending =
  (change: (command: LedgerCommand, parts: BankParts) => LedgerCommand | undefined): Bug =>
  (parts) => {
    const commit: BankParts["ledger"]["commit"] = (command) => {
      const changed = change(command, parts)
      return changed === undefined ? Effect.succeed({ entries: [], replayed: false }) : parts.ledger.commit(changed)
    }
    return makeBank({ ...parts, ledger: { ...parts.ledger, commit } })
  }

const operations = (change: (operation: Operation, command: LedgerCommand) => Operation): Bug =>
  sending((command) => ({ ...command, operations: command.operations.map((one) => change(one, command)) }))

/** Sends a command under a key that nobody used before. */
const anew = (parts: BankParts): BankParts => ({
  ...parts,
  ledger: {
    ...parts.ledger,
    commit: (command) =>
      Effect.flatMap(Id.make("entry"), (id) =>
        parts.ledger.commit({ ...command, key: CommandKey.make(`${command.key} ${id}`) })
      )
  }
})

const noted = new WeakMap<BankParts, Set<string>>()

/** What a bank noted outside of its ledger, which is there when it is made anew. */
const notes = (parts: BankParts): Set<string> => {
  const found = noted.get(parts) ?? new Set<string>()
  noted.set(parts, found)
  return found
}

const isInterest = ({ key }: LedgerCommand) => key.startsWith("interest ")

export const bugs: Readonly<Record<string, Bug>> = {
  "the fee has the wrong sign": but((_, { accounts, ledger, transferFee }) => ({
    transfer: ({ amount, from, key, to }) =>
      ledger.commit({
        key: CommandKey.make(key),
        operations: [
          {
            _tag: "Post",
            postings: [
              { accountId: from, side: "debit", amount: sek(amount) },
              { accountId: accounts.fees, side: "debit", amount: sek(transferFee) },
              { accountId: to, side: "credit", amount: sek(amount + transferFee) }
            ]
          }
        ]
      })
  })),
  "the fee is taken first, by a command of its own": but((_, { accounts, ledger, transferFee }) => ({
    transfer: ({ amount, from, key, to }) =>
      Effect.andThen(
        ledger.commit({ key: CommandKey.make(`fee ${key}`), operations: [moving(from, accounts.fees, transferFee)] }),
        ledger.commit({ key: CommandKey.make(key), operations: [moving(from, to, amount)] })
      )
  })),
  "interest is booked twice": sending((command) =>
    isInterest(command) ? { ...command, operations: [...command.operations, ...command.operations] } : command
  ),
  "interest is not booked on the last day of a month": sending((command) =>
    isInterest(command) && command.key.endsWith("-31") ? undefined : command
  ),
  "interest is rounded up by one": operations((one, command) =>
    isInterest(command) && one._tag === "Post"
      ? { ...one, postings: one.postings.map((posting) => ({ ...posting, amount: sek(posting.amount.amount + 1n) })) }
      : one
  ),
  "interest is booked in another transaction than what notes that it was": (parts) => {
    const bank = makeBank({ ...parts, atomic: { ...parts.atomic, run: (effect) => effect } })
    const again = makeBank({ ...anew(parts), atomic: { ...parts.atomic, run: (effect) => effect } })
    return { ...bank, endOfDay: again.endOfDay }
  },
  "a day's interest counts as done before it is booked": (parts) => {
    const begun = new Set<string>()
    // Notes of days outlive the bank, as they would in a table of their own.
    const done = notes(parts)
    const bank = makeBank(parts)
    return {
      ...bank,
      endOfDay: (date) =>
        Effect.suspend(() => {
          if (done.has(date) && !begun.has(date)) return Effect.void
          done.add(date)
          begun.add(date)
          return bank.endOfDay(date)
        })
    }
  },
  "a capture is lost": sending((command) =>
    command.operations.some(({ _tag }) => _tag === "Capture") && command.key.startsWith("action ") ? undefined : command
  ),
  "a capture takes all that was held": operations((one) =>
    one._tag === "Capture" ? { _tag: "Capture", holdId: one.holdId } : one
  ),
  "a capture keeps the rest held": operations((one) => (one._tag === "Capture" ? { ...one, rest: "keep" } : one)),
  "a word of the rail that is repeated counts again": but((bank, parts) => ({
    hear: (event) => (event.word === "returned" ? makeBank(anew(parts)).hear(event) : bank.hear(event))
  })),
  "a failed payment leaves its hold": but((bank) => ({
    hear: (event) => (event.word === "failed" ? Effect.void : bank.hear(event))
  })),
  "a returned payment is not given back": but((bank) => ({
    hear: (event) => (event.word === "returned" ? Effect.void : bank.hear(event))
  })),
  "a payment is sent again by whoever does not know whether it was": (parts) =>
    makeBank({ ...parts, rail: { ...parts.rail, knows: () => Effect.succeed(false) } }),
  "a payment that was held is not sent after all": (parts) =>
    makeBank({ ...parts, rail: { ...parts.rail, knows: () => Effect.succeed(true) } }),
  "an order that is repeated is carried out again": but((_, parts) => ({ deposit: makeBank(anew(parts)).deposit })),
  "what is held can be spent": but((bank, { ledger }) => ({
    withdraw: (order) =>
      Effect.gen(function* () {
        const { pendingOut } = yield* Effect.orDie(ledger.balance(order.account))
        yield* Effect.orDie(
          ledger.changeAccount(order.account, { bounds: { minimum: -pendingOut.amount, maximum: null } })
        )
        yield* bank
          .withdraw(order)
          .pipe(
            Effect.ensuring(
              Effect.ignore(ledger.changeAccount(order.account, { bounds: { minimum: 0n, maximum: null } }))
            )
          )
      })
  })),
  "holds never expire": operations((one) => {
    if (one._tag !== "PlaceHold") return one
    const { expiresAfterMs: _never, ...hold } = one
    return hold
  })
}
