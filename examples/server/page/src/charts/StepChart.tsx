/**
 * An amount over days, as steps: it stays what it is until it changes. Who cannot see it gets its sense in a sentence, and
 * its figures in a table.
 */
import { useEffect, useId, useRef, useState } from "preact/hooks"
import { epochDayText } from "../format/epochDay.ts"
import { showDay } from "../format/dates.ts"
import { showShort } from "../format/money.ts"
import { locale } from "../settings.ts"
import { t } from "../words/words.ts"
import { Money, Table } from "../ui/basics.tsx"
import { wireOf } from "../format/wireOf.ts"
import { type DayAmount, dayTicks, pointAt, shareOf, ticksOf } from "./scales.ts"

interface StepChartProps {
  readonly title: string
  readonly points: ReadonlyArray<DayAmount>
  readonly currency: string
  /** The last day of the chart; the amount of the last point holds until then. */
  readonly end: number
  readonly height?: number
}

const edge = { left: 56, right: 12, top: 12, bottom: 28 }

/** The width of an element, as it changes. */
const useWidth = () => {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(640)
  useEffect(() => {
    const { current } = ref
    if (current === null) return
    const watcher = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) setWidth(Math.round(entry.contentRect.width))
    })
    watcher.observe(current)
    return () => watcher.disconnect()
  }, [])
  return { ref, width }
}

const summaryOf = (points: ReadonlyArray<DayAmount>, currency: string, end: number): string => {
  const sorted = points.map(({ amount }) => amount).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const short = (amount: bigint | undefined) => showShort(amount ?? 0n, currency, locale())
  return t("chart.summary", {
    from: showDay(epochDayText(points[0]?.day ?? end), locale()),
    to: showDay(epochDayText(end), locale()),
    first: short(points[0]?.amount),
    last: short(points.at(-1)?.amount),
    lowest: short(sorted[0]),
    highest: short(sorted.at(-1)),
    currency
  })
}

/** An amount over days. */
export const StepChart = ({ currency, end: last, height = 240, points, title }: StepChartProps) => {
  const { ref, width } = useWidth()
  const id = useId()
  const [day, setDay] = useState<number>()
  const start = points[0]?.day ?? last
  // What began today is shown as a day's worth.
  const end = Math.max(last, start + 1)
  const amounts = points.map(({ amount }) => amount)
  const least = amounts.reduce((low, amount) => (amount < low ? amount : low), amounts[0] ?? 0n)
  const most = amounts.reduce((high, amount) => (amount > high ? amount : high), amounts[0] ?? 0n)
  // An axis begins at zero unless that would hide what happens.
  const ticks = ticksOf(least > 0n && (least === most || least * 4n < most * 3n) ? 0n : least, most)
  const [bottom = 0n, top = 1n] = [ticks[0], ticks.at(-1)]
  const inner = { width: width - edge.left - edge.right, height: height - edge.top - edge.bottom }
  const x = (at: number) => edge.left + ((at - start) / (end - start)) * inner.width
  const y = (amount: bigint) => edge.top + (1 - shareOf(amount, bottom, top)) * inner.height
  const line = points
    .map(({ amount, day: at }, index) => (index === 0 ? `M${x(at)},${y(amount)}` : `H${x(at)}V${y(amount)}`))
    .concat(`H${x(end)}`)
    .join("")
  const area = `${line}V${y(bottom)}H${x(start)}Z`
  const shown = day === undefined ? undefined : pointAt(points, day)
  const follow = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect()
    const share = (event.clientX - box.left - edge.left) / inner.width
    setDay(Math.min(end, Math.max(start, Math.round(start + share * (end - start)))))
  }
  return (
    <figure class="chart">
      <div ref={ref} class="chart-frame">
        <svg
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-labelledby={`${id}-title ${id}-desc`}
          onPointerMove={follow}
          onPointerLeave={() => setDay(undefined)}
        >
          <title id={`${id}-title`}>{title}</title>
          <desc id={`${id}-desc`}>{summaryOf(points, currency, last)}</desc>
          {ticks.map((tick) => (
            <g key={String(tick)}>
              <line
                class={tick === 0n ? "chart-zero" : "chart-grid"}
                x1={edge.left}
                x2={width - edge.right}
                y1={y(tick)}
                y2={y(tick)}
              />
              <text class="chart-label" x={edge.left - 8} y={y(tick)} dy="0.32em" text-anchor="end">
                {showShort(tick, currency, locale())}
              </text>
            </g>
          ))}
          {dayTicks(start, end, width < 480 ? 2 : 5).map((at, index, all) => (
            <text
              class="chart-label"
              key={at}
              x={x(at)}
              y={height - 8}
              text-anchor={index === 0 ? "start" : index === all.length - 1 ? "end" : "middle"}
            >
              {showDay(epochDayText(at), locale(), end - start > 120 ? "month" : "short")}
            </text>
          ))}
          <path class="chart-area" d={area} />
          <path class="chart-line" d={line} />
          {day === undefined || shown === undefined ? null : (
            <g>
              <line class="chart-cursor" x1={x(day)} x2={x(day)} y1={edge.top} y2={height - edge.bottom} />
              <circle class="chart-dot" cx={x(day)} cy={y(shown.amount)} r="4" />
            </g>
          )}
        </svg>
        {day === undefined || shown === undefined ? null : (
          <p class="chart-tip" style={{ left: `${Math.min(Math.max(x(day), 76), width - 76)}px` }} aria-hidden="true">
            <span>{showDay(epochDayText(day), locale())}</span>
            <strong>
              <Money of={wireOf(shown.amount, currency)} />
            </strong>
          </p>
        )}
      </div>
      <details class="chart-table">
        <summary>{t("chart.table")}</summary>
        <Table label={title}>
          <thead>
            <tr>
              <th scope="col">{t("field.day")}</th>
              <th scope="col" class="number">
                {t("field.balance")}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.day}>
                <td>{showDay(epochDayText(point.day), locale())}</td>
                <td class="number">
                  <Money of={wireOf(point.amount, currency)} />
                </td>
              </tr>
            ))}
          </tbody>
        </Table>
      </details>
    </figure>
  )
}
