/** The ledger, the trail's retention and the collection of loans. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { AuditRetention } from "saldo/audit/AuditRetention"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Id from "saldo/core/Id"
import { Ledger } from "saldo/ledger/Ledger"
import { AccountCode, type LedgerAccount } from "saldo/ledger/LedgerAccount"
import { LoanCollection } from "saldo/lending/LoanCollection"
import * as LocalDate from "saldo/time/LocalDate"
import { sek } from "../banking/depositBank.ts"
import { anew, type Call, inner, key, own, sweep, type UseCase } from "./everything.ts"

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

const bookOn = (both: readonly [LedgerAccount, LedgerAccount]) =>
  Ledger.use((ledger) => ledger.post({ key: key("posted"), postings: postings(both) }))

const posted = Effect.flatMap(accounts, bookOn)

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

const days = { from: LocalDate.of("2026-03-01"), to: LocalDate.of("2026-03-31") }

const ledger = (call: (ledger: Ledger["Service"]) => Call): Call => Ledger.use(call)

const onAccount = (call: (ledger: Ledger["Service"], id: LedgerAccount["id"]) => Call) =>
  own(Effect.tap(accounts, bookOn), ([{ id }]) => Ledger.use((books) => call(books, id)))

export const auditRetention: UseCase = {
  methods: AuditRetention.useSync(Object.keys),
  reads: { holds: own(legalHold, () => AuditRetention.use(({ holds }) => holds)) },
  writes: {
    hold: anew(legalHold),
    release: own(legalHold, ({ id }) => AuditRetention.use(({ release }) => release(id))),
    erase: anew(AuditRetention.use(({ erase }) => erase({ _tag: "Tenant" }))),
    purge: inner(sealed, () => AuditRetention.use(({ purge }) => purge("bank", [{ action: "ledger.*", keepDays: -1 }])))
  }
}

export const bookkeeping: UseCase = {
  methods: Ledger.useSync(Object.keys),
  reads: {
    account: onAccount(({ account }, id) => account(id)),
    accountByCode: own(accounts, () => ledger(({ accountByCode }) => accountByCode(AccountCode.make("cash")))),
    accounts: own(accounts, () => ledger((books) => books.accounts())),
    activity: onAccount(({ activity }, id) => activity(id)),
    balance: onAccount(({ balance }, id) => balance(id)),
    entries: own(posted, () => ledger(({ entries }) => entries())),
    entry: own(posted, ({ id }) => ledger(({ entry }) => entry(id))),
    exportLines: own(posted, () => ledger(({ exportLines }) => Stream.runCollect(exportLines))),
    hold: own(held, (holdId) => ledger(({ hold }) => hold(holdId))),
    holds: own(held, () => ledger(({ holds }) => holds())),
    plan: own(accounts, (both) =>
      ledger(({ plan }) => plan({ key: key("1"), operations: [{ _tag: "Post", postings: postings(both) }] }))
    ),
    statement: onAccount(({ statement }, id) => statement(id, days)),
    trialBalance: own(posted, () => ledger(({ trialBalance }) => trialBalance())),
    verify: own(posted, () => ledger(({ verify }) => verify))
  },
  writes: {
    openAccount: anew(opened("cash")),
    changeAccount: own(accounts, ([{ id }]) => ledger(({ changeAccount }) => changeAccount(id, { frozen: true }))),
    commit: own(accounts, (both) =>
      ledger(({ commit }) => commit({ key: key("1"), operations: [{ _tag: "Post", postings: postings(both) }] }))
    ),
    commitAll: own(accounts, (both) =>
      ledger(({ commitAll }) =>
        commitAll([{ key: key("1"), operations: [{ _tag: "Post", postings: postings(both) }] }])
      )
    ),
    post: own(accounts, (both) => ledger(({ post }) => post({ key: key("1"), postings: postings(both) }))),
    placeHold: own(Effect.all([accounts, Id.make("hold")]), ([[from, to], holdId]) =>
      ledger(({ placeHold }) => placeHold({ key: key("1"), holdId, debit: from.id, credit: to.id, amount }))
    ),
    capture: own(held, (holdId) => ledger(({ capture }) => capture({ key: key("1"), holdId }))),
    voidHold: own(held, (holdId) => ledger(({ voidHold }) => voidHold({ key: key("1"), holdId }))),
    reverse: own(posted, ({ id }) => ledger(({ reverse }) => reverse({ key: key("1"), entryId: id }))),
    expireHolds: sweep(
      Effect.andThen(heldFor(1), TestClock.adjust("1 second")),
      ledger(({ expireHolds }) => expireHolds())
    )
  }
}

export const loanCollection: UseCase = {
  methods: LoanCollection.useSync(Object.keys),
  reads: {},
  writes: { run: anew(LoanCollection.use((collection) => collection.run())) }
}
