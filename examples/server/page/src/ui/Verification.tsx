/** A proof that takes a moment: it is asked for by a button, and what it says is read out. */
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { Failure } from "./states.tsx"
import { t } from "../words/words.ts"

interface VerificationProps<A> {
  readonly label: string
  readonly verify: (signal: AbortSignal) => Promise<A>
  readonly draw: (verdict: A) => ComponentChildren
}

/** A button, and under it what the proof said. */
export const Verification = <A,>({ draw, label, verify }: VerificationProps<A>) => {
  const [verdict, setVerdict] = useState<A>()
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const ending = useRef<AbortController>(undefined)
  useEffect(() => () => ending.current?.abort(), [])
  const run = async () => {
    const controller = new AbortController()
    ending.current = controller
    setBusy(true)
    setError(undefined)
    try {
      setVerdict(await verify(controller.signal))
    } catch (failure) {
      if (!controller.signal.aborted) setError(failure)
    } finally {
      if (!controller.signal.aborted) setBusy(false)
    }
  }
  return (
    <div class="verification">
      <button type="button" class="button" disabled={busy} onClick={() => void run()}>
        {busy ? t("ledger.verifying") : label}
      </button>
      <div role="status">{verdict === undefined || busy ? null : <div class="notice">{draw(verdict)}</div>}</div>
      {error === undefined ? null : <Failure error={error} />}
    </div>
  )
}
