/**
 * Something that the reader wants done once: the write carries one name from the first try to the last, so that trying
 * again after a lost answer can never do it twice.
 */
import { useRef, useState } from "preact/hooks"

/** A name that nobody else gives: 128 random bits as a UUID of version 4. */
export const freshKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, "$1-$2-$3-$4-$5")
}

/** How a write stands. */
export interface Intent<A> {
  readonly state: "idle" | "sending" | "done" | "failed"
  readonly answer: A | undefined
  readonly error: unknown
  /** Sends it, or sends it again under the same name. */
  readonly send: (write: (key: string) => Promise<A>) => Promise<void>
  /** Forgets it: what comes next is another intent with another name. */
  readonly renew: () => void
}

/** One intent of the reader. */
export const useIntent = <A>(): Intent<A> => {
  const key = useRef(freshKey())
  const sending = useRef(false)
  const [state, setState] = useState<Pick<Intent<A>, "state" | "answer" | "error">>({
    state: "idle",
    answer: undefined,
    error: undefined
  })
  const send: Intent<A>["send"] = async (write) => {
    // A double click is one click.
    if (sending.current) return
    sending.current = true
    setState({ state: "sending", answer: undefined, error: undefined })
    try {
      setState({ state: "done", answer: await write(key.current), error: undefined })
    } catch (error) {
      setState({ state: "failed", answer: undefined, error })
    } finally {
      sending.current = false
    }
  }
  const renew = () => {
    key.current = freshKey()
    setState({ state: "idle", answer: undefined, error: undefined })
  }
  return { ...state, send, renew }
}
