/** How a plan stands. */
import type { Plan } from "../../client/plans.ts"
import { namedPlan } from "./words.ts"

const tones = { created: "wait", active: "good", ended: "calm", cancelled: "calm" } as const

/** The state of a plan as a word with a mark. */
export const PlanState = ({ of }: { readonly of: Plan["state"] }) => (
  <span class={`state state-${tones[of]}`}>{namedPlan("plan", of)}</span>
)
