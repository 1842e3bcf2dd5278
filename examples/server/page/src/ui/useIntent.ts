/**
 * Something that the reader wants done once: the write carries one name from the first try to the last, so that trying
 * again after a lost answer can never do it twice, not even after the page was loaded anew.
 */
import { useRef, useState } from "preact/hooks"
import { mayHaveHappened, NoAnswer } from "../client/problem.ts"

/** A name that nobody else gives: 128 random bits as a UUID of version 4. */
export const freshKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5")
}

/** How a write of some content stands, which answers with `A`. */
export interface Intent<A, Content = void> {
  readonly state: "idle" | "sending" | "done" | "failed"
  readonly answer: A | undefined
  readonly error: unknown
  /** What was sent before the page was loaded anew, when it is not known what became of it. */
  readonly unfinished: Content | undefined
  /** Sends it, or sends it again under the same name. */
  readonly send: (content: Content, write: (content: Content, key: string) => Promise<A>) => Promise<void>
  /** Forgets it: what comes next is another intent with another name. */
  readonly renew: () => void
}

interface Kept<Content> {
  readonly key: string
  readonly content: Content
}

const recall = <Content>(place: string | undefined): Kept<Content> | undefined => {
  const text = place === undefined ? null : sessionStorage.getItem(place)
  if (text === null) return undefined
  try {
    return JSON.parse(text) as Kept<Content>
  } catch {
    // Text that somebody else left there is no intent of ours.
    return undefined
  }
}

/** One intent of the reader. With a place, it outlives the page until it is known what became of it. */
export const useIntent = <A, Content = void>(place?: string): Intent<A, Content> => {
  const [kept] = useState(() => recall<Content>(place))
  const key = useRef(kept?.key ?? freshKey())
  const sending = useRef(false)
  const [unfinished, setUnfinished] = useState(kept?.content)
  const [state, setState] = useState<Pick<Intent<A>, "state" | "answer" | "error">>({
    state: kept === undefined ? "idle" : "failed",
    answer: undefined,
    error: kept === undefined ? undefined : new NoAnswer("The page was left before an answer came")
  })
  const keep = (content: Content) => {
    if (place !== undefined) sessionStorage.setItem(place, JSON.stringify({ key: key.current, content }))
  }
  const letGo = () => {
    if (place !== undefined) sessionStorage.removeItem(place)
    setUnfinished(undefined)
  }
  const send: Intent<A, Content>["send"] = async (content, write) => {
    // A double click is one click.
    if (sending.current) return
    sending.current = true
    keep(content)
    setState({ state: "sending", answer: undefined, error: undefined })
    try {
      setState({ state: "done", answer: await write(content, key.current), error: undefined })
      letGo()
    } catch (error) {
      if (!mayHaveHappened(error)) letGo()
      setState({ state: "failed", answer: undefined, error })
    } finally {
      sending.current = false
    }
  }
  const renew = () => {
    key.current = freshKey()
    letGo()
    setState({ state: "idle", answer: undefined, error: undefined })
  }
  return { ...state, unfinished, send, renew }
}
