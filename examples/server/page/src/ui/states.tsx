/** Loading, empty, wrong and away: what stands where something would. */
import { Component, type ComponentChildren } from "preact"
import { NoAnswer, Problem, SignedOut } from "../client/problem.ts"
import { problemText } from "../words/problems.ts"
import { t } from "../words/words.ts"
import type { Load } from "./useLoad.ts"

/** Grey lines where text will be, and a word for those who do not see them. */
export const Loading = ({ lines = 4 }: { readonly lines?: number }) => (
  <div class="loading" role="status">
    <span class="unseen">{t("state.loading")}</span>
    {Array.from({ length: lines }, (_, line) => (
      <span class="loading-line" key={line} aria-hidden="true" />
    ))}
  </div>
)

/** There is nothing, and what may be done about it. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children}
  </div>
)

const FieldList = ({ problem }: { readonly problem: Problem }) =>
  problem.fields.length === 0 ? null : (
    <ul class="failure-fields">
      {problem.fields.map(({ message, path }) => (
        <li key={path + message}>
          <code>{path}</code> {message}
        </li>
      ))}
    </ul>
  )

const words = (error: unknown): { readonly title: string; readonly detail: string } => {
  if (error instanceof Problem) return problemText(error)
  if (error instanceof NoAnswer) {
    return navigator.onLine
      ? { title: t("state.away"), detail: t("state.away.detail") }
      : { title: t("state.offline"), detail: t("state.offline.detail") }
  }
  if (error instanceof SignedOut) return { title: t("state.signed-out"), detail: "" }
  return { title: t("state.broken"), detail: error instanceof Error ? error.message : "" }
}

interface FailureProps {
  readonly error: unknown
  readonly retry?: (() => void) | undefined
  readonly note?: string
}

/** What went wrong, in the server's words, and a way to try again. */
export const Failure = ({ error, note, retry }: FailureProps) => {
  const { detail, title } = words(error)
  return (
    <div class="failure" role="alert" tabIndex={-1}>
      <p class="failure-title">{title}</p>
      {detail === "" ? null : <p>{detail}</p>}
      {error instanceof Problem ? <FieldList problem={error} /> : null}
      {note === undefined ? null : <p>{note}</p>}
      {error instanceof Problem && error.requestId !== null && error.status >= 500 ? (
        <p class="quiet">
          {t("state.request")} <code>{error.requestId}</code>
        </p>
      ) : null}
      {retry === undefined ? null : (
        <button type="button" class="button" onClick={retry}>
          {t("action.retry")}
        </button>
      )}
    </div>
  )
}

interface AwaitProps<A> {
  readonly of: Load<A>
  readonly lines?: number
  readonly children: (value: A) => ComponentChildren
}

/** What was loaded, or what stands in its place. */
export const Await = <A,>({ children, lines, of }: AwaitProps<A>) => {
  const { error, loading, reload, value } = of
  if (value === undefined) {
    return error === undefined ? (
      <Loading {...(lines === undefined ? {} : { lines })} />
    ) : (
      <Failure error={error} retry={reload} />
    )
  }
  return (
    <div aria-busy={loading}>
      {error === undefined ? null : <Failure error={error} retry={reload} />}
      {children(value)}
    </div>
  )
}

/** Keeps a fault of one page from taking the whole page down. */
export class Guard extends Component<{ readonly children: ComponentChildren }, { readonly error: unknown }> {
  override state = { error: undefined as unknown }
  static override getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    return this.state.error === undefined ? (
      this.props.children
    ) : (
      <Failure error={this.state.error} retry={() => this.setState({ error: undefined })} />
    )
  }
}
