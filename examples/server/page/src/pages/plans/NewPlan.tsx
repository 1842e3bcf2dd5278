/** A payment that comes round: whom, how much and how often, a look at it, and what became of it. */
import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import { useMe } from "../../access.ts"
import type { Account } from "../../client/client.ts"
import * as plans from "../../client/plans.ts"
import { readDay, showDay, today } from "../../format/dates.ts"
import { hrefOf } from "../../router.ts"
import { locale } from "../../settings.ts"
import { Facts, Money, Page } from "../../ui/basics.tsx"
import { focusFirstError, SelectField, TextField } from "../../ui/fields.tsx"
import { Await, Empty } from "../../ui/states.tsx"
import { useLoad } from "../../ui/useLoad.ts"
import { t } from "../../words/words.ts"
import { type Filling, OrderFlow } from "../OrderFlow.tsx"
import { openAccounts } from "../orders.tsx"
import { noPayee, type PayeeDraft, payeeFacts, PayeeFields, payeeTerms } from "../PayeeFields.tsx"
import { recurrenceText, scheduleFacts } from "./schedule.ts"
import { p } from "./words.ts"

const rhythms = ["week", "fortnight", "month", "quarter", "year"] as const
const days = ["same", "last", "lastBusinessDay"] as const
const endings = ["never", "after", "on"] as const
const adjustments = ["following", "preceding"] as const

interface Draft extends PayeeDraft {
  readonly startOn: string
  readonly rhythm: (typeof rhythms)[number]
  readonly day: (typeof days)[number]
  readonly ends: (typeof endings)[number]
  readonly payments: string
  readonly lastOn: string
  readonly adjustment: (typeof adjustments)[number]
}

type Schedule = plans.PlanOrder["schedule"]

const monthsOf = { month: 1, quarter: 3, year: 12 } as const

const recurrenceOf = ({ day, rhythm, startOn }: Draft): Schedule["recurrence"] => {
  if (rhythm === "week" || rhythm === "fortnight") return { kind: "weeks", every: rhythm === "week" ? 1 : 2 }
  return { kind: "months", every: monthsOf[rhythm], day: day === "same" ? Number(startOn.slice(8)) : day }
}

const countOf = ({ payments }: Draft): number | undefined => {
  const count = /^\d{1,6}$/u.test(payments.trim()) ? Number(payments) : 0
  return count >= 1 && count <= 100_000 ? count : undefined
}

const endsOf = (draft: Draft): Schedule["ends"] | undefined => {
  if (draft.ends === "never") return { kind: "never" }
  if (draft.ends === "after") {
    const payments = countOf(draft)
    return payments === undefined ? undefined : { kind: "after", payments }
  }
  const date = readDay(draft.lastOn)
  return date === undefined || date < draft.startOn ? undefined : { kind: "on", date }
}

const startsWell = ({ startOn }: Draft): boolean => {
  const day = readDay(startOn)
  return day !== undefined && day >= today()
}

interface FormProps extends Filling<Draft, plans.PlanOrder> {
  readonly accounts: ReadonlyArray<Account>
}

