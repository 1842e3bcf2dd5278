/** Loading again what the server says has changed. */
import { useEffect, useRef } from "preact/hooks"
import { type Changed, onTold } from "../client/live.ts"

/** One act of a bank is told in several parts, which come together. */
const together = 150

/** Where much happens, what is shown is loaded every so often and no more. */
const between = 2000

/** Reloads when something changes that concerns what is shown: soon, or when the reader looks at the page again. */
export const useLive = (concerns: (change: Changed) => boolean, reload: () => void): void => {
  const now = useRef({ concerns, reload })
  now.current = { concerns, reload }
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let last = 0
    let waiting = false
    const run = () => {
      timer = undefined
      waiting = document.hidden
      if (waiting) return
      last = performance.now()
      now.current.reload()
    }
    const soon = () => {
      timer ??= setTimeout(run, Math.max(together, last === 0 ? 0 : last + between - performance.now()))
    }
    const seen = () => {
      if (waiting && !document.hidden) soon()
    }
    document.addEventListener("visibilitychange", seen)
    const end = onTold((told) => {
      if (
        told._tag === "Missed" ||
        (told._tag === "Changed" && told.changes.some((each) => now.current.concerns(each)))
      )
        soon()
    })
    return () => {
      end()
      clearTimeout(timer)
      document.removeEventListener("visibilitychange", seen)
    }
  }, [])
}
