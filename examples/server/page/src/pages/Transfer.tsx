/** Money to another account of the bank: what and how much, a look at it, and a receipt. */
import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { useMe } from "../access.ts"
import * as client from "../client/client.ts"
import type { MoneyText } from "../client/wire.ts"
import { readAmount, sumByCurrency } from "../format/money.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { Facts, Money, Page } from "../ui/basics.tsx"
import { focusFirstError, SelectField, TextField } from "../ui/fields.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { type Filling, OrderFlow } from "./OrderFlow.tsx"
import { accountNames, amountError, openAccounts } from "./orders.tsx"
import { t } from "../words/words.ts"

interface Draft {
  readonly from: string
  readonly to: string
  readonly elsewhere: string
  readonly amount: string
  readonly description: string
}

const other = "other"

interface FormProps extends Filling<Draft, client.Transfer> {
  readonly accounts: ReadonlyArray<client.Account>
}

const nameOf = (accounts: ReadonlyArray<client.Account>, id: string): string => accountNames(accounts).get(id) ?? id

const Form = ({ accounts, draft, faultAt, onReview, set }: FormProps) => {
  const [tried, setTried] = useState(false)
  const from = accounts.find(({ id }) => id === draft.from)
  const currency = from?.currency ?? "SEK"
  const amount = readAmount(draft.amount, currency, locale())
  const to = draft.to === other ? draft.elsewhere.trim() : draft.to
  const toError = to === "" ? t("error.missing") : to === draft.from ? t("transfer.same") : undefined
  const submit = (event: Event) => {
    event.preventDefault()
    setTried(true)
    if (amount._tag !== "Amount" || toError !== undefined || from === undefined) return focusFirstError()
    const description = draft.description.trim()
    onReview({ from: from.id, to, amount: amount.money, ...(description === "" ? {} : { description }) })
  }
  return (
    <form class="form" onSubmit={submit} noValidate>
      <SelectField
        label={t("transfer.from")}
        value={draft.from}
        onValue={(value) => set({ from: value })}
        options={accounts.map(({ currency: held, id }) => [id, `${nameOf(accounts, id)} (${held})`] as const)}
      />
      <SelectField
        label={t("transfer.to")}
        value={draft.to}
        onValue={(value) => set({ to: value })}
        error={(tried && draft.to !== other ? toError : undefined) ?? (draft.to === other ? undefined : faultAt("to"))}
        options={[
          ["", t("transfer.choose")],
          ...accounts.filter(({ id }) => id !== draft.from).map(({ id }) => [id, nameOf(accounts, id)] as const),
          [other, t("transfer.other")]
        ]}
      />
      {draft.to === other ? (
        <TextField
          label={t("transfer.other.id")}
          hint={t("transfer.other.hint")}
          value={draft.elsewhere}
          onValue={(value) => set({ elsewhere: value })}
          error={(tried ? toError : undefined) ?? faultAt("to")}
          autocomplete="off"
          spellcheck={false}
        />
      ) : null}
      <TextField
        label={`${t("field.amount")} (${currency})`}
        value={draft.amount}
        onValue={(value) => set({ amount: value })}
        error={(tried ? amountError(amount) : undefined) ?? faultAt("amount")}
        inputMode="decimal"
        autocomplete="off"
      />
      <TextField
        label={t("transfer.description")}
        hint={t("optional")}
        value={draft.description}
        onValue={(value) => set({ description: value })}
        error={faultAt("description")}
        maxLength={140}
        autocomplete="off"
      />
      <div class="form-actions">
        <button type="submit" class="button button-main">
          {t("action.review")}
        </button>
      </div>
    </form>
  )
}

type Receipt = Awaited<ReturnType<typeof client.accounts.transfer>>

const feesOf = (fees: Awaited<ReturnType<typeof client.accounts.quote>>, zero: MoneyText): MoneyText =>
  sumByCurrency(fees.map(({ amount }) => amount))[0]?.toJSON() ?? zero

interface LookProps {
  readonly accounts: ReadonlyArray<client.Account>
  readonly transfer: client.Transfer
}

const Look = ({ accounts, transfer }: LookProps) => {
  const { amount, description, from, to } = transfer
  const quote = useLoad((signal) => client.accounts.quote(from, "transfer", amount, signal), [from, amount])
  const fee =
    quote.value === undefined ? (
      (quote.error === undefined && "…") || t("accounts.unknown")
    ) : (
      <Money of={feesOf(quote.value, { amount: "0", currency: amount.currency })} />
    )
  return (
    <Facts
      of={[
        [t("field.amount"), <Money key="amount" of={amount} />],
        [t("transfer.from"), nameOf(accounts, from)],
        [t("transfer.to"), nameOf(accounts, to)],
        [t("transfer.description"), description ?? "–"],
        [t("transfer.fee"), fee]
      ]}
    />
  )
}

interface DoneProps {
  readonly receipt: Receipt
  readonly transfer: client.Transfer
  readonly again: ComponentChildren
}

const Done = ({ again, receipt, transfer }: DoneProps) => (
  <>
    <p class="total">
      <Money of={receipt.amount} />
    </p>
    <p class="lead">{t("transfer.done")}</p>
    <Facts
      of={[
        [t("transfer.fee"), <Money key="fee" of={receipt.fee} />],
        [t("transfer.receipt"), <code key="entry">{receipt.entryId}</code>]
      ]}
    />
    <div class="form-actions">
      <a class="button button-main" href={hrefOf(["accounts", transfer.from])}>
        {t("transfer.show")}
      </a>
      {again}
    </div>
  </>
)

const Flow = ({
  accounts,
  from
}: {
  readonly accounts: ReadonlyArray<client.Account>
  readonly from: string | undefined
}) => {
  const begun = accounts.find(({ id }) => id === from) ?? accounts[0]
  const empty: Draft = { from: begun?.id ?? "", to: "", elsewhere: "", amount: "", description: "" }
  return (
    <OrderFlow<Draft, client.Transfer, Receipt>
      place="saldo.transfer"
      empty={empty}
      fill={(filling) => <Form accounts={accounts} {...filling} />}
      look={(transfer) => <Look accounts={accounts} transfer={transfer} />}
      go={t("transfer.go")}
      write={client.accounts.transfer}
      said={t("transfer.done")}
      done={(receipt, transfer, again) => <Done receipt={receipt} transfer={transfer} again={again} />}
      another={t("transfer.another")}
    />
  )
}

/** A transfer. */
export const TransferPage = ({ from }: { readonly from: string | undefined }) => {
  const me = useMe()
  const load = useLoad(openAccounts(me.party), [me.party])
  return (
    <Page title={t("transfer.title")} lead={t("transfer.lead")}>
      <Await of={load}>
        {({ items }) =>
          items.length === 0 ? <Empty title={t("accounts.none")} /> : <Flow accounts={items} from={from} />
        }
      </Await>
    </Page>
  )
}
