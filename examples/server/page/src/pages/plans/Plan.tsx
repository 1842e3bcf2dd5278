/** One plan of payments: what it pays, what comes, what came, and its end. */
import { useMay } from "../../access.ts"
import * as plans from "../../client/plans.ts"
import { Problem } from "../../client/problem.ts"
import { showNumber } from "../../format/accountNumber.ts"
import { showDay, showInstant, today } from "../../format/dates.ts"
import { hrefOf } from "../../router.ts"
import { locale } from "../../settings.ts"
import * as LocalDate from "saldo/time/LocalDate"
import { Act } from "../../ui/Act.tsx"
import { Facts, Head, Money, Page, Section, Table } from "../../ui/basics.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Await, Empty } from "../../ui/states.tsx"
import { useLoad } from "../../ui/useLoad.ts"
import { usePages } from "../../ui/usePages.ts"
import { named, t } from "../../words/words.ts"
import { messageText } from "../orders.tsx"
import { PlanState } from "./PlanState.tsx"
import { scheduleFacts } from "./schedule.ts"
import { p } from "./words.ts"

interface PartProps {
  readonly plan: plans.Plan
  readonly onChanged: () => void
}

interface Coming {
  readonly scheduledOn: string
  readonly dueOn: string
  readonly skipped: boolean
}

/** The payments to come, among them those that are left out, so that they can be taken in again. */
const comingOf = (plan: plans.Plan, occurrences: ReadonlyArray<plans.Occurrence>): ReadonlyArray<Coming> => {
  const skipped = plan.schedule.skipped.filter((day) => day >= today())
  return [
    ...occurrences.map(({ dueOn, scheduledOn }) => ({ dueOn, scheduledOn, skipped: false })),
    ...skipped.map((day) => ({ dueOn: day, scheduledOn: day, skipped: true }))
  ].toSorted((a, b) => (a.scheduledOn < b.scheduledOn ? -1 : 1))
}

const omissions = ({ schedule: { pauses, skipped } }: plans.Plan, day: string, out: boolean) => ({
  pauses,
  skipped: out ? [...skipped, day].toSorted() : skipped.filter((other) => other !== day)
})

const Omission = ({ coming, onChanged, plan }: PartProps & { readonly coming: Coming }) => {
  const { scheduledOn, skipped } = coming
  return (
    <Act
      key={String(skipped)}
      label={skipped ? p("unskip") : p("skip")}
      said={skipped ? p("unskip.done") : p("skip.done")}
      of={showDay(scheduledOn, locale())}
      write={(key) => plans.leaveOut(plan, omissions(plan, scheduledOn, !skipped), key)}
      done={onChanged}
    />
  )
}

const Upcoming = ({ onChanged, plan }: PartProps) => {
  const may = useMay()
  const start = today()
  const load = useLoad(
    (signal) => plans.upcoming(plan.id, { start, end: LocalDate.addMonths(start, 12) }, signal),
    [plan.id, plan.version]
  )
  if (load.error instanceof Problem && load.error.code === "schedule-beyond-calendar") {
    return (
      <Section title={p("upcoming")}>
        <Empty title={p("upcoming.unknown")} />
      </Section>
    )
  }
  return (
    <Section title={p("upcoming")}>
      <Await of={load}>
        {(occurrences) => {
          const coming = comingOf(plan, occurrences).slice(0, 12)
          if (coming.length === 0) return <Empty title={p("upcoming.none")} />
          return (
            <ul class="list">
              {coming.map((each) => (
                <li key={each.scheduledOn} class="row row-still">
                  <span>
                    <strong>
                      {each.skipped ? <s>{showDay(each.dueOn, locale())}</s> : showDay(each.dueOn, locale())}
                    </strong>
                    <span class="quiet">{each.skipped ? p("skipped") : <Money of={plan.amount} />}</span>
                  </span>
                  {may("bank:pay") ? <Omission coming={each} plan={plan} onChanged={onChanged} /> : null}
                </li>
              ))}
            </ul>
          )
        }}
      </Await>
    </Section>
  )
}

const Past = ({ plan }: { readonly plan: plans.Plan }) => {
  const pages = usePages(
    (cursor, signal) => plans.payments(plan.id, { limit: 12, cursor }, signal),
    [plan.id, plan.version]
  )
  return (
    <Section title={p("past")}>
      <Paged pages={pages} empty={<Empty title={p("past.none")} />}>
        {(items) => (
          <Table label={p("past")}>
            <thead>
              <tr>
                <Head of="field.day" />
                <Head of="field.state" />
              </tr>
            </thead>
            <tbody>
              {items.map(({ dueOn, number, orderId, refusal }) => (
                <tr key={number}>
                  <th scope="row">{showDay(dueOn, locale())}</th>
                  <td>
                    {orderId === null ? (
                      <span class="state state-bad">{refusal?.message ?? "–"}</span>
                    ) : (
                      <a href={hrefOf(["payments", orderId])}>{p("past.paid")}</a>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
    </Section>
  )
}

const Terms = ({ onChanged, plan }: PartProps) => {
  const may = useMay()
  const { account, name } = plan.creditor
  return (
    <Section title={p("terms")} aside={<PlanState of={plan.state} />}>
      <p class="total">
        <Money of={plan.amount} />
      </p>
      {plan.state === "created" ? <p class="lead">{p("waits")}</p> : null}
      <Facts
        of={[
          [p("to"), `${name}, ${named("scheme", account.scheme)} ${showNumber(account)}`],
          [
            t("payment.from"),
            <a key="from" href={hrefOf(["accounts", plan.accountId])}>
              {t("field.account")}
            </a>
          ],
          [t("payment.message"), messageText(plan.message)],
          ...scheduleFacts(plan.schedule),
          [p("next"), plan.next === null ? "–" : showDay(plan.next.dueOn, locale())],
          [p("created"), showInstant(plan.createdAt, locale())],
          ...(plan.reason === null ? [] : [[p("reason"), plan.reason] as const])
        ]}
      />
      {may("bank:pay") && (plan.state === "active" || plan.state === "created") ? (
        <div class="after">
          <Act
            label={p("cancel")}
            sure={p("cancel.sure")}
            said={p("cancelled")}
            write={(key) => plans.cancel(plan, key)}
            done={onChanged}
          />
        </div>
      ) : null}
    </Section>
  )
}

/** A plan. */
export const Plan = ({ id }: { readonly id: string }) => {
  const load = useLoad((signal) => plans.find(id, signal), [id])
  return (
    <Page
      title={load.value?.creditor.name ?? p("title")}
      back={{ href: "#/payments/recurring", label: t("plans.title") }}
    >
      <Await of={load} lines={8}>
        {(plan) => (
          <>
            <Terms plan={plan} onChanged={load.reload} />
            <div class="columns">
              {plan.state === "active" || plan.state === "created" ? (
                <Upcoming plan={plan} onChanged={load.reload} />
              ) : null}
              <Past plan={plan} />
            </div>
          </>
        )}
      </Await>
    </Page>
  )
}