const ScheduleFields = ({
  draft,
  faultAt,
  set,
  tried
}: Pick<FormProps, "draft" | "faultAt" | "set"> & { readonly tried: boolean }) => {
  const endFault = tried && endsOf(draft) === undefined
  return (
    <>
      <TextField
        label={p("start")}
        hint={p("start.hint")}
        type="date"
        value={draft.startOn}
        onValue={(startOn) => set({ startOn })}
        error={(tried && !startsWell(draft) ? p("start.past") : undefined) ?? faultAt("schedule.startOn")}
      />
      <SelectField
        label={p("every")}
        value={draft.rhythm}
        onValue={(rhythm) => set({ rhythm: rhythm as Draft["rhythm"] })}
        error={faultAt("schedule.recurrence")}
        options={rhythms.map((rhythm) => [rhythm, p(`every.${rhythm}`)] as const)}
      />
      {draft.rhythm === "week" || draft.rhythm === "fortnight" ? null : (
        <SelectField
          label={p("day")}
          value={draft.day}
          onValue={(day) => set({ day: day as Draft["day"] })}
          options={days.map((day) => [day, p(`day.${day}`)] as const)}
        />
      )}
      <SelectField
        label={p("ends")}
        value={draft.ends}
        onValue={(ends) => set({ ends: ends as Draft["ends"] })}
        options={endings.map((ending) => [ending, p(`ends.${ending}`)] as const)}
      />
      {draft.ends === "after" ? (
        <TextField
          label={p("ends.after.label")}
          value={draft.payments}
          onValue={(payments) => set({ payments })}
          error={endFault ? p("ends.after.error") : faultAt("schedule.ends")}
          inputMode="numeric"
          autocomplete="off"
        />
      ) : null}
      {draft.ends === "on" ? (
        <TextField
          label={p("ends.on.label")}
          type="date"
          value={draft.lastOn}
          onValue={(lastOn) => set({ lastOn })}
          error={endFault ? p("ends.on.error") : faultAt("schedule.ends")}
        />
      ) : null}
      <SelectField
        label={p("adjustment")}
        value={draft.adjustment}
        onValue={(adjustment) => set({ adjustment: adjustment as Draft["adjustment"] })}
        options={adjustments.map((adjustment) => [adjustment, p(`adjustment.${adjustment}`)] as const)}
      />
    </>
  )
}

const Form = ({ accounts, draft, faultAt, onReview, set }: FormProps) => {
  const [tried, setTried] = useState(false)
  const submit = (event: Event) => {
    event.preventDefault()
    setTried(true)
    const terms = payeeTerms(accounts, draft)
    const ends = endsOf(draft)
    if (terms === undefined || ends === undefined || !startsWell(draft)) return focusFirstError()
    onReview({
      ...terms,
      schedule: {
        startOn: draft.startOn,
        recurrence: recurrenceOf(draft),
        ends,
        adjustment: draft.adjustment,
        skipped: [],
        pauses: []
      }
    })
  }
  return (
    <form class="form" onSubmit={submit} noValidate>
      <PayeeFields accounts={accounts} draft={draft} set={set} faultAt={faultAt} tried={tried} />
      <ScheduleFields draft={draft} set={set} faultAt={faultAt} tried={tried} />
      <div class="form-actions">
        <button type="submit" class="button button-main">
          {t("action.review")}
        </button>
      </div>
    </form>
  )
}

const Done = ({ again, plan }: { readonly plan: plans.Plan; readonly again: ComponentChildren }) => (
  <>
    <p class="total">
      <Money of={plan.amount} />
    </p>
    <p class="lead">{plan.state === "created" ? p("waits") : p("done")}</p>
    <Facts
      of={[
        [t("payment.name"), plan.creditor.name],
        [p("every"), recurrenceText(plan.schedule)],
        [p("next"), plan.next === null ? "–" : showDay(plan.next.dueOn, locale())]
      ]}
    />
    <div class="form-actions">
      <a class="button button-main" href={hrefOf(["payments", "recurring", plan.id])}>
        {p("show")}
      </a>
      {again}
    </div>
  </>
)

const Flow = ({ accounts }: { readonly accounts: ReadonlyArray<Account> }) => (
  <OrderFlow<Draft, plans.PlanOrder, plans.Plan>
    place="saldo.plan"
    empty={{
      ...noPayee(accounts),
      startOn: "",
      rhythm: "month",
      day: "same",
      ends: "never",
      payments: "",
      lastOn: "",
      adjustment: "following"
    }}
    fill={(filling) => <Form accounts={accounts} {...filling} />}
    look={(order) => <Facts of={[...payeeFacts(accounts, order), ...scheduleFacts(order.schedule)]} />}
    go={p("go")}
    write={plans.create}
    said={p("done")}
    done={(plan, _, again) => <Done plan={plan} again={again} />}
    another={p("another")}
  />
)

/** A new plan of payments. */
export const NewPlan = () => {
  const me = useMe()
  const load = useLoad(openAccounts(me.party), [me.party])
  return (
    <Page title={p("new")} back={{ href: "#/payments/recurring", label: t("plans.title") }}>
      <Await of={load}>
        {({ items }) => (items.length === 0 ? <Empty title={t("accounts.none")} /> : <Flow accounts={items} />)}
      </Await>
    </Page>
  )
}
