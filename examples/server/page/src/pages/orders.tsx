/** What transfers and payments have in common. */
import { useEffect, useRef } from "preact/hooks"
import type { Account } from "../client/client.ts"
import type { TypedAmount } from "../format/money.ts"
import { t } from "../words/words.ts"

/** The names of accounts, with the end of the number where a name alone would not tell two apart. */
export const accountNames = (accounts: ReadonlyArray<Account>): ReadonlyMap<string, string> => {
  const counts = new Map<string, number>()
  for (const { name } of accounts) counts.set(name, (counts.get(name) ?? 0) + 1)
  return new Map(
    accounts.map(({ id, name }) => [id, (counts.get(name) ?? 0) > 1 ? `${name} …${id.slice(-6)}` : name] as const)
  )
}

/** What is wrong with a typed amount, in words. */
export const amountError = (amount: TypedAmount): string | undefined => {
  switch (amount._tag) {
    case "Amount":
      return undefined
    case "Missing":
      return t("error.missing")
    case "Ambiguous":
      return t("error.ambiguous")
    case "NotPositive":
      return t("error.not-positive")
    case "Unreadable":
      return t("error.amount")
  }
}

/** How far an order has come. Its heading takes the focus at each step. */
export const Steps = ({ at, of }: { readonly of: ReadonlyArray<string>; readonly at: number }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(at)
  useEffect(() => {
    if (before.current !== at) heading.current?.focus()
    before.current = at
  }, [at])
  return (
    <div class="steps">
      <ol aria-hidden="true">
        {of.map((name, index) => (
          <li key={name} class={index === at ? "step-now" : index < at ? "step-past" : ""}>
            {name}
          </li>
        ))}
      </ol>
      <h2 tabIndex={-1} ref={heading} class="unseen">
        {t("step.of", { step: at + 1, steps: of.length, name: of[at] ?? "" })}
      </h2>
    </div>
  )
}
