import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as MemoryTable from "../core/MemoryTable.ts"
import * as Page from "../core/Page.ts"
import type { LocalDate } from "../time/LocalDate.ts"
import type { DepositAccount, DepositAccountId, DepositAccountState, DepositEvent } from "./DepositAccount.ts"

/** Which accounts to give; all parts must hold. */
export interface DepositAccountFilter {
  readonly customerId?: DepositAccount["customerId"]
  readonly state?: DepositAccountState
}

/** Which accounts the end of a day has not reached. */
export interface DueRequest {
  readonly tenant: string
  readonly through: LocalDate
  /** Gives accounts whose id comes after this one; from the first when left out. */
  readonly after?: DepositAccountId
  readonly limit: number
}

/**
 * Port: keeps deposit accounts and what happened on them, per tenant.
 *
 * Contract:
 * - `insert` writes once: of concurrent callers with one id one is told true, and the others' accounts are not kept.
 * - `lock` gives accounts in the order of their ids, each once, as nobody else can change them until the transaction
 *   ends; call it inside `Atomic.runLocking`. It leaves out what is not there.
 * - `save` replaces an account that is there, and says whether it was.
 * - `list` goes by id, which is the order in which accounts were opened.
 * - `due` gives accounts that are not closed and whose interest has not come through the day, by id.
 * - `events` gives what happened from a day on, by day and then by id. Adding an event twice keeps it once.
 * - No method sees another tenant's rows.
 */
export class DepositAccountStore extends Context.Service<
  DepositAccountStore,
  {
    readonly insert: (account: DepositAccount) => Effect.Effect<boolean>
    readonly find: (tenant: string, id: DepositAccountId) => Effect.Effect<Option.Option<DepositAccount>>
    readonly lock: (
      tenant: string,
      ids: ReadonlyArray<DepositAccountId>
    ) => Effect.Effect<ReadonlyArray<DepositAccount>>
    readonly save: (account: DepositAccount) => Effect.Effect<boolean>
    readonly list: (
      tenant: string,
      filter: DepositAccountFilter,
      page: Page.PageRequest
    ) => Effect.Effect<Page.Page<DepositAccount>, Page.InvalidCursor | Page.CursorMismatch>
    readonly due: (request: DueRequest) => Effect.Effect<ReadonlyArray<DepositAccountId>>
    readonly addEvent: (event: DepositEvent) => Effect.Effect<void>
    readonly events: (
      tenant: string,
      accountId: DepositAccountId,
      from: LocalDate
    ) => Effect.Effect<ReadonlyArray<DepositEvent>>
  }
>()("saldo/banking/DepositAccountStore") {
  /** Accounts in memory, which take part in `Atomic.layerMemory`. */
  static readonly layerMemory: Layer.Layer<DepositAccountStore> = Layer.effect(
    this,
    Effect.suspend(() => makeMemory)
  )
}

/** What a cursor of the list stands for. */
export const listQuery = (tenant: string, filter: DepositAccountFilter) => ({
  list: "deposit-accounts",
  tenant,
  customerId: filter.customerId ?? null,
  state: filter.state ?? null
})

const byText =
  <A>(text: (item: A) => string) =>
  (left: A, right: A) =>
    text(left) < text(right) ? -1 : 1

const makeMemory: Effect.Effect<DepositAccountStore["Service"]> = Effect.gen(function* () {
  const accounts = yield* MemoryTable.make<string, DepositAccount>()
  const happened = yield* MemoryTable.make<string, DepositEvent>()
  const keyOf = (tenant: string, id: string) => `${id} ${tenant}`
  const of = (tenant: string) =>
    accounts.read((rows) => [...rows.values()].filter((row) => row.tenant === tenant).sort(byText(({ id }) => id)))

  return DepositAccountStore.of({
    insert: (account) => accounts.insert(keyOf(account.tenant, account.id), account),
    find: (tenant, id) => accounts.get(keyOf(tenant, id)),
    lock: (tenant, ids) =>
      accounts.read((rows) =>
        [...new Set(ids)].sort().flatMap((id) => Option.toArray(Option.fromNullishOr(rows.get(keyOf(tenant, id)))))
      ),
    save: (account) =>
      Effect.map(
        accounts.update(keyOf(account.tenant, account.id), () => account),
        Option.isSome
      ),
    list: Effect.fnUntraced(function* (tenant, filter, page) {
      const query = listQuery(tenant, filter)
      const [after] = (yield* Page.startOf(query, page)) ?? []
      const found = (yield* of(tenant)).filter(
        ({ customerId, id, state }) =>
          (filter.customerId === undefined || customerId === filter.customerId) &&
          (filter.state === undefined || state === filter.state) &&
          (typeof after !== "string" || id > after)
      )
      return Page.pageOf(query, page, found, ({ id }) => [id])
    }),
    due: ({ after, limit, tenant, through }) =>
      Effect.map(of(tenant), (all) =>
        all
          .filter(
            ({ accrual, id, state }) => state !== "closed" && accrual.state.nextOn <= through && id > (after ?? "")
          )
          .slice(0, limit)
          .map(({ id }) => id)
      ),
    addEvent: (event) => Effect.asVoid(happened.insert(keyOf(event.tenant, event.id), event)),
    events: (tenant, accountId, from) =>
      happened.read((rows) =>
        [...rows.values()]
          .filter((row) => row.tenant === tenant && row.accountId === accountId && row.on >= from)
          .sort(byText(({ id, on }) => `${on} ${id}`))
      )
  })
})
