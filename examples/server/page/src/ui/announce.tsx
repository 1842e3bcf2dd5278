/** What screen readers are told without the focus moving. */
import { useLayoutEffect, useState } from "preact/hooks"

const listeners = new Set<(text: string) => void>()

/** Says something politely. */
export const announce = (text: string): void => {
  for (const listener of listeners) listener(text)
}

/** The region that is read out; there is one on the page. */
export const Announcer = () => {
  const [text, setText] = useState("")
  useLayoutEffect(() => {
    listeners.add(setText)
    return () => {
      listeners.delete(setText)
    }
  }, [])
  return (
    <div class="unseen" role="status" aria-live="polite">
      {text}
    </div>
  )
}
