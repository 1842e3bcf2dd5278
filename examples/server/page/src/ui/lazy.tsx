/** Pages that few readers need, which come when they are asked for. */
import type { ComponentChildren, FunctionComponent } from "preact"
import { useLayoutEffect, useState } from "preact/hooks"
import { NoAnswer } from "../client/problem.ts"
import { Failure, Loading } from "./states.tsx"
import { useLoad } from "./useLoad.ts"

/** A page that is loaded by a function when it is drawn for the first time; until then its frame stands there. */
export const lazy = <Props extends object>(
  frame: (inside: ComponentChildren) => ComponentChildren,
  load: () => Promise<FunctionComponent<Props>>
): FunctionComponent<Props> => {
  let known: FunctionComponent<Props> | undefined
  const Coming = ({ props }: { readonly props: Props }) => {
    const { error, value } = useLoad(async () => {
      try {
        known = await load()
        return { Drawn: known }
      } catch (cause) {
        throw new NoAnswer("A part of the page did not come", { cause })
      }
    }, [])
    useLayoutEffect(() => {
      // The heading that had the focus is gone with what stood here.
      if (value !== undefined && document.activeElement === document.body) {
        document.querySelector<HTMLElement>("#main h1")?.focus({ preventScroll: true })
      }
    }, [value])
    if (value !== undefined) return <value.Drawn {...props} />
    // A newer server has other parts, which only a newer page knows.
    const inside =
      error === undefined ? <Loading lines={6} /> : <Failure error={error} retry={() => location.reload()} />
    return <>{frame(inside)}</>
  }
  return (props: Props) => {
    // Decided once: what has come is not to be begun anew, with all that was typed into it, when it is drawn again.
    const [Drawn] = useState(() => known)
    return Drawn === undefined ? <Coming props={props} /> : <Drawn {...props} />
  }
}
