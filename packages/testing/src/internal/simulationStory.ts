/**
 * What happens in a simulation, in words.
 */
import type { Act, Person, PlannedAction, PlannedFault } from "./simulationPlan.ts"

const money = (amount: bigint): string => `${amount / 100n}.${String(amount % 100n).padStart(2, "0")}`

const account = (number: number): string =>
  `the ${number % 2 === 0 ? "current" : "savings"} account of customer ${Math.floor(number / 2)}`

const person = (who: Person): string =>
  typeof who === "number" ? `customer ${who}` : who === "officer" ? "the officer" : "the second officer"

const wordsOf = (act: Act): string => {
  switch (act.act) {
    case "join":
      return `customer ${act.customer} joins, with a passport valid for ${act.knownFor} days`
    case "renew":
      return `customer ${act.customer} shows a passport valid for ${act.knownFor} days`
    case "deposit":
      return `${money(act.amount)} is paid in on ${account(act.account)}`
    case "withdraw":
      return `${money(act.amount)} is withdrawn from ${account(act.account)}`
    case "transfer":
      return `customer ${act.by} transfers ${money(act.amount)} from ${account(act.from)} to ${account(act.to)}`
    case "reserve":
      return `a card reserves ${money(act.amount)} on ${account(act.account)} for ${act.days} days`
    case "capture":
      return `${act.percent} % of reservation ${act.of} is captured`
    case "release":
      return `reservation ${act.of} is released`
    case "pay":
      return `${person(act.by)} orders a payment of ${money(act.amount)} from ${account(act.account)}, in ${act.inDays} days`
    case "schedule":
      return `${person(act.by)} orders ${act.times} payments of ${money(act.amount)} from ${account(act.account)}, every ${act.every} weeks, the first in ${act.inDays} days`
    case "unschedule":
      return `standing order ${act.of} is cancelled`
    case "decide":
      return `${person(act.by)} ${act.approve ? "approves" : "declines"} what action ${act.of} ordered`
    case "cancel":
      return `payment ${act.of} is cancelled`
    case "restrict":
      return `customer ${act.customer} is restricted`
    case "lift":
      return `the restriction of customer ${act.customer} is lifted`
    case "leave":
      return `customer ${act.customer} leaves, the rest going to ${account(act.to)}`
    case "reverse":
      return `action ${act.of} is reversed${act.backdated ? " as of its own day" : ""}`
    case "repeat":
      return `action ${act.of} is sent again${act.altered ? " over another amount" : ""}`
    case "work":
      return "the worker makes a round"
    case "endOfDay":
      return "the day is ended"
    case "night":
      return "the bank asks the rail, and is inspected"
  }
}

const places = { store: "call of a store", statement: "SQL write", rail: "call of the rail" } as const

const breakOf = ({ at, call, kind, when }: PlannedFault): string => {
  const what = kind === "crash" ? "the process dies" : "there is an error"
  return at === "answer" ? "the answer is lost" : `${what} ${when} ${places[at]} ${call}`
}

/** One line for each action, of a long story only the last ones. */
export const storyOf = (plan: ReadonlyArray<PlannedAction>): ReadonlyArray<string> =>
  plan.slice(-30).map(({ act, day, fault, number, twice }) => {
    const breaks = fault === undefined ? "" : `; ${breakOf(fault)}`
    return `day ${day}, action ${number}: ${wordsOf(act)}${twice ? ", twice at once" : ""}${breaks}`
  })
