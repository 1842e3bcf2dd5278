/**
 * What people do at the bank, one after the other, as it comes: customers who have signed in, and programs of the bank's own.
 */
import type { Asked } from "./expectations.ts"
import type { KeyRole, Lane } from "./lane.ts"
import { overreach, pay, payMuch, transfer } from "./moving.ts"

interface Step {
  /** How often it is done, among all. */
  readonly weight: number
  readonly act: (lane: Lane) => Promise<unknown>
}

type Steps = readonly [Step, ...ReadonlyArray<Step>]

interface Listed {
  readonly items: ReadonlyArray<{ readonly id: string }>
  readonly next: string | null
}

type Reading = (path: string) => Promise<{ readonly body: unknown }>

const get = (path: string) => ({ method: "GET", path })

/** Reads a list page by page, so many pages at most, and gives the last one. */
const turn = async (read: Reading, path: string, pages: number): Promise<Listed> => {
  let listed = (await read(path)).body as Listed
  for (let page = 1; page < pages && typeof listed.next === "string"; page++) {
    listed = (await read(`${path}&cursor=${encodeURIComponent(listed.next)}`)).body as Listed
  }
  return listed
}

const reading =
  (lane: Lane, name: Asked): Reading =>
  (path) =>
    lane.own(name, get(path))

const own = (weight: number, name: Asked, path: (lane: Lane) => string): Step => ({
  weight,
  act: (lane) => lane.own(name, get(path(lane)))
})

const someoneElse = ({ bank: { people }, chance, person }: Lane) => {
  const further = people.indexOf(person) + chance.between(1, people.length - 1)
  return people[further % people.length] ?? people[0]
}

const riskGrades = ["A", "B", "C", "D"] as const

const lookAtLoan = async (lane: Lane): Promise<void> => {
  const { body } = await lane.own("market listings", get("/api/v1/market/listings?limit=5"))
  const { items } = body as {
    readonly items: ReadonlyArray<{ readonly listing: { readonly platform: string; readonly loanId: string } }>
  }
  const listing = items[lane.chance.between(0, 4)]?.listing
  if (listing === undefined) return
  const path = `/api/v1/market/listings/${listing.platform}/${listing.loanId}`
  await lane.own("market listing", get(path))
  await lane.own("market history", get(`${path}/history`))
}

const customer: Steps = [
  { weight: 8, act: (lane) => turn(reading(lane, "accounts"), "/api/v1/accounts?limit=1", 2) },
  own(8, "balance", ({ person }) => `/api/v1/accounts/${person.daily}/balance`),
  own(4, "account", ({ person }) => `/api/v1/accounts/${person.saved}`),
  own(3, "statement", ({ bank, person }) => {
    const { end, start } = bank.days
    return `/api/v1/accounts/${person.saved}/statement?start=${start}&end=${end}`
  }),
  own(2, "who am I", () => "/api/auth/me"),
  own(1, "sessions", () => "/api/v1/users/me/sessions?limit=5"),
  own(1, "account of another", (lane) => `/api/v1/accounts/${someoneElse(lane).daily}`),
  { weight: 8, act: (lane) => transfer(lane, lane.person.daily, lane.person.saved) },
  { weight: 4, act: (lane) => transfer(lane, lane.person.saved, lane.person.daily) },
  { weight: 8, act: (lane) => transfer(lane, lane.person.daily, someoneElse(lane).saved) },
  // A shop where everybody pays: the account that most want at the same time.
  { weight: 5, act: (lane) => transfer(lane, lane.person.saved, lane.bank.people[0].daily) },
  { weight: 2, act: overreach },
  { weight: 3, act: pay },
  { weight: 1, act: payMuch },
  { weight: 2, act: (lane) => turn(reading(lane, "payments"), "/api/v1/payments?limit=3", 3) },
  own(2, "market listings", ({ chance }) => `/api/v1/market/listings?limit=10&riskGrade=${chance.oneOf(riskGrades)}`),
  {
    weight: 3,
    act: (lane) =>
      lane.own("market search", {
        method: "POST",
        path: "/api/v1/market/listings/search",
        body: {
          limit: 10,
          filter: {
            riskGrades: [lane.chance.oneOf(riskGrades)],
            durationMonths: { maximum: lane.chance.between(6, 36) }
          },
          sort: [{ by: "rate", direction: "descending" }]
        }
      })
  },
  own(1, "market statistics", () => "/api/v1/market/statistics"),
  { weight: 1, act: lookAtLoan },
  { weight: 1, act: (lane) => lane.plain("read without a credential", get("/api/v1/accounts")) }
]

