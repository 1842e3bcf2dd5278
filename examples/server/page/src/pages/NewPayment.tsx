/** A payment to another bank: whom, how much and when, a look at it, and what became of it. */
import { useEffect, useState } from "preact/hooks"
import { useMe } from "../access.ts"
import * as client from "../client/client.ts"
import { mayHaveHappened } from "../client/problem.ts"
import type { AccountText } from "../client/wire.ts"
import { readDay, showDay, today } from "../format/dates.ts"
import { readAmount } from "../format/money.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { announce } from "../ui/announce.tsx"
import { Facts, Money, Page, State } from "../ui/basics.tsx"
import { focusFirstError, SelectField, TextField } from "../ui/fields.tsx"
import { Await, Empty, Failure } from "../ui/states.tsx"
import { type Intent, useIntent } from "../ui/useIntent.ts"
import { useLoad } from "../ui/useLoad.ts"
import { named, t } from "../words/words.ts"
import { accountNames, amountError, Steps } from "./orders.tsx"

type Scheme = AccountText["scheme"]

const schemes: ReadonlyArray<Scheme> = ["Bankgiro", "Plusgiro", "Iban", "SwedishAccount", "NorwegianAccount"]

interface Draft {
  readonly accountId: string
  readonly name: string
  readonly scheme: Scheme
  readonly number: string
  readonly amount: string
  readonly kind: "text" | "reference"
  readonly message: string
  readonly on: string
}

interface FormProps {
  readonly accounts: ReadonlyArray<client.Account>
  readonly draft: Draft
  readonly onDraft: (draft: Draft) => void
  readonly onReview: (order: client.PaymentOrder) => void
}

const orderOf = (draft: Draft, money: client.PaymentOrder["amount"]): client.PaymentOrder => {
  const message = draft.message.trim()
  return {
    accountId: draft.accountId,
    amount: money,
    creditor: { name: draft.name.trim(), account: { scheme: draft.scheme, number: draft.number.trim() } },
    ...(message === ""
      ? {}
      : {
          message: draft.kind === "text" ? { _tag: "Text", text: message } : { _tag: "Reference", reference: message }
        }),
    ...(draft.on === "" ? {} : { executeOn: draft.on })
  }
}

const Form = ({ accounts, draft, onDraft, onReview }: FormProps) => {
  const [tried, setTried] = useState(false)
  const set = (change: Partial<Draft>) => onDraft({ ...draft, ...change })
  const names = accountNames(accounts)
  const currency = accounts.find(({ id }) => id === draft.accountId)?.currency ?? "SEK"
  const amount = readAmount(draft.amount, currency, locale())
  const missing = (value: string) => (tried && value.trim() === "" ? t("error.missing") : undefined)
  const dayFits = draft.on === "" || readDay(draft.on) !== undefined
  const submit = (event: Event) => {
    event.preventDefault()
    setTried(true)
    if (draft.name.trim() === "" || draft.number.trim() === "" || amount._tag !== "Amount" || !dayFits) {
      return focusFirstError()
    }
    onReview(orderOf(draft, amount.money))
  }
  return (
    <form class="form" onSubmit={submit} noValidate>
      <SelectField
        label={t("payment.from")}
        value={draft.accountId}
        onValue={(accountId) => set({ accountId })}
        options={accounts.map(({ currency: held, id }) => [id, `${names.get(id) ?? id} (${held})`] as const)}
      />
      <TextField
        label={t("payment.name")}
        value={draft.name}
        onValue={(name) => set({ name })}
        error={missing(draft.name)}
        maxLength={70}
        autocomplete="off"
      />
      <SelectField
        label={t("payment.scheme")}
        value={draft.scheme}
        onValue={(scheme) => set({ scheme: scheme as Scheme })}
        options={schemes.map((scheme) => [scheme, named("scheme", scheme)] as const)}
      />
      <TextField
        label={t("payment.number")}
        value={draft.number}
        onValue={(number) => set({ number })}
        error={missing(draft.number)}
        maxLength={64}
        autocomplete="off"
        spellcheck={false}
      />
      <TextField
        label={`${t("field.amount")} (${currency})`}
        value={draft.amount}
        onValue={(value) => set({ amount: value })}
        error={tried ? amountError(amount) : undefined}
        inputMode="decimal"
        autocomplete="off"
      />
      <SelectField
        label={t("payment.kind")}
        value={draft.kind}
        onValue={(kind) => set({ kind: kind === "text" ? "text" : "reference" })}
        options={[
          ["text", t("payment.message")],
          ["reference", t("payment.reference")]
        ]}
      />
      <TextField
        label={draft.kind === "text" ? t("payment.message") : t("payment.reference")}
        hint={t("optional")}
        value={draft.message}
        onValue={(message) => set({ message })}
        maxLength={draft.kind === "text" ? 140 : 35}
        autocomplete="off"
      />
      <TextField
        label={t("payment.on")}
        hint={t("payment.on.hint")}
        type="date"
        value={draft.on}
        onValue={(on) => set({ on })}
        error={tried && !dayFits ? t("error.missing") : undefined}
      />
      <div class="form-actions">
        <button type="submit" class="button button-main">
          {t("action.review")}
        </button>
      </div>
    </form>
  )
}

