/** A payment to another bank: whom, how much and when, a look at it, and what became of it. */
import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { useMe } from "../access.ts"
import * as client from "../client/client.ts"
import { readDay, showDay, today } from "../format/dates.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { Facts, Money, Page, State } from "../ui/basics.tsx"
import { focusFirstError, TextField } from "../ui/fields.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { t } from "../words/words.ts"
import { KeepPayee } from "./keptPayees.tsx"
import { type Filling, OrderFlow } from "./OrderFlow.tsx"
import { openAccounts } from "./orders.tsx"
import { noPayee, type PayeeDraft, payeeFacts, PayeeFields, payeeTerms } from "./PayeeFields.tsx"

interface Draft extends PayeeDraft {
  readonly on: string
}

interface FormProps extends Filling<Draft, client.PaymentOrder> {
  readonly accounts: ReadonlyArray<client.Account>
}

const Form = ({ accounts, draft, faultAt, onReview, set }: FormProps) => {
  const [tried, setTried] = useState(false)
  const dayFits = draft.on === "" || readDay(draft.on) !== undefined
  const submit = (event: Event) => {
    event.preventDefault()
    setTried(true)
    const terms = payeeTerms(accounts, draft)
    if (terms === undefined || !dayFits) return focusFirstError()
    onReview({ ...terms, ...(draft.on === "" ? {} : { executeOn: draft.on }) })
  }
  return (
    <form class="form" onSubmit={submit} noValidate>
      <PayeeFields accounts={accounts} draft={draft} set={set} faultAt={faultAt} tried={tried} />
      <TextField
        label={t("payment.on")}
        hint={t("payment.on.hint")}
        type="date"
        value={draft.on}
        onValue={(on) => set({ on })}
        error={(tried && !dayFits ? t("error.missing") : undefined) ?? faultAt("executeOn")}
      />
      <div class="form-actions">
        <button type="submit" class="button button-main">
          {t("action.review")}
        </button>
      </div>
    </form>
  )
}

interface DoneProps {
  readonly payment: client.Payment
  readonly again: ComponentChildren
}

const Done = ({ again, payment }: DoneProps) => (
  <>
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
      {again}
      <KeepPayee creditor={payment.creditor} />
    </div>
  </>
)

const Flow = ({ accounts }: { readonly accounts: ReadonlyArray<client.Account> }) => (
  <OrderFlow<Draft, client.PaymentOrder, client.Payment>
    place="saldo.payment"
    empty={{ ...noPayee(accounts), on: "" }}
    fill={(filling) => <Form accounts={accounts} {...filling} />}
    look={(order) => (
      <Facts
        of={[...payeeFacts(accounts, order), [t("payment.on"), showDay(order.executeOn ?? today(), locale())] as const]}
      />
    )}
    go={t("payment.go")}
    write={client.payments.create}
    said={t("payment.done")}
    done={(payment, _, again) => <Done payment={payment} again={again} />}
    another={t("payment.another")}
  />
)

/** A new payment. */
export const NewPaymentPage = () => {
  const me = useMe()
  const load = useLoad(openAccounts(me.party), [me.party])
  return (
    <Page title={t("payments.new")} back={{ href: "#/payments", label: t("payments.title") }}>
      <Await of={load}>
        {({ items }) => (items.length === 0 ? <Empty title={t("accounts.none")} /> : <Flow accounts={items} />)}
      </Await>
    </Page>
  )
}
