/** Money to another account of the bank: what and how much, a look at it, and a receipt. */
import { useEffect, useState } from "preact/hooks"
import { useMe } from "../access.ts"
import * as client from "../client/client.ts"
import { mayHaveHappened } from "../client/problem.ts"
import type { MoneyText } from "../client/wire.ts"
import { readAmount, sumByCurrency } from "../format/money.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { announce } from "../ui/announce.tsx"
import { Facts, Money, Page } from "../ui/basics.tsx"
import { focusFirstError, SelectField, TextField } from "../ui/fields.tsx"
import { Await, Empty, Failure } from "../ui/states.tsx"
import { type Intent, useIntent } from "../ui/useIntent.ts"
import { useLoad } from "../ui/useLoad.ts"
import { accountNames, amountError, Steps } from "./orders.tsx"
import { t } from "../words/words.ts"

interface Draft {
  readonly from: string
  readonly to: string
  readonly elsewhere: string
  readonly amount: string
  readonly description: string
}

const other = "other"

interface FormProps {
  readonly accounts: ReadonlyArray<client.Account>
  readonly draft: Draft
  readonly onDraft: (draft: Draft) => void
  readonly onReview: (transfer: client.Transfer) => void
}

const nameOf = (accounts: ReadonlyArray<client.Account>, id: string): string => accountNames(accounts).get(id) ?? id

const Form = ({ accounts, draft, onDraft, onReview }: FormProps) => {
  const [tried, setTried] = useState(false)
  const set = (change: Partial<Draft>) => onDraft({ ...draft, ...change })
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
        error={tried && draft.to !== other ? toError : undefined}
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
          error={tried ? toError : undefined}
          autocomplete="off"
          spellcheck={false}
        />
      ) : null}
      <TextField
        label={`${t("field.amount")} (${currency})`}
        value={draft.amount}
        onValue={(value) => set({ amount: value })}
        error={tried ? amountError(amount) : undefined}
        inputMode="decimal"
        autocomplete="off"
      />
      <TextField
        label={t("transfer.description")}
        hint={t("optional")}
        value={draft.description}
        onValue={(value) => set({ description: value })}
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

interface ReviewProps {
  readonly accounts: ReadonlyArray<client.Account>
  readonly transfer: client.Transfer
  readonly intent: Intent<Receipt, client.Transfer>
  readonly onBack: () => void
}

const feesOf = (fees: Awaited<ReturnType<typeof client.accounts.quote>>, zero: MoneyText): MoneyText =>
  sumByCurrency(fees.map(({ amount }) => amount))[0]?.toJSON() ?? zero

const Review = ({ accounts, intent, onBack, transfer }: ReviewProps) => {
  const { amount, description, from, to } = transfer
  const quote = useLoad((signal) => client.accounts.quote(from, "transfer", amount, signal), [from, amount])
  const sending = intent.state === "sending"
  return (
    <div class="form">
      <Facts
        of={[
          [t("field.amount"), <Money key="amount" of={amount} />],
          [t("transfer.from"), nameOf(accounts, from)],
          [t("transfer.to"), nameOf(accounts, to)],
          [t("transfer.description"), description ?? "–"],
          [
            t("transfer.fee"),
            quote.value === undefined ? (
              quote.error === undefined ? (
                "…"
              ) : (
                t("accounts.unknown")
              )
            ) : (
              <Money key="fee" of={feesOf(quote.value, { amount: "0", currency: amount.currency })} />
            )
          ]
        ]}
      />
      {intent.state === "failed" ? (
        <Failure error={intent.error} {...(mayHaveHappened(intent.error) ? { note: t("intent.unknown") } : {})} />
      ) : null}
      <div class="form-actions">
        <button
          type="button"
          class="button button-main"
          disabled={sending}
          onClick={() => void intent.send(transfer, client.accounts.transfer)}
        >
          {sending ? t("intent.sending") : intent.state === "failed" ? t("intent.again") : t("transfer.go")}
        </button>
        <button type="button" class="button" disabled={sending} onClick={onBack}>
          {t("action.change")}
        </button>
      </div>
    </div>
  )
}

const Done = ({
  onAnother,
  receipt,
  transfer
}: {
  readonly onAnother: () => void
  readonly receipt: Receipt
  readonly transfer: client.Transfer
}) => (
  <div class="form">
    <p class="total">
      <Money of={receipt.amount} />
    </p>
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
      <button type="button" class="button" onClick={onAnother}>
        {t("transfer.another")}
      </button>
    </div>
  </div>
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
  const [draft, setDraft] = useState(empty)
  const intent = useIntent<Receipt, client.Transfer>("saldo.transfer")
  const [transfer, setTransfer] = useState(intent.unfinished)
  const step = intent.state === "done" ? 2 : transfer === undefined ? 0 : 1
  useEffect(() => {
    if (step === 2) announce(t("transfer.done"))
  }, [step])
  return (
    <>
      <Steps of={[t("step.fill"), t("step.review"), t("step.done")]} at={step} />
      {transfer === undefined ? (
        <Form accounts={accounts} draft={draft} onDraft={setDraft} onReview={setTransfer} />
      ) : intent.answer === undefined ? (
        <Review
          accounts={accounts}
          transfer={transfer}
          intent={intent}
          onBack={() => {
            // What is changed is another intent, unless it may have been carried out already.
            if (!mayHaveHappened(intent.error)) intent.renew()
            setTransfer(undefined)
          }}
        />
      ) : (
        <Done
          transfer={transfer}
          receipt={intent.answer}
          onAnother={() => {
            intent.renew()
            setTransfer(undefined)
            setDraft(empty)
          }}
        />
      )}
    </>
  )
}

/** A transfer. */
export const TransferPage = ({ from }: { readonly from: string | undefined }) => {
  const me = useMe()
  const load = useLoad(
    (signal) => client.accounts.list({ limit: 200, state: "open", customerId: me.party }, signal),
    [me.party]
  )
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
