/** Loans that others offer: a list to narrow and search, how they are distributed, and their collection. */
import { useMay } from "../access.ts"
import { Bars } from "../charts/Bars.tsx"
import * as client from "../client/client.ts"
import { showBasisPoints, showPercent } from "../format/numbers.ts"
import { hrefOf, narrowTo, type Route } from "../router.ts"
import { locale } from "../settings.ts"
import { Facts, Head, Money, Page, Section, State, Table } from "../ui/basics.tsx"
import { SelectField, TextField } from "../ui/fields.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { type Load, useLoad } from "../ui/useLoad.ts"
import { usePages } from "../ui/usePages.ts"
import { named, t } from "../words/words.ts"
import { Collection } from "./Collection.tsx"

const statuses = ["upcoming", "open", "funded", "closed", "active", "completed", "canceled", "unknown"] as const

const names = ["text", "status", "country", "riskGrade", "currency"] as const
type Asked = Record<(typeof names)[number], string>

const Listings = ({ listings }: { readonly listings: ReadonlyArray<client.StoredListing> }) => (
  <Table label={t("market.title")}>
    <thead>
      <tr>
        <Head of="market.loan" />
        <Head of="market.status" wide />
        <Head of="market.sought-amount" number />
        <Head of="market.funded" number wide />
        <Head of="market.rate" number wide />
        <Head of="market.months" number wide />
        <Head of="market.grade" wide />
      </tr>
    </thead>
    <tbody>
      {listings.map(({ listing }) => (
        <tr key={`${listing.platform}/${listing.loanId}`}>
          <th scope="row">
            <a href={hrefOf(["market", listing.platform, listing.loanId])}>{listing.title}</a>
            <span class="quiet block">
              <span class="narrow">
                {named("status", listing.status)}
                {listing.annualRate === null ? "" : ` · ${showPercent(listing.annualRate.percent, locale())}`}
                {" · "}
              </span>
              {[listing.platform, listing.loanId, listing.country].filter((part) => part !== null).join(" · ")}
            </span>
          </th>
          <td class="wide">
            <State domain="status" of={listing.status} />
          </td>
          <td class="number">
            <Money of={listing.amount} />
          </td>
          <td class="number wide">{listing.fundedBps === null ? "–" : showBasisPoints(listing.fundedBps, locale())}</td>
          <td class="number wide">
            {listing.annualRate === null ? "–" : showPercent(listing.annualRate.percent, locale())}
          </td>
          <td class="number wide">{listing.durationMonths ?? "–"}</td>
          <td class="wide">{listing.riskGrade ?? "–"}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

type Durations = NonNullable<client.Statistics["duration"]>

const monthsOf = ({ fromMonths, toMonths }: Durations["classes"][number]): string =>
  toMonths === null
    ? t("market.months-from", { from: fromMonths })
    : t("market.months-span", { from: fromMonths, to: toMonths })

const countedBars = (counted: client.Statistics["byCountry"]) =>
  counted.map(({ listings, value }) => ({
    key: value ?? "",
    name: value ?? t("market.not-told"),
    count: listings
  }))

const Amounts = ({ of }: { readonly of: client.Statistics["currencies"][number] }) => (
  <>
    <h3>
      {t("market.amounts")}, {of.currency}
    </h3>
    <Facts
      of={[
        [t("market.smallest"), <Money key="minimum" of={of.sought.minimum} />],
        [t("market.median"), <Money key="median" of={of.sought.median} />],
        [t("market.mean"), <Money key="mean" of={of.sought.mean} />],
        [t("market.largest"), <Money key="maximum" of={of.sought.maximum} />],
        ...(of.rate === null ? [] : [[t("market.rate"), showPercent(of.rate.weighted.percent, locale())] as const])
      ]}
    />
  </>
)

const Distributions = ({ statistics }: { readonly statistics: client.Statistics }) => {
  const counted = t("market.listings")
  // Grades are an order of their own; what has none comes last.
  const byGrade = statistics.byRiskGrade.toSorted((a, b) => (a.value ?? "~").localeCompare(b.value ?? "~"))
  return (
    <>
      <div class="distributions">
        <Bars
          title={t("market.by-status")}
          counted={counted}
          bars={Object.entries(statistics.byStatus)
            .filter(([, count]) => count > 0)
            .map(([status, count]) => ({ key: status, name: named("status", status), count }))}
        />
        <Bars title={t("market.by-grade")} counted={counted} bars={countedBars(byGrade)} />
        <Bars title={t("market.by-country")} counted={counted} bars={countedBars(statistics.byCountry)} />
        {statistics.duration === null ? null : (
          <Bars
            title={t("market.by-duration")}
            counted={counted}
            bars={statistics.duration.classes.map((each) => ({
              key: String(each.fromMonths),
              name: monthsOf(each),
              count: each.listings
            }))}
          />
        )}
      </div>
      <div class="amounts">
        {statistics.currencies.map((each) => (
          <Amounts key={each.currency} of={each} />
        ))}
      </div>
    </>
  )
}

interface FiltersProps {
  readonly asked: Asked
  readonly everything: Load<client.Statistics>
  readonly onAsk: (change: Partial<Asked>) => void
}

const valuesOf = (counted: client.Statistics["byCountry"] = []) => [
  ["", t("filter.any")] as const,
  ...counted.flatMap(({ value }) => (value === null ? [] : [[value, value] as const]))
]

const Filters = ({ asked, everything, onAsk }: FiltersProps) => (
  <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
    <TextField
      label={t("market.search")}
      type="search"
      value={asked.text}
      onValue={(text) => onAsk({ text })}
      autocomplete="off"
    />
    <SelectField
      label={t("market.status")}
      value={asked.status}
      onValue={(status) => onAsk({ status })}
      options={[["", t("filter.any")], ...statuses.map((status) => [status, named("status", status)] as const)]}
    />
    <SelectField
      label={t("market.country")}
      value={asked.country}
      onValue={(country) => onAsk({ country })}
      options={valuesOf(everything.value?.byCountry)}
    />
    <SelectField
      label={t("market.grade")}
      value={asked.riskGrade}
      onValue={(riskGrade) => onAsk({ riskGrade })}
      options={valuesOf(everything.value?.byRiskGrade)}
    />
    <SelectField
      label={t("market.currency")}
      value={asked.currency}
      onValue={(currency) => onAsk({ currency })}
      options={valuesOf(everything.value?.currencies.map(({ currency, listings }) => ({ value: currency, listings })))}
    />
  </form>
)

/** The market. */
export const MarketPage = ({ route }: { readonly route: Route }) => {
  const may = useMay()
  const asked = Object.fromEntries(names.map((name) => [name, route.query.get(name) ?? ""])) as Asked
  const everything = useLoad((signal) => client.market.statistics({}, signal), [])
  const statistics = useLoad((signal) => client.market.statistics(asked, signal), [asked])
  const pages = usePages((cursor, signal) => client.market.list({ ...asked, limit: 25, cursor }, signal), [asked])
  const reload = () => {
    everything.reload()
    statistics.reload()
    pages.of.reload()
  }
  return (
    <Page title={t("market.title")} lead={t("market.lead")}>
      {may("lending:collect") ? <Collection onDone={reload} /> : null}
      <Filters asked={asked} everything={everything} onAsk={(change) => narrowTo(route, { ...asked, ...change })} />
      <Section title={t("market.loans")}>
        <Paged
          pages={pages}
          lines={8}
          empty={
            <Empty title={everything.value?.listings === 0 ? t("market.none") : t("market.empty")}>
              {everything.value?.listings === 0 ? null : (
                <button type="button" class="button" onClick={() => narrowTo(route, {})}>
                  {t("filter.clear")}
                </button>
              )}
            </Empty>
          }
        >
          {(items) => <Listings listings={items} />}
        </Paged>
      </Section>
      <Section title={t("market.distributions")}>
        <Await of={statistics} lines={6}>
          {(found) =>
            found.listings === 0 ? <Empty title={t("market.empty")} /> : <Distributions statistics={found} />
          }
        </Await>
      </Section>
    </Page>
  )
}
