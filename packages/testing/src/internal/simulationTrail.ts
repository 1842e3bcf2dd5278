/**
 * What the trail of a simulated bank must tell: each act of people once, done or refused, and nothing else of their kind.
 */
import * as Effect from "effect/Effect"
import { AuditTrail } from "saldo/audit/AuditTrail"
import * as Actor from "saldo/core/Actor"
import type { Cursor } from "saldo/core/Page"
import { tenant } from "../SimulationBank.ts"
import type { Act } from "./simulationPlan.ts"
import type { World } from "./simulationWorld.ts"

/** What the trail calls the commands of an act by people when they are done, and when they are refused. */
interface Names {
  readonly done: ReadonlyArray<string>
  /** The same when left out; none for acts on customers, whose refusals are told as often as they are tried. */
  readonly refused?: ReadonlyArray<string>
}

const same = (...done: ReadonlyArray<string>): Names => ({ done, refused: done })

const joining = ["register-customer", "document-customer", "verify-customer", "activate-customer"]

const namesOf = ({ notes }: World, act: Act): Names => {
  switch (act.act) {
    case "join":
      return {
        done: [...joining, "open-account", "open-account"]
      }
    case "renew":
      return { done: ["document-customer", "verify-customer"] }
    case "restrict":
    case "lift":
      return { done: [`${act.act}-customer`] }
    case "leave":
      return {
        done: ["close-account", "close-account", "close-customer", "erase-customer"],
        refused: ["close-account", "close-account"]
      }
    case "deposit":
    case "withdraw":
    case "transfer":
      return same(act.act)
    case "pay":
      return same("create-payment")
    case "schedule":
      return same("create-payment-plan")
    case "unschedule":
      return same("cancel-payment-plan")
    case "cancel":
      return same("cancel-payment")
    case "decide": {
      const what = notes.schedules.has(act.of) ? "payment-plan" : "payment"
      return { done: [`${act.approve ? "approve" : "decline"}-${what}`], refused: [`decide-${what}`] }
    }
    default:
      return { done: [] }
  }
}

/** Who may not do a thing at all, or does not reach what it is about, has not begun it. */
const notBegun: ReadonlySet<string> = new Set(["NotPermitted", "DepositAccountNotFound", "PayerNotFound"])

const count = (counts: Map<string, number>, what: string) => counts.set(what, (counts.get(what) ?? 0) + 1)

/** What was answered, by what the trail must say of it. */
const answered = (world: World): ReadonlyMap<string, number> => {
  const wanted = new Map<string, number>()
  for (const [number, answers] of world.notes.answers) {
    const act = world.plan.get(number)?.act
    if (act === undefined) continue
    const { done, refused = [] } = namesOf(world, act)
    for (const [part, { outcome }] of answers.entries()) {
      const name = (outcome === "done" ? done : refused)[part]
      if (name !== undefined && !notBegun.has(outcome)) count(wanted, `banking.${name} ${outcome}`)
    }
  }
  return wanted
}

/** Acts of which the trail says nothing but what was answered. */
const complete = /^banking\.(?:deposit|withdraw|transfer|close-account|(?:create|decide|cancel)-payment(?:-plan)?) /u

/** The trail has one record of everything that somebody did or was refused, and none of what nobody did. */
export const trailProblem = Effect.fnUntraced(
  function* (world: World) {
    const trail = yield* AuditTrail
    const wanted = answered(world)
    const found = new Map<string, number>()
    let cursor: Cursor | null | undefined
    while (cursor !== null) {
      const page = yield* trail.query({ limit: 500, ...(cursor === undefined ? {} : { cursor }) })
      for (const { action, actor, outcome, reason } of page.items) {
        if (actor.kind === "user") count(found, `${action} ${outcome === "refused" ? reason : "done"}`)
      }
      cursor = page.next
    }
    const told = [...found.keys()].filter((what) => complete.test(what) && !notBegun.has(what.split(" ")[1] ?? ""))
    for (const what of new Set([...wanted.keys(), ...told])) {
      const [is, should] = [found.get(what) ?? 0, wanted.get(what) ?? 0]
      if (is !== should) return `the trail should tell ${should} times of ${what} and does ${is} times`
    }
    return undefined
  },
  Effect.orDie,
  Actor.as(Actor.system(tenant))
)
