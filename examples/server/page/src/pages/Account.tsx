/** One account: what it has, and its statement, which prints as one. */
import { useState } from "preact/hooks"
import { useMay } from "../access.ts"
import { StepChart } from "../charts/StepChart.tsx"
import * as client from "../client/client.ts"
import { readDay, showDay, spanUntil, today } from "../format/dates.ts"
import { epochDay } from "../format/epochDay.ts"
import * as LocalDate from "saldo/time/LocalDate"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { Choice, Facts, Head, Money, Page, Section, State, Table } from "../ui/basics.tsx"
import { TextField } from "../ui/fields.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLive } from "../ui/useLive.ts"
import { useLoad } from "../ui/useLoad.ts"
import { named, t, tn } from "../words/words.ts"
import { balancesOver } from "./holdings.ts"

type Span = "month" | "quarter" | "year" | "other"

const Lines = ({ statement }: { readonly statement: client.Statement }) => (
  <Table label={t("statement.title")}>
    <thead>
      <tr>
        <Head of="field.booked" wide />
        <Head of="field.description" />
        <Head of="field.amount" number />
        <Head of="field.balance" number wide />
      </tr>
    </thead>
    <tbody>
      <tr class="line-edge">
        <td class="wide">{showDay(statement.start, locale())}</td>
        <td>{t("statement.opening")}</td>
        <td class="wide" />
        <td class="number">
          <Money of={statement.opening} />
        </td>
      </tr>
      {statement.lines.map((line, index) => (
        <tr key={index}>
          <td class="nowrap wide">{showDay(line.bookedOn, locale())}</td>
          <td>
            {line.description === "" ? named("kind", line.kind) : line.description}
            <span class="quiet block">
              <span class="narrow">{showDay(line.bookedOn, locale())} · </span>
              {named("kind", line.kind)}
              {line.valueOn === line.bookedOn ? "" : ` · ${t("statement.value")} ${showDay(line.valueOn, locale())}`}
            </span>
          </td>
          <td class="number">
            <Money of={line.amount} signed />
          </td>
          <td class="number wide">
            <Money of={line.balanceAfter} />
          </td>
        </tr>
      ))}
      <tr class="line-edge">
        <td class="wide">{showDay(LocalDate.addDays(LocalDate.of(statement.end), -1), locale())}</td>
        <td>{t("statement.closing")}</td>
        <td class="wide" />
        <td class="number">
          <Money of={statement.closing} />
        </td>
      </tr>
    </tbody>
  </Table>
)

const Statement = ({
  account,
  statement
}: {
  readonly account: client.Account
  readonly statement: client.Statement
}) => (
  <>
    {balancesOver([{ account, statement }], statement.start).map(({ currency, points }) => (
      <div class="screen-only" key={currency}>
        <StepChart
          title={t("account.chart", { name: account.name })}
          currency={currency}
          points={points}
          end={epochDay(statement.end) - 1}
          height={200}
        />
      </div>
    ))}
    <Facts
      of={[
        [t("statement.in"), <Money key="in" of={statement.total.credits} />],
        [t("statement.out"), <Money key="out" of={statement.total.debits} />],
        [t("statement.lines"), tn("statement.count", statement.total.lines)]
      ]}
    />
    {statement.lines.length === 0 ? <Empty title={t("statement.none")} /> : <Lines statement={statement} />}
  </>
)

const StatementSection = ({ account }: { readonly account: client.Account }) => {
  const [span, setSpan] = useState<Span>("quarter")
  const begun = spanUntil(today(), "quarter")
  const [first, setFirst] = useState<string>(begun.start)
  const [last, setLast] = useState<string>(today())
  const [from, to] = [readDay(first), readDay(last)]
  const fit = from !== undefined && to !== undefined && from <= to
  const days =
    span === "other" ? (fit ? { start: from, end: LocalDate.addDays(to, 1) } : undefined) : spanUntil(today(), span)
  const [shown, setShown] = useState(days)
  // Half-typed dates leave what was shown as it is.
  if (days !== undefined && (days.start !== shown?.start || days.end !== shown.end)) setShown(days)
  const asked = days ?? shown ?? begun
  const load = useLoad((signal) => client.accounts.statement(account.id, asked, signal), [account.id, asked])
  useLive(({ id }) => id === account.id, load.reload)
  return (
    <Section
      title={t("statement.title")}
      aside={
        <div class="screen-only choices">
          <Choice
            label={t("statement.span")}
            value={span}
            onChange={setSpan}
            options={[
              ["month", t("span.month")],
              ["quarter", t("span.quarter")],
              ["year", t("span.year")],
              ["other", t("span.other")]
            ]}
          />
          <button type="button" class="button" onClick={() => print()}>
            {t("statement.print")}
          </button>
        </div>
      }
    >
      {span === "other" ? (
        <form class="filters screen-only" onSubmit={(event) => event.preventDefault()}>
          <TextField label={t("field.from")} type="date" value={first} onValue={setFirst} />
          <TextField
            label={t("field.until")}
            type="date"
            value={last}
            onValue={setLast}
            error={fit ? undefined : t("error.days")}
          />
        </form>
      ) : null}
      <Await of={load} lines={8}>
        {(statement) => <Statement account={account} statement={statement} />}
      </Await>
    </Section>
  )
}

const Standing = ({ account }: { readonly account: client.Account }) => {
  const load = useLoad((signal) => client.accounts.balance(account.id, signal), [account.id])
  useLive(({ id }) => id === account.id, load.reload)
  return (
    <Await of={load} lines={2}>
      {({ available, balance, pendingIn, pendingOut }) => (
        <>
          <p class="total">
            <Money of={balance} />
          </p>
          <Facts
            of={[
              [t("field.available"), available === null ? "–" : <Money key="available" of={available} />],
              [t("account.pending-in"), <Money key="in" of={pendingIn} />],
              [t("account.pending-out"), <Money key="out" of={pendingOut} />],
              [t("field.state"), <State key="state" domain="state" of={account.state} />],
              [t("account.opened"), showDay(account.openedOn, locale())],
              [t("account.number"), <code key="id">{account.id}</code>]
            ]}
          />
        </>
      )}
    </Await>
  )
}

/** One account. */
export const AccountPage = ({ id }: { readonly id: string }) => {
  const may = useMay()
  const load = useLoad((signal) => client.accounts.find(id, signal), [id])
  useLive((change) => change.id === id, load.reload)
  const account = load.value
  return (
    <Page
      title={account?.name ?? t("field.account")}
      back={{ href: "#/accounts", label: t("accounts.title") }}
      actions={
        account?.state === "open" && may("bank:transact") ? (
          <a class="button button-main" href={hrefOf(["transfer"], { from: id })}>
            {t("transfer.title")}
          </a>
        ) : null
      }
    >
      <Await of={load}>
        {(found) => (
          <>
            <Standing account={found} />
            <StatementSection account={found} />
          </>
        )}
      </Await>
    </Page>
  )
}
