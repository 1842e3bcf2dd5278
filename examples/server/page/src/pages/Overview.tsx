/** How things stand: balances over time, what happened last, and the market at a glance. */
import { useState } from "preact/hooks"
import { useMay, useMe } from "../access.ts"
import { Bars } from "../charts/Bars.tsx"
import { StepChart } from "../charts/StepChart.tsx"
import * as client from "../client/client.ts"
import { showDay, type SpanName, spanUntil, today } from "../format/dates.ts"
import { epochDay } from "../format/epochDay.ts"
import { sumByCurrency } from "../format/money.ts"
import { showCount, showPercent } from "../format/numbers.ts"
import { hrefOf } from "../router.ts"
import { locale } from "../settings.ts"
import { Choice, Money, Page, Section } from "../ui/basics.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLive } from "../ui/useLive.ts"
import { useLoad } from "../ui/useLoad.ts"
import { named, t, tn } from "../words/words.ts"
import { accountNames } from "./orders.tsx"
import { balancesOver, type Held, latest } from "./holdings.ts"

const shownAccounts = 8

const hold = async (span: SpanName, customerId: string | null, signal: AbortSignal) => {
  const days = spanUntil(today(), span)
  const page = await client.accounts.list({ limit: shownAccounts, customerId, state: "open" }, signal)
  const held = await Promise.all(
    page.items.map(async (account): Promise<Held> => ({
      account,
      statement: await client.accounts.statement(account.id, days, signal)
    }))
  )
  return { held, days, more: page.next !== null }
}

const Holdings = ({
  held,
  more,
  start,
  end
}: {
  readonly held: ReadonlyArray<Held>
  readonly more: boolean
  readonly start: string
  readonly end: string
}) => (
  <>
    <div class="totals">
      {sumByCurrency(held.map(({ statement }) => statement.closing)).map((sum) => (
        <p class="total" key={sum.currency}>
          <Money of={sum.toJSON()} />
        </p>
      ))}
    </div>
    <p class="quiet">{more ? t("overview.some", { count: held.length }) : tn("overview.all", held.length)}</p>
    {balancesOver(held, start).map(({ currency, points }) => (
      <StepChart
        key={currency}
        title={t("overview.chart", { currency })}
        currency={currency}
        points={points}
        end={epochDay(end) - 1}
      />
    ))}
  </>
)

/** The latest movements. */
const Activity = ({ held }: { readonly held: ReadonlyArray<Held> }) => {
  const movements = latest(held, 8)
  const names = accountNames(held.map(({ account }) => account))
  if (movements.length === 0) return <Empty title={t("overview.quiet")} />
  return (
    <ul class="list">
      {movements.map(({ account, line }, index) => (
        <li key={index}>
          <a href={hrefOf(["accounts", account.id])} class="row">
            <span>
              <strong>{line.description === "" ? named("kind", line.kind) : line.description}</strong>
              <span class="quiet">
                {showDay(line.bookedOn, locale(), "short")} · {names.get(account.id)}
              </span>
            </span>
            <Money of={line.amount} signed />
          </a>
        </li>
      ))}
    </ul>
  )
}

const AccountList = ({ held }: { readonly held: ReadonlyArray<Held> }) => {
  const names = accountNames(held.map(({ account }) => account))
  return (
    <ul class="list">
      {held.map(({ account, statement }) => (
        <li key={account.id}>
          <a href={hrefOf(["accounts", account.id])} class="row">
            <span>
              <strong>{names.get(account.id)}</strong>
              <span class="quiet">{named("product", account.product.productId)}</span>
            </span>
            <Money of={statement.closing} />
          </a>
        </li>
      ))}
    </ul>
  )
}

const Glance = ({ statistics }: { readonly statistics: client.Statistics }) => {
  if (statistics.listings === 0) {
    return (
      <Empty title={t("market.none")}>
        <a href="#/market">{t("overview.market.go")}</a>
      </Empty>
    )
  }
  return (
    <div class="glance">
      <div class="figures">
        <p>
          <strong>{showCount(statistics.listings, locale())}</strong> {t("market.listings")}
        </p>
        {statistics.currencies.slice(0, 3).map(({ currency, rate, sought }) => (
          <p key={currency}>
            <strong>
              <Money of={sought.total} />
            </strong>{" "}
            {rate === null
              ? t("market.sought")
              : t("market.sought-at", { rate: showPercent(rate.weighted.percent, locale()) })}
          </p>
        ))}
        <p>
          <a href="#/market">{t("overview.market.go")}</a>
        </p>
      </div>
      <Bars
        title={t("market.by-status")}
        counted={t("market.listings")}
        bars={Object.entries(statistics.byStatus)
          .filter(([, count]) => count > 0)
          .map(([status, count]) => ({ key: status, name: named("status", status), count }))}
      />
    </div>
  )
}

const Market = () => {
  const load = useLoad((signal) => client.market.statistics({}, signal), [])
  useLive(({ kind }) => kind === "collection", load.reload)
  return (
    <Section title={t("overview.market")}>
      <Await of={load} lines={3}>
        {(statistics) => <Glance statistics={statistics} />}
      </Await>
    </Section>
  )
}

const Balances = () => {
  const me = useMe()
  const may = useMay()
  const [span, setSpan] = useState<SpanName>("year")
  const load = useLoad((signal) => hold(span, me.party, signal), [span, me.party])
  useLive(({ kind }) => kind === "account", load.reload)
  return (
    <>
      <Section
        title={t("overview.balances")}
        aside={
          <Choice
            label={t("overview.span")}
            value={span}
            onChange={setSpan}
            options={[
              ["quarter", t("span.quarter")],
              ["year", t("span.year")],
              ["two-years", t("span.two-years")]
            ]}
          />
        }
      >
        <Await of={load} lines={8}>
          {({ days, held, more }) =>
            held.length === 0 ? (
              <Empty title={t("accounts.none")} />
            ) : (
              <Holdings held={held} more={more} start={days.start} end={days.end} />
            )
          }
        </Await>
      </Section>
      <div class="columns">
        <Section title={t("accounts.title")} aside={<a href="#/accounts">{t("action.all")}</a>}>
          <Await of={load}>{({ held }) => <AccountList held={held} />}</Await>
          {may("bank:transact") ? (
            <p>
              <a class="button" href="#/transfer">
                {t("transfer.title")}
              </a>
            </p>
          ) : null}
        </Section>
        <Section title={t("overview.activity")}>
          <Await of={load}>{({ held }) => <Activity held={held} />}</Await>
        </Section>
      </div>
    </>
  )
}

const greeting = (name: string | null): string => t("overview.greeting", { name: name?.split(" ")[0] ?? "–" })

/** The first page after signing in. */
export const OverviewPage = () => {
  const me = useMe()
  const may = useMay()
  return (
    <Page title={greeting(me.name)} lead={showDay(today(), locale())}>
      {may("bank:read") ? <Balances /> : null}
      {may("lending:read") ? <Market /> : null}
    </Page>
  )
}
