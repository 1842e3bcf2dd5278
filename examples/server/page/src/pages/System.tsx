/** Whether the server is well, and what it has done. */
import { useEffect, useState } from "preact/hooks"
import { useMay } from "../access.ts"
import * as client from "../client/client.ts"
import { Problem } from "../client/problem.ts"
import { showCount, showSeconds } from "../format/numbers.ts"
import { type RequestFigures, requestsOf, type Sample, samplesOf } from "../format/prometheus.ts"
import { locale } from "../settings.ts"
import { Facts, Head, Page, Section, Table } from "../ui/basics.tsx"
import { Await, Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { t } from "../words/words.ts"

/** A server that says that it is not ready has answered; only one that does not answer is an error here. */
const readiness = async (signal: AbortSignal) => {
  try {
    const { checks } = await client.system.ready(signal)
    return { ready: true, said: checks.join(", ") }
  } catch (error) {
    if (error instanceof Problem && error.status === 503) return { ready: false, said: error.detail }
    throw error
  }
}

const healthOf = async (signal: AbortSignal) => {
  const [live, ready] = await Promise.all([client.system.live(signal), readiness(signal)])
  return { live: live.status === "alive", ...ready }
}

const seconds = (value: number | null): string => (value === null ? "–" : showSeconds(value, locale()))

const Requests = ({ figures }: { readonly figures: ReadonlyArray<RequestFigures> }) => (
  <Table label={t("system.requests")}>
    <thead>
      <tr>
        <Head of="system.route" />
        <Head of="system.request-count" number />
        <Head of="system.failures" number wide />
        <Head of="system.median" number wide />
        <Head of="system.p99" number />
      </tr>
    </thead>
    <tbody>
      {figures.map(({ count, failures, median, p99, route }) => (
        <tr key={route}>
          <th scope="row">
            <code>{route}</code>
          </th>
          <td class="number">{showCount(count, locale())}</td>
          <td class="number wide">{showCount(failures, locale())}</td>
          <td class="number wide">{seconds(median)}</td>
          <td class="number">{seconds(p99)}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Metrics = ({ samples }: { readonly samples: ReadonlyArray<Sample> }) => (
  <details>
    <summary>{t("system.metrics")}</summary>
    <Table label={t("system.metrics")}>
      <thead>
        <tr>
          <Head of="system.metric" />
          <Head of="system.labels" />
          <Head of="field.value" number />
        </tr>
      </thead>
      <tbody>
        {samples
          .filter(({ name }) => !name.endsWith("_bucket"))
          .map(({ labels, name, value }, index) => (
            <tr key={index}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td>
                <code>
                  {Object.entries(labels)
                    .map((pair) => pair.join("="))
                    .join(" ")}
                </code>
              </td>
              <td class="number">{new Intl.NumberFormat(locale(), { maximumSignificantDigits: 6 }).format(value)}</td>
            </tr>
          ))}
      </tbody>
    </Table>
  </details>
)

const Figures = ({ turn }: { readonly turn: number }) => {
  const load = useLoad(async (signal) => samplesOf(await client.system.metrics(signal)), [])
  useEffect(() => {
    if (turn > 0) load.reload()
  }, [turn])
  return (
    <Section title={t("system.requests")}>
      <Await of={load} lines={6}>
        {(samples) => {
          const figures = requestsOf(samples)
          return (
            <>
              {figures.length === 0 ? <Empty title={t("system.no-metrics")} /> : <Requests figures={figures} />}
              <div class="more">
                <Metrics samples={samples} />
              </div>
            </>
          )
        }}
      </Await>
    </Section>
  )
}

/** Health and metrics. */
export const SystemPage = () => {
  const may = useMay()
  const [turn, setTurn] = useState(0)
  const [auto, setAuto] = useState(false)
  const load = useLoad(healthOf, [])
  const refresh = () => {
    load.reload()
    setTurn((before) => before + 1)
  }
  useEffect(() => {
    if (!auto) return
    const timer = setInterval(refresh, 10_000)
    return () => clearInterval(timer)
  }, [auto])
  return (
    <Page
      title={t("system.title")}
      lead={t("system.lead")}
      actions={
        <>
          <label class="check">
            <input type="checkbox" checked={auto} onChange={({ currentTarget }) => setAuto(currentTarget.checked)} />
            {t("system.auto")}
          </label>
          <button type="button" class="button" onClick={refresh}>
            {t("system.refresh")}
          </button>
        </>
      }
    >
      <Section title={t("system.health")}>
        <Await of={load} lines={2}>
          {({ live, ready, said }) => (
            <Facts
              of={[
                [t("system.live"), <Yes key="live" of={live} />],
                [t("system.ready"), <Yes key="ready" of={ready} />],
                [t("system.checks"), said === "" ? "–" : said]
              ]}
            />
          )}
        </Await>
      </Section>
      {may("system:metrics") ? <Figures turn={turn} /> : null}
    </Page>
  )
}

const Yes = ({ of }: { readonly of: boolean }) => (
  <span class={`state state-${of ? "good" : "bad"}`}>{of ? t("system.yes") : t("system.no")}</span>
)