interface ReviewProps {
  readonly from: string
  readonly order: client.PaymentOrder
  readonly intent: Intent<client.Payment, client.PaymentOrder>
  readonly onBack: () => void
}

const Review = ({ from, intent, onBack, order }: ReviewProps) => {
  const { account, name } = order.creditor
  const sending = intent.state === "sending"
  const message = order.message
  return (
    <div class="form">
      <Facts
        of={[
          [t("field.amount"), <Money key="amount" of={order.amount} />],
          [t("payment.from"), from],
          [t("payment.name"), name],
          [named("scheme", account.scheme), account.number],
          [
            t("payment.message"),
            message === undefined ? "–" : message._tag === "Text" ? message.text : message.reference
          ],
          [t("payment.on"), showDay(order.executeOn ?? today(), locale())]
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
          onClick={() => void intent.send(order, client.payments.create)}
        >
          {sending ? t("intent.sending") : intent.state === "failed" ? t("intent.again") : t("payment.go")}
        </button>
        <button type="button" class="button" disabled={sending} onClick={onBack}>
          {t("action.change")}
        </button>
      </div>
    </div>
  )
}

const Done = ({ onAnother, payment }: { readonly payment: client.Payment; readonly onAnother: () => void }) => (
  <div class="form">
    <p class="total">
      <Money of={payment.amount} />
    </p>
    <p class="lead">{payment.approvalId === null ? t("payment.done") : t("payment.waits")}</p>
    <Facts
      of={[
        [t("payment.name"), payment.creditor.name],
        [t("payments.state"), <State key="state" domain="order" of={payment.state} />],
        [t("payments.on"), showDay(payment.executeOn, locale())]
      ]}
    />
    <div class="form-actions">
      <a class="button button-main" href={hrefOf(["payments", payment.id])}>
        {t("payment.show")}
      </a>
      <button type="button" class="button" onClick={onAnother}>
        {t("payment.another")}
      </button>
    </div>
  </div>
)

const Flow = ({ accounts }: { readonly accounts: ReadonlyArray<client.Account> }) => {
  const empty: Draft = {
    accountId: accounts[0]?.id ?? "",
    name: "",
    scheme: "Bankgiro",
    number: "",
    amount: "",
    kind: "text",
    message: "",
    on: ""
  }
  const [draft, setDraft] = useState(empty)
  const intent = useIntent<client.Payment, client.PaymentOrder>("saldo.payment")
  const [order, setOrder] = useState(intent.unfinished)
  const step = intent.state === "done" ? 2 : order === undefined ? 0 : 1
  useEffect(() => {
    if (step === 2) announce(t("payment.done"))
  }, [step])
  return (
    <>
      <Steps of={[t("step.fill"), t("step.review"), t("step.done")]} at={step} />
      {order === undefined ? (
        <Form accounts={accounts} draft={draft} onDraft={setDraft} onReview={setOrder} />
      ) : intent.answer === undefined ? (
        <Review
          from={accountNames(accounts).get(order.accountId) ?? order.accountId}
          order={order}
          intent={intent}
          onBack={() => {
            // What is changed is another intent, unless it may have been carried out already.
            if (!mayHaveHappened(intent.error)) intent.renew()
            setOrder(undefined)
          }}
        />
      ) : (
        <Done
          payment={intent.answer}
          onAnother={() => {
            intent.renew()
            setOrder(undefined)
            setDraft(empty)
          }}
        />
      )}
    </>
  )
}

/** A new payment. */
export const NewPaymentPage = () => {
  const me = useMe()
  const load = useLoad(
    (signal) => client.accounts.list({ limit: 200, state: "open", customerId: me.party }, signal),
    [me.party]
  )
  return (
    <Page title={t("payments.new")} back={{ href: "#/payments", label: t("payments.title") }}>
      <Await of={load}>
        {({ items }) => (items.length === 0 ? <Empty title={t("accounts.none")} /> : <Flow accounts={items} />)}
      </Await>
    </Page>
  )
}
