/** One loan: what its platform tells of it, and how that has changed. */
import { StepChart } from "../charts/StepChart.tsx"
import type { DayAmount } from "../charts/scales.ts"
import * as client from "../client/client.ts"
import { showInstant, today } from "../format/dates.ts"
import { epochDay } from "../format/epochDay.ts"
import { fromWire, showMoney } from "../format/money.ts"
import { showBasisPoints, showPercent } from "../format/numbers.ts"
import { locale } from "../settings.ts"
import { Facts, Money, Page, Section, State } from "../ui/basics.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { named, t } from "../words/words.ts"

type Told = client.ListingVersion["listing"]

/** What was funded at the end of each day on which that changed. */
const fundedOver = (versions: ReadonlyArray<client.ListingVersion>): ReadonlyArray<DayAmount> => {
  const points: Array<DayAmount> = []
  const sorted = versions.toSorted((a, b) => a.version - b.version)
  for (const { listing, recordedAt } of sorted) {
    if (listing.fundedAmount === null) continue
    const day = epochDay(recordedAt.slice(0, 10))
    if (points.at(-1)?.day === day) points.pop()
    points.push({ day, amount: fromWire(listing.fundedAmount).amount })
  }
  return points
}

const LoanFacts = ({ listing }: { readonly listing: Told }) => {
  const instant = (at: string | null) => (at === null ? "–" : showInstant(at, locale()))
  return (
    <Facts
      of={[
        [t("market.status"), <State key="status" domain="status" of={listing.status} />],
        [
          t("market.funded"),
          listing.fundedAmount === null ? (
            "–"
          ) : (
            <span key="funded">
              <Money of={listing.fundedAmount} />
              {listing.fundedBps === null ? "" : ` (${showBasisPoints(listing.fundedBps, locale())})`}
            </span>
          )
        ],
        [t("market.rate"), listing.annualRate === null ? "–" : showPercent(listing.annualRate.percent, locale())],
        [t("market.months"), listing.durationMonths ?? "–"],
        [t("market.grade"), listing.riskGrade ?? "–"],
        [t("market.country"), listing.country ?? "–"],
        [t("market.listed"), instant(listing.listedAt)],
        [t("market.closes"), instant(listing.closesAt)]
      ]}
    />
  )
}

type Value = client.ListingVersion["changes"][number]["from"]

const valueText = (field: string, value: Value): string => {
  if (value === null) return "–"
  if (typeof value === "number") return field.endsWith("Bps") ? showBasisPoints(value, locale()) : String(value)
  if (typeof value !== "string") {
    return "percent" in value ? showPercent(value.percent, locale()) : showMoney(value, locale())
  }
  if (field === "status") return named("status", value)
  return field.endsWith("At") ? showInstant(value, locale()) : value
}

const Versions = ({ versions }: { readonly versions: ReadonlyArray<client.ListingVersion> }) => (
  <ol class="list">
    {versions
      .toSorted((a, b) => b.version - a.version)
      .map(({ changes, recordedAt, version }) => (
        <li key={version} class="version">
          <p>
            <strong>{t("market.version", { version })}</strong>{" "}
            <span class="quiet">{showInstant(recordedAt, locale())}</span>
          </p>
          {changes.length === 0 ? (
            <p class="quiet">{t("market.first-version")}</p>
          ) : (
            <ul class="changes">
              {changes.map(({ field, from, to }) => (
                <li key={field}>
                  {named("loan-field", field)}: <span class="unseen">{t("audit.before")} </span>
                  {valueText(field, from)} <span aria-hidden="true">→</span>
                  <span class="unseen"> {t("audit.after")}</span> {valueText(field, to)}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
  </ol>
)

const History = ({ versions }: { readonly versions: ReadonlyArray<client.ListingVersion> }) => {
  const points = fundedOver(versions)
  const currency = versions[0]?.listing.amount.currency
  return (
    <>
      {currency === undefined || points.length === 0 ? null : (
        <StepChart
          title={t("market.history.chart")}
          points={points}
          currency={currency}
          end={Math.max(epochDay(today()), points.at(-1)?.day ?? 0)}
          height={200}
        />
      )}
      {versions.length === 0 ? <Empty title={t("market.first-version")} /> : <Versions versions={versions} />}
    </>
  )
}

const isWeb = (url: string | null): url is string => url !== null && /^https?:\/\//u.test(url)

/** One loan. */
export const ListingPage = ({ loanId, platform }: { readonly platform: string; readonly loanId: string }) => {
  const load = useLoad((signal) => client.market.find(platform, loanId, signal), [platform, loanId])
  const history = useLoad((signal) => client.market.history(platform, loanId, signal), [platform, loanId])
  return (
    <Page
      title={load.value?.listing.title ?? t("market.loan")}
      lead={`${platform} · ${loanId}`}
      back={{ href: "#/market", label: t("market.title") }}
    >
      <Await of={load}>
        {({ lastSeenAt, listing }) => (
          <>
            <p class="total">
              <Money of={listing.amount} />
            </p>
            <LoanFacts listing={listing} />
            <p class="quiet note">
              {t("market.seen")} {showInstant(lastSeenAt, locale())}
              {isWeb(listing.url) ? (
                <>
                  {" · "}
                  <a href={listing.url} rel="noreferrer noopener">
                    {t("market.open-at")}
                  </a>
                </>
              ) : null}
            </p>
            {listing.description === null ? null : (
              <Section title={t("market.about")}>
                <p>{listing.description}</p>
              </Section>
            )}
          </>
        )}
      </Await>
      <Section title={t("market.history")}>
        <Await of={history} lines={6}>
          {(versions) => <History versions={versions} />}
        </Await>
      </Section>
    </Page>
  )
}
