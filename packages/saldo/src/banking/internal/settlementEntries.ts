/**
 * Takes the ledger's entries on a settlement account over, to be reconciled.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { AuditTrail } from "../../audit/AuditTrail.ts"
import { changes } from "../../audit/changes.ts"
import { asSystem } from "../../core/Actor.ts"
import type { Cursor } from "../../core/Page.ts"
import type { JournalEntry } from "../../ledger/JournalEntry.ts"
import type { Ledger } from "../../ledger/Ledger.ts"
import * as Money from "../../money/Money.ts"
import { PaymentOrderId } from "../PaymentOrder.ts"
import type { ReconciliationStore } from "../ReconciliationStore.ts"
import type { SettlementAccount } from "../SettlementAccount.ts"
import type { BookEntryItem } from "../SettlementItem.ts"
import type { SealedOrders } from "./sealedPayments.ts"

interface Sources {
  readonly audit: AuditTrail["Service"]
  readonly ledger: Ledger["Service"]
  readonly orders: SealedOrders
  readonly store: ReconciliationStore["Service"]
}

const isOrder = Schema.is(PaymentOrderId)

/** What an entry did to the account: debits come in, credits go out, as it is an asset of the bank. */
const effectOf = ({ lines }: JournalEntry, { currency, ledgerAccountId }: SettlementAccount): Money.Money =>
  Money.fromMinor(
    lines
      .filter(({ accountId }) => accountId === ledgerAccountId)
      .reduce((sum, { posted, side }) => sum + (side === "debit" ? posted.amount : -posted.amount), 0n),
    currency
  )

/** Takes over what was booked since the last time. The account is locked, and saved as it is given back. */
export const makeTakeOver = ({ audit, ledger, orders, store }: Sources) => {
  /** What the payment of an entry adds to it; entries of the host's own say it in their metadata. */
  const aboutOf = Effect.fnUntraced(function* ({ metadata, tenant }: JournalEntry) {
    const paymentId = metadata["payment"]
    const found = isOrder(paymentId) ? yield* orders.find(tenant, paymentId) : Option.none()
    const order = Option.getOrUndefined(found)
    const message = order?.message
    const name = metadata["counterparty"] ?? order?.creditor.name
    return {
      reference: metadata["reference"] ?? (message?._tag === "Reference" ? message.reference : null),
      endToEndId: metadata["endToEndId"] ?? order?.endToEndId ?? null,
      counterparty: name === undefined ? null : Redacted.make(name, { label: "name" }),
      paymentId: order?.id ?? null
    }
  })

  const itemOf = Effect.fnUntraced(function* (account: SettlementAccount, entry: JournalEntry) {
    const item: BookEntryItem = {
      _tag: "Entry",
      id: entry.id,
      tenant: account.tenant,
      accountId: account.id,
      amount: effectOf(entry, account),
      on: entry.valueOn,
      ...(yield* aboutOf(entry)),
      sequence: entry.sequence,
      code: entry.code,
      reverses: entry.reverses
    }
    return item
  })

  return Effect.fn("StatementReconciliation.takeOver")(function* (account: SettlementAccount) {
    const { ledgerAccountId: accountId, tenant } = account
    let taken = account.taken
    let added = 0
    let cursor: Cursor | null = null
    const filter = { accountId, ...(taken === null ? {} : { bookedFrom: taken.bookedAt }) }
    do {
      const request: { limit: number; cursor?: Cursor } = cursor === null ? { limit: 500 } : { limit: 500, cursor }
      const page: { readonly items: ReadonlyArray<JournalEntry>; readonly next: Cursor | null } = yield* ledger
        .entries(filter, request)
        .pipe(asSystem(tenant), Effect.orDie)
      // The first page begins with the entry that was taken over last.
      const fresh = page.items.filter(({ sequence }) => sequence > (account.taken?.sequence ?? 0))
      // Money set aside, given back or moved in a circle is nothing that another bank knows of.
      const moved = fresh.filter((entry) => !Money.isZero(effectOf(entry, account)))
      added += yield* store.addItems(yield* Effect.forEach(moved, (entry) => itemOf(account, entry)))
      const last = fresh.at(-1)
      if (last !== undefined) taken = { sequence: last.sequence, bookedAt: last.bookedAt }
      cursor = page.next
    } while (cursor !== null)
    const after: SettlementAccount = { ...account, taken }
    yield* store.saveAccount(after)
    if (taken?.sequence !== account.taken?.sequence) {
      yield* audit.record({
        action: "banking.take-over-entries",
        subject: { type: "settlement-account", id: account.id },
        changes: changes({ taken: account.taken }, { taken, entries: added })
      })
    }
    return after
  })
}