const by = (weight: number, role: KeyRole, name: Asked, path: string, pages = 1): Step => ({
  weight,
  act: (lane) => turn((each) => lane.by(role, name, get(each)), path, pages)
})

const lookAtLedger = async (lane: Lane): Promise<void> => {
  const { items } = await turn(
    (path) => lane.by("officer", "ledger accounts", get(path)),
    "/api/v1/ledger/accounts?limit=20",
    lane.chance.between(1, 3)
  )
  const account = items[lane.chance.between(0, items.length - 1)]
  if (account === undefined) return
  const lines = `/api/v1/ledger/accounts/${account.id}/lines?limit=20`
  await turn((path) => lane.by("officer", "ledger lines", get(path)), lines, 3)
}

const lookAtEntries = async (lane: Lane): Promise<void> => {
  const read: Reading = (path) => lane.by("officer", "ledger entries", get(path))
  const { items } = await turn(read, "/api/v1/ledger/entries?limit=10", 2)
  const [entry] = items
  if (entry !== undefined) await lane.by("officer", "ledger entry", get(`/api/v1/ledger/entries/${entry.id}`))
}

const office: Steps = [
  by(3, "officer", "customers", "/api/v1/customers?limit=10", 2),
  by(2, "officer", "accounts", "/api/v1/accounts?limit=20", 3),
  by(2, "officer", "approvals", "/api/v1/payment-approvals?limit=10"),
  by(1, "officer", "trial balance", "/api/v1/ledger/trial-balance"),
  { weight: 3, act: lookAtLedger },
  { weight: 2, act: lookAtEntries },
  by(3, "admin", "audit records", "/api/v1/audit/records?limit=20", 3),
  by(1, "admin", "audit records", "/api/v1/audit/records?limit=20&action=banking.transfer&order=oldest-first", 2),
  by(1, "admin", "webhooks", "/api/v1/webhooks?limit=10"),
  by(1, "admin", "metrics", "/metrics"),
  { weight: 1, act: (lane) => lane.plain("ready", get("/health/ready")) }
]

const pick = ({ chance }: Lane, steps: Steps): Step => {
  let left = chance.between(
    1,
    steps.reduce((sum, { weight }) => sum + weight, 0)
  )
  return steps.find(({ weight }) => (left -= weight) <= 0) ?? steps[0]
}

const tryAsNobody = (lane: Lane): Promise<unknown> => {
  const email = `nobody-${lane.chance.between(1, 1_000_000_000)}@example.test`
  return lane.plain("sign in as nobody", {
    method: "POST",
    path: "/api/auth/login",
    body: { email, password: "guess 1234" }
  })
}

/** One visit to the bank, with so many steps; it ends early, after a whole step, when the load does. */
export const visit = async (lane: Lane, goesOn: () => boolean): Promise<void> => {
  const signedIn = await lane.arrive()
  if (lane.chance.happens(8)) await tryAsNobody(lane)
  const steps = signedIn && lane.chance.happens(80) ? customer : office
  for (let left = lane.chance.between(10, 30); left > 0 && goesOn(); left--) await pick(lane, steps).act(lane)
  if (lane.chance.happens(25)) await lane.leave()
}
