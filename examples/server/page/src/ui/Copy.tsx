/** Text that is to be taken elsewhere. */
import { useRef, useState } from "preact/hooks"
import { t } from "../words/words.ts"
import { announce } from "./announce.tsx"

interface CopyProps {
  /** What it is, for those who only hear it. */
  readonly label: string
  readonly text: string
  /** How it is shown, where that differs from what is copied. */
  readonly shown?: string
}

/** A text with a button that copies it; where nothing may be copied, it is selected. */
export const Copy = ({ label, shown, text }: CopyProps) => {
  const place = useRef<HTMLElement>(null)
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
      announce(t("copy.done"))
    } catch {
      // Only pages from a secure origin may copy; the reader's own keys still do.
      if (place.current !== null) getSelection()?.selectAllChildren(place.current)
      announce(t("copy.selected"))
    }
  }
  return (
    <div class="copy" role="group" aria-label={label}>
      <code ref={place}>{shown ?? text}</code>
      <button type="button" class="button" onClick={() => void copy()}>
        {copied ? t("copy.done") : t("copy.go")}
      </button>
    </div>
  )
}
