/** What stands around the pages that are for who is not signed in. */
import type { ComponentChildren } from "preact"
import { useTitle } from "./basics.tsx"

interface DoorFrameProps {
  readonly title: string
  readonly lead?: ComponentChildren
  readonly children?: ComponentChildren
}

/** A narrow page under the name of the bank. */
export const DoorFrame = ({ children, lead, title }: DoorFrameProps) => {
  useTitle(title)
  return (
    <div class="door">
      <div class="door-inner">
        <p class="wordmark" aria-hidden="true">
          Saldo
        </p>
        <h1 tabIndex={-1}>{title}</h1>
        {lead === undefined ? null : <p class="lead">{lead}</p>}
        {children}
      </div>
    </div>
  )
}
