/** Something that is done by a button. What cannot be undone is asked for a second time. */
import type { ComponentChildren } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import { mayHaveHappened } from "../client/problem.ts"
import { t } from "../words/words.ts"
import { announce } from "./announce.tsx"
import { Failure } from "./states.tsx"
import { useIntent } from "./useIntent.ts"

interface ActProps<A> {
  readonly label: string
  /** What somebody presses who really wants it; without it the first press is enough. */
  readonly sure?: string
  /** What is read out when it is done. */
  readonly said: string
  readonly write: (key: string) => Promise<A>
  readonly done: (answer: A) => void
  /** What tells it from others of the same name, for those who only hear it. */
  readonly of?: string
  /** Whether nothing is lost by it. */
  readonly calm?: boolean
  readonly children?: ComponentChildren
}

/** A button that does something at the server, and asks first where that is wanted. */
export const Act = <A,>({ calm = false, children, done, label, of, said, sure, write }: ActProps<A>) => {
  const [asks, setAsks] = useState(false)
  const intent = useIntent<A>()
  const place = useRef<HTMLDivElement>(null)
  const begun = useRef(false)
  useLayoutEffect(() => {
    // The button that was pressed is gone, so the focus goes to the one in its place, before anything can be typed.
    if (begun.current) place.current?.querySelector("button")?.focus()
    begun.current = true
  }, [asks])
  const send = async () => {
    if (intent.state === "done" || (intent.state === "failed" && !mayHaveHappened(intent.error))) intent.renew()
    const answers: Array<A> = []
    await intent.send(undefined, async (_, key) => {
      const answer = await write(key)
      answers.push(answer)
      return answer
    })
    for (const answer of answers) {
      setAsks(false)
      announce(said)
      done(answer)
    }
  }
  const sending = intent.state === "sending"
  const name = (text: string) => (of === undefined ? {} : { "aria-label": `${text}: ${of}` })
  return (
    <div class="act" ref={place}>
      {asks ? children : null}
      {asks && sure !== undefined ? (
        <div class="choices">
          <button
            type="button"
            class={`button ${calm ? "button-main" : "button-grave"}`}
            disabled={sending}
            onClick={() => void send()}
            {...name(sending ? t("intent.sending") : sure)}
          >
            {sending ? t("intent.sending") : sure}
          </button>
          <button type="button" class="button" disabled={sending} onClick={() => setAsks(false)}>
            {t("action.back")}
          </button>
        </div>
      ) : (
        <button
          type="button"
          class="button"
          disabled={sending}
          onClick={() => (sure === undefined ? void send() : setAsks(true))}
          {...name(sending ? t("intent.sending") : label)}
        >
          {sending ? t("intent.sending") : label}
        </button>
      )}
      {intent.state === "failed" ? (
        <Failure error={intent.error} {...(mayHaveHappened(intent.error) ? { note: t("intent.unknown") } : {})} />
      ) : null}
    </div>
  )
}
