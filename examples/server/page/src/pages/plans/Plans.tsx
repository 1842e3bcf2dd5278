/** The payments that come round. */
import { useMay, useMe } from "../../access.ts"
import * as plans from "../../client/plans.ts"
import { showNumber } from "../../format/accountNumber.ts"
import { showDay } from "../../format/dates.ts"
import { hrefOf, type Route } from "../../router.ts"
import { locale } from "../../settings.ts"
import { Head, Money, Page, Table } from "../../ui/basics.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Empty } from "../../ui/states.tsx"
import { usePages } from "../../ui/usePages.ts"
import { named, t } from "../../words/words.ts"
import { PaymentTabs } from "../PaymentTabs.tsx"
import { NewPlan } from "./NewPlan.tsx"
import { Plan } from "./Plan.tsx"
import { PlanState } from "./PlanState.tsx"
import { recurrenceText } from "./schedule.ts"
import { p } from "./words.ts"

const PlanTable = ({ items }: { readonly items: ReadonlyArray<plans.Plan> }) => (
  <Table label={t("plans.title")}>
    <thead>
      <tr>
        <Head>{p("to")}</Head>
        <Head wide>{p("often")}</Head>
        <Head wide>{p("next")}</Head>
        <Head of="field.state" />
        <Head of="field.amount" number />
      </tr>
    </thead>
    <tbody>
      {items.map((plan) => (
        <tr key={plan.id}>
          <th scope="row">
            <a href={hrefOf(["payments", "recurring", plan.id])}>{plan.creditor.name}</a>
            <span class="quiet block">
              <span class="narrow">{recurrenceText(plan.schedule)} · </span>
              {named("scheme", plan.creditor.account.scheme)} {showNumber(plan.creditor.account)}
            </span>
          </th>
          <td class="wide">{recurrenceText(plan.schedule)}</td>
          <td class="nowrap wide">{plan.next === null ? "–" : showDay(plan.next.dueOn, locale())}</td>
          <td>
            <PlanState of={plan.state} />
          </td>
          <td class="number">
            <Money of={plan.amount} />
          </td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const List = () => {
  const me = useMe()
  const may = useMay()
  const pages = usePages(
    (cursor, signal) => plans.list({ limit: 25, cursor, customerId: me.party }, signal),
    [me.party]
  )
  return (
    <Page
      title={t("plans.title")}
      lead={t("payments.lead")}
      actions={
        may("bank:pay") ? (
          <a class="button button-main" href="#/payments/recurring/new">
            {p("new")}
          </a>
        ) : null
      }
    >
      <PaymentTabs at="recurring" />
      <Paged
        pages={pages}
        lines={8}
        empty={
          <Empty title={p("none")}>
            <p>{p("none.lead")}</p>
          </Empty>
        }
      >
        {(items) => <PlanTable items={items} />}
      </Paged>
    </Page>
  )
}

/** The plans, one of them, or a new one. */
export const PlansPage = ({ route }: { readonly route: Route }) => {
  const [, , id] = route.parts
  if (id === undefined) return <List />
  return id === "new" ? <NewPlan /> : <Plan key={id} id={id} />
}
