/** What the ledger, the trail's retention and the collection of loans write. */
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { AuditRetention } from "saldo/audit/AuditRetention"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode, type LedgerAccount } from "saldo/ledger/LedgerAccount"
import { LoanCollection } from "saldo/lending/LoanCollection"
import { sek } from "../banking/depositBank.ts"
import { type Call, key, nothing, sweep, type UseCase, write } from "./writes.ts"

const amount = sek("10.00")

const opened = (code: string) =>
  Ledger.use((ledger) =>
    ledger.openAccount({ code: AccountCode.make(code), name: code, type: "liability", currency: "SEK" })
  )

const accounts = Effect.all([opened("cash"), opened("anna")])

const postings = ([from, to]: readonly [LedgerAccount, LedgerAccount]) => [
  { accountId: from.id, side: "debit" as const, amount },
  { accountId: to.id, side: "credit" as const, amount }
]

const posted = Effect.flatMap(accounts, (both) =>
  Ledger.use((ledger) => ledger.post({ key: key("posted"), postings: postings(both) }))
)

const heldFor = Effect.fnUntraced(function* (expiresAfterMs: number) {
  const [from, to] = yield* accounts
  const holdId = yield* Id.make("hold")
  yield* Ledger.use((ledger) =>
    ledger.placeHold({ key: key("held"), holdId, debit: from.id, credit: to.id, amount, expiresAfterMs })
  )
  return holdId
})

const held = heldFor(1_000_000)

/** A sealed record, which may be purged. */
const sealed = Effect.andThen(
  posted,
  AuditTrail.use((audit) => audit.seal("bank"))
)

const legalHold = AuditRetention.use((retention) =>
  retention.hold({ scope: { _tag: "Tenant" }, reason: "a court asks" })
)

const ledger = (call: (ledger: Ledger["Service"]) => Call): Call => Ledger.use(call)

export const auditRetention: UseCase = {
  methods: AuditRetention.useSync(Object.keys),
  reads: ["holds"],
  writes: {
    hold: write(nothing, () => legalHold),
    release: write(legalHold, ({ id }) => AuditRetention.use((retention) => retention.release(id))),
    erase: write(nothing, () => AuditRetention.use((retention) => retention.erase({ _tag: "Tenant" }))),
    purge: write(sealed, () =>
      AuditRetention.use((retention) => retention.purge("bank", [{ action: "ledger.*", keepDays: -1 }]))
    )
  }
}

export const bookkeeping: UseCase = {
  methods: Ledger.useSync(Object.keys),
  reads: [
    "account",
    "accountByCode",
    "accounts",
    "activity",
    "balance",
    "entries",
    "entry",
    "exportLines",
    "hold",
    "holds",
    "plan",
    "statement",
    "trialBalance",
    "verify"
  ],
  writes: {
    openAccount: write(nothing, () => opened("cash")),
    changeAccount: write(accounts, ([{ id }]) => ledger(({ changeAccount }) => changeAccount(id, { frozen: true }))),
    commit: write(accounts, (both) =>
      ledger(({ commit }) => commit({ key: key("1"), operations: [{ _tag: "Post", postings: postings(both) }] }))
    ),
    commitAll: write(accounts, (both) =>
      ledger(({ commitAll }) =>
        commitAll([{ key: key("1"), operations: [{ _tag: "Post", postings: postings(both) }] }])
      )
    ),
    post: write(accounts, (both) => ledger(({ post }) => post({ key: key("1"), postings: postings(both) }))),
    placeHold: write(nothing, () => held),
    capture: write(held, (holdId) => ledger(({ capture }) => capture({ key: key("1"), holdId }))),
    voidHold: write(held, (holdId) => ledger(({ voidHold }) => voidHold({ key: key("1"), holdId }))),
    reverse: write(posted, ({ id }) => ledger(({ reverse }) => reverse({ key: key("1"), entryId: id }))),
    expireHolds: sweep(
      Effect.andThen(heldFor(1), TestClock.adjust("1 second")),
      ledger(({ expireHolds }) => expireHolds())
    )
  }
}

export const loanCollection: UseCase = {
  methods: LoanCollection.useSync(Object.keys),
  reads: [],
  writes: { run: write(nothing, () => LoanCollection.use((collection) => collection.run())) }
}
