/** Loading something, again when asked to or when the connection is back, and never showing an answer that came too late. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks"
import { NoAnswer } from "../client/problem.ts"

/** How a load stands. What was loaded before stays while it is loaded again. */
export interface Load<A> {
  readonly value: A | undefined
  readonly error: unknown
  readonly loading: boolean
  readonly reload: () => void
}

/** Loads by a function whenever what it depends on changes. */
export const useLoad = <A>(load: (signal: AbortSignal) => Promise<A>, depends: ReadonlyArray<unknown>): Load<A> => {
  const [state, setState] = useState<Omit<Load<A>, "reload">>({ value: undefined, error: undefined, loading: true })
  const [turn, setTurn] = useState(0)
  const about = JSON.stringify(depends)
  const shown = useRef(about)
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  useEffect(() => {
    const ending = new AbortController()
    // Something else is asked for, so what was shown is not an older state of it.
    const same = shown.current === about
    shown.current = about
    setState(({ value }) => ({ value: same ? value : undefined, error: undefined, loading: true }))
    let [back, unanswered] = [false, false]
    // The connection may be back before it is known here that there was no answer, and before that is shown.
    const online = () => {
      back = true
      if (unanswered) reload()
    }
    addEventListener("online", online, { signal: ending.signal })
    const run = async () => {
      try {
        const value = await load(ending.signal)
        if (!ending.signal.aborted) setState({ value, error: undefined, loading: false })
      } catch (error) {
        if (ending.signal.aborted) return
        unanswered = error instanceof NoAnswer
        if (unanswered && back) reload()
        else setState(({ value }) => ({ value, error, loading: false }))
      }
    }
    void run()
    return () => ending.abort()
  }, [about, turn])
  return { ...state, reload }
}
