/**
 * How money is moved: it is filled in, looked at once more, and sent once. Transfers, payments and plans of payments differ in
 * what is asked and shown, and in nothing else.
 */
import type { ComponentChildren } from "preact"
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { mayHaveHappened, Problem } from "../client/problem.ts"
import { announce } from "../ui/announce.tsx"
import { focusFirstError } from "../ui/fields.tsx"
import { Failure } from "../ui/states.tsx"
import { type Intent, useIntent } from "../ui/useIntent.ts"
import { t } from "../words/words.ts"

/** What the form of an order works with. */
export interface Filling<Draft, Content> {
  readonly draft: Draft
  readonly set: (change: Partial<Draft>) => void
  /** What the server found fault with, by its path in the order, such as `creditor.account`, until it is sent again. */
  readonly faultAt: (path: string) => string | undefined
  readonly onReview: (content: Content) => void
}

interface OrderFlowProps<Draft, Content, Answer> {
  /** Where it is kept until it is known what became of it. */
  readonly place: string
  readonly empty: Draft
  readonly fill: (filling: Filling<Draft, Content>) => ComponentChildren
  readonly look: (content: Content) => ComponentChildren
  /** What sending it is called. */
  readonly go: string
  readonly write: (content: Content, key: string) => Promise<Answer>
  readonly said: string
  /** What is shown at the end, with the button that begins another one. */
  readonly done: (answer: Answer, content: Content, again: ComponentChildren) => ComponentChildren
  /** What beginning another one is called. */
  readonly another: string
}

/** How far an order has come. Its heading takes the focus at each step. */
const Steps = ({ at }: { readonly at: number }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(at)
  useLayoutEffect(() => {
    if (before.current !== at) heading.current?.focus()
    before.current = at
  }, [at])
  const names = [t("step.fill"), t("step.review"), t("step.done")]
  return (
    <div class="steps">
      <ol aria-hidden="true">
        {names.map((name, index) => (
          <li key={name} class={index === at ? "step-now" : index < at ? "step-past" : ""}>
            {name}
          </li>
        ))}
      </ol>
      <h2 tabIndex={-1} ref={heading} class="unseen">
        {t("step.of", { step: at + 1, steps: names.length, name: names[at] ?? "" })}
      </h2>
    </div>
  )
}

interface ReviewProps<Content, Answer> {
  readonly content: Content
  readonly intent: Intent<Answer, Content>
  readonly go: string
  readonly write: (content: Content, key: string) => Promise<Answer>
  readonly onBack: () => void
  readonly children: ComponentChildren
}

/** What is about to be sent, and sending it, again and again if need be: it is carried out once. */
const Review = <Content, Answer>({ children, content, go, intent, onBack, write }: ReviewProps<Content, Answer>) => {
  const sending = intent.state === "sending"
  return (
    <div class="form">
      {children}
      {intent.state === "failed" ? (
        <Failure error={intent.error} {...(mayHaveHappened(intent.error) ? { note: t("intent.unknown") } : {})} />
      ) : null}
      <div class="form-actions">
        <button
          type="button"
          class="button button-main"
          disabled={sending}
          onClick={() => void intent.send(content, write)}
        >
          {sending ? t("intent.sending") : intent.state === "failed" ? t("intent.again") : go}
        </button>
        <button type="button" class="button" disabled={sending} onClick={onBack}>
          {t("action.change")}
        </button>
      </div>
    </div>
  )
}

const faultIn = (refused: unknown, path: string): string | undefined =>
  refused instanceof Problem
    ? refused.fields.find((field) => `${field.path}.`.startsWith(`body.${path}.`))?.message
    : undefined

/** An order from the first field to what became of it. */
export const OrderFlow = <Draft, Content, Answer>({
  another,
  done,
  empty,
  fill,
  go,
  look,
  place,
  said,
  write
}: OrderFlowProps<Draft, Content, Answer>) => {
  const [draft, setDraft] = useState(empty)
  const intent = useIntent<Answer, Content>(place)
  const [content, setContent] = useState(intent.unfinished)
  const [refused, setRefused] = useState<unknown>()
  const step = intent.state === "done" ? 2 : content === undefined ? 0 : 1
  useEffect(() => {
    if (step === 2) announce(said)
  }, [step])
  useEffect(() => {
    if (refused !== undefined) focusFirstError()
  }, [refused])
  const filling: Filling<Draft, Content> = {
    draft,
    set: (change) => setDraft((before) => ({ ...before, ...change })),
    faultAt: (path) => faultIn(refused, path),
    onReview: (filled) => {
      setRefused(undefined)
      setContent(() => filled)
    }
  }
  const drawn = () => {
    if (content === undefined) return fill(filling)
    if (intent.answer !== undefined) {
      const again = (
        <button
          type="button"
          class="button"
          onClick={() => {
            intent.renew()
            setContent(undefined)
            setDraft(() => empty)
          }}
        >
          {another}
        </button>
      )
      return <div class="form">{done(intent.answer, content, again)}</div>
    }
    return (
      <Review
        content={content}
        intent={intent}
        go={go}
        write={write}
        onBack={() => {
          // What is changed is another intent, unless it may have been carried out already.
          if (!mayHaveHappened(intent.error)) {
            setRefused(intent.error)
            intent.renew()
          }
          setContent(undefined)
        }}
      >
        {look(content)}
      </Review>
    )
  }
  return (
    <>
      <Steps at={step} />
      {drawn()}
    </>
  )
}
