/** How many of each kind: a table whose bars are for the eye alone. */
import type { ComponentChildren } from "preact"
import { showCount } from "../format/numbers.ts"
import { locale } from "../settings.ts"

/** One bar. */
export interface Bar {
  readonly key: string
  readonly name: string
  readonly count: number
  /** What stands beside the count. */
  readonly note?: ComponentChildren
}

interface BarsProps {
  readonly title: string
  readonly bars: ReadonlyArray<Bar>
  readonly counted: string
}

/** How many of each kind. */
export const Bars = ({ bars, counted, title }: BarsProps) => {
  const most = Math.max(1, ...bars.map(({ count }) => count))
  return (
    <table class="bars">
      <caption>{title}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{counted}</th>
        </tr>
      </thead>
      <tbody>
        {bars.map(({ count, key, name, note }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>
              <span class="bar" aria-hidden="true">
                <span class="bar-fill" style={{ width: `${(count / most) * 100}%` }} />
              </span>
              <span class="bar-count">{showCount(count, locale())}</span>
              {note === undefined ? null : <span class="bar-note">{note}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
