/** Payments to other banks, and one of them. */
import { useEffect } from "preact/hooks"
import { useMay, useMe } from "../access.ts"
import * as client from "../client/client.ts"
import { showNumber } from "../format/accountNumber.ts"
import { showDay, showInstant } from "../format/dates.ts"
import { hrefOf, narrowTo, type Route } from "../router.ts"
import { locale } from "../settings.ts"
import { Act } from "../ui/Act.tsx"
import { Facts, Head, Money, Page, State, Table } from "../ui/basics.tsx"
import { SelectField } from "../ui/fields.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLive } from "../ui/useLive.ts"
import { useLoad } from "../ui/useLoad.ts"
import { usePages } from "../ui/usePages.ts"
import { named, t } from "../words/words.ts"
import { messageText } from "./orders.tsx"
import { PaymentTabs } from "./PaymentTabs.tsx"

const states = ["created", "approved", "sent", "settled", "held", "failed", "returned", "cancelled"] as const

const PaymentTable = ({ payments }: { readonly payments: ReadonlyArray<client.Payment> }) => (
  <Table label={t("payments.title")}>
    <thead>
      <tr>
        <Head of="payments.to" />
        <Head of="payments.on" wide />
        <Head of="payments.state" />
        <Head of="field.amount" number />
      </tr>
    </thead>
    <tbody>
      {payments.map((payment) => (
        <tr key={payment.id}>
          <th scope="row">
            <a href={hrefOf(["payments", payment.id])}>{payment.creditor.name}</a>
            <span class="quiet block">
              <span class="narrow">{showDay(payment.executeOn, locale())} · </span>
              {named("scheme", payment.creditor.account.scheme)} {showNumber(payment.creditor.account)}
            </span>
          </th>
          <td class="nowrap wide">{showDay(payment.executeOn, locale())}</td>
          <td>
            <State domain="order" of={payment.state} />
          </td>
          <td class="number">
            <Money of={payment.amount} />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

/** The list of payments. */
export const PaymentsPage = ({ route }: { readonly route: Route }) => {
  const me = useMe()
  const may = useMay()
  const state = route.query.get("state") ?? ""
  const pages = usePages(
    (cursor, signal) => client.payments.list({ limit: 25, cursor, state, customerId: me.party }, signal),
    [state, me.party]
  )
  useLive(({ kind }) => kind === "payment", pages.of.reload)
  return (
    <Page
      title={t("payments.title")}
      lead={t("payments.lead")}
      actions={
        may("bank:pay") ? (
          <a class="button button-main" href="#/payments/new">
            {t("payments.new")}
          </a>
        ) : null
      }
    >
      <PaymentTabs at="single" />
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label={t("payments.state")}
          value={state}
          onValue={(value) => narrowTo(route, { state: value })}
          options={[["", t("filter.any")], ...states.map((known) => [known, named("order", known)] as const)]}
        />
      </form>
      <Paged pages={pages} lines={8} empty={<Empty title={t("payments.none")} />}>
        {(items) => <PaymentTable payments={items} />}
      </Paged>
    </Page>
  )
}

const PaymentFacts = ({ payment }: { readonly payment: client.Payment }) => (
  <Facts
    of={[
      [t("payments.state"), <State key="state" domain="order" of={payment.state} />],
      [
        t("payments.to"),
        `${payment.creditor.name}, ${named("scheme", payment.creditor.account.scheme)} ${showNumber(payment.creditor.account)}`
      ],
      [
        t("payment.from"),
        <a key="from" href={hrefOf(["accounts", payment.accountId])}>
          {t("field.account")}
        </a>
      ],
      [t("payment.message"), messageText(payment.message)],
      [t("payments.on"), showDay(payment.executeOn, locale())],
      [t("payment.created"), showInstant(payment.createdAt, locale())],
      [t("payment.sent"), payment.sentAt === null ? "–" : showInstant(payment.sentAt, locale())],
      ...(payment.reason === null ? [] : [[t("payment.reason"), payment.reason] as const]),
      ...(payment.returned === null
        ? []
        : [[t("payment.returned"), <Money key="returned" of={payment.returned.amount} />] as const]),
      [t("payment.end-to-end"), <code key="reference">{payment.endToEndId}</code>]
    ]}
  />
)

/** One payment. */
export const PaymentPage = ({ id }: { readonly id: string }) => {
  const may = useMay()
  const load = useLoad((signal) => client.payments.find(id, signal), [id])
  useLive((change) => change.id === id, load.reload)
  const underway = load.value?.state === "sent"
  useEffect(() => {
    if (!underway) return
    // Other banks answer within seconds, and whoever looks at a payment waits for that.
    const timer = setInterval(load.reload, 5000)
    return () => clearInterval(timer)
  }, [underway, load.reload])
  const waits = load.value?.state === "created" || load.value?.state === "approved"
  return (
    <Page
      title={load.value?.creditor.name ?? t("payment.title")}
      back={{ href: "#/payments", label: t("payments.title") }}
    >
      <Await of={load}>
        {(payment) => (
          <>
            <p class="total">
              <Money of={payment.amount} />
            </p>
            {payment.state === "created" && payment.approvalId !== null ? (
              <p class="lead">{t("payment.waits")}</p>
            ) : null}
            <PaymentFacts payment={payment} />
            {waits && may("bank:pay") ? (
              <Act
                label={t("payment.cancel")}
                sure={t("payment.cancel.sure")}
                said={t("payment.cancelled")}
                write={(key) => client.payments.cancel(payment, key)}
                done={load.reload}
              />
            ) : null}
          </>
        )}
      </Await>
    </Page>
  )
}
