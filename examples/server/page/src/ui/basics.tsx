/** The small things that every page is made of. */
import type { ComponentChildren } from "preact"
import { useLayoutEffect } from "preact/hooks"
import type { MoneyText } from "../client/wire.ts"
import { showMoney } from "../format/money.ts"
import { locale } from "../settings.ts"
import { named, t, type Word } from "../words/words.ts"

interface PageProps {
  readonly title: string
  readonly lead?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly back?: { readonly href: string; readonly label: string }
  readonly children: ComponentChildren
}

/** Names the window after what is in it. */
export const useTitle = (title: string): void => {
  useLayoutEffect(() => {
    document.title = `${title} · Saldo`
  }, [title])
}

/** A page: its heading takes the focus when the reader comes to it. */
export const Page = ({ actions, back, children, lead, title }: PageProps) => {
  useTitle(title)
  return (
    <>
      <header class="page-head">
        <div>
          {back === undefined ? null : (
            <a class="back" href={back.href}>
              <span aria-hidden="true">←</span> {back.label}
            </a>
          )}
          <h1 tabIndex={-1}>{title}</h1>
          {lead === undefined ? null : <p class="lead">{lead}</p>}
        </div>
        {actions === undefined ? null : <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </>
  )
}

interface SectionProps {
  readonly title: string
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}

/** A part of a page with a heading of its own. */
export const Section = ({ aside, children, class: extra = "", title }: SectionProps) => (
  <section class={`section ${extra}`}>
    <div class="section-head">
      <h2>{title}</h2>
      {aside}
    </div>
    {children}
  </section>
)

interface MoneyProps {
  readonly of: MoneyText
  /** Shows a plus before what is above zero, as in a list of movements. */
  readonly signed?: boolean
}

/** An amount in the reader's writing. */
export const Money = ({ of, signed = false }: MoneyProps) => {
  const negative = of.amount.startsWith("-")
  const positive = !negative && /[1-9]/u.test(of.amount)
  return (
    <span class={`money ${signed && positive ? "money-in" : ""}`}>
      {signed && positive ? "+" : ""}
      {showMoney(of, locale())}
    </span>
  )
}

const tones: Readonly<Record<string, "good" | "wait" | "bad" | "calm">> = {
  open: "good",
  active: "good",
  settled: "good",
  succeeded: "good",
  funded: "good",
  completed: "good",
  delivered: "good",
  valid: "good",
  created: "wait",
  approved: "wait",
  sent: "wait",
  held: "wait",
  upcoming: "wait",
  waiting: "wait",
  unverified: "wait",
  pending: "wait",
  paused: "wait",
  blocked: "bad",
  failed: "bad",
  returned: "bad",
  refused: "bad",
  locked: "bad",
  disabled: "bad"
}

/** A state as a word with a mark; the colour says nothing that the word does not. */
export const State = ({ domain, of }: { readonly domain: string; readonly of: string }) => (
  <span class={`state state-${tones[of] ?? "calm"}`}>{named(domain, of)}</span>
)

/** One of some views of the same thing. */
export const Choice = <A extends string>({
  label,
  onChange,
  options,
  value
}: {
  readonly label: string
  readonly options: ReadonlyArray<readonly [A, string]>
  readonly value: A
  readonly onChange: (value: A) => void
}) => (
  <div class="choice" role="group" aria-label={label}>
    {options.map(([option, name]) => (
      <button type="button" key={option} aria-pressed={option === value} onClick={() => onChange(option)}>
        {name}
      </button>
    ))}
  </div>
)

/** Facts in pairs. */
export const Facts = ({ of }: { readonly of: ReadonlyArray<readonly [string, ComponentChildren]> }) => (
  <dl class="facts">
    {of.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)

/** A table that scrolls by itself where it is too wide, and can then be scrolled with the keyboard. */
export const Table = ({ children, label }: { readonly label: string; readonly children: ComponentChildren }) => (
  <div class="table-frame" role="region" aria-label={label} tabIndex={0}>
    <table>{children}</table>
  </div>
)

interface MoreProps {
  readonly next: string | null
  readonly loading: boolean
  readonly onMore: () => void
}

/** Shows more of a list, while there is more. */
export const More = ({ loading, next, onMore }: MoreProps) =>
  next === null ? null : (
    <p class="more">
      <button type="button" class="button" disabled={loading} onClick={onMore}>
        {loading ? t("state.loading") : t("action.more")}
      </button>
    </p>
  )

interface HeadProps {
  readonly of?: Word
  readonly children?: ComponentChildren
  readonly number?: boolean
  /** Left out where there is little room. */
  readonly wide?: boolean
}

/** A column's heading. */
export const Head = ({ children, number = false, of, wide = false }: HeadProps) => (
  <th scope="col" class={`${number ? "number" : ""} ${wide ? "wide" : ""}`}>
    {of === undefined ? children : t(of)}
  </th>
)

/** Views of one thing, each with an address of its own. */
export const Tabs = ({
  at,
  label,
  of
}: {
  readonly label: string
  readonly at: string
  readonly of: ReadonlyArray<readonly [href: string, name: string]>
}) => (
  <nav class="tabs" aria-label={label}>
    <ul>
      {of.map(([href, name]) => (
        <li key={href}>
          <a href={href} aria-current={href === at ? "page" : undefined}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)
