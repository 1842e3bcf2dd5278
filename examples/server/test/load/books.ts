/**
 * Whether the bank's books say of a load what its clients were told: nothing lost, nothing doubled, nothing made up.
 */
import { Line } from "./line.ts"
import type { Bank } from "./lane.ts"
import { oreOf } from "./records.ts"
import { signStaffIn } from "./people.ts"

interface Amount {
  readonly amount: string
}

interface StatementRead {
  readonly lines: ReadonlyArray<{ readonly description: string; readonly amount: Amount; readonly kind: string }>
  readonly closing: Amount
}

interface PaymentRead {
  readonly id: string
  readonly state: string
  readonly amount: Amount
  readonly message?: { readonly text?: string }
}

interface Paged<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
}

/** Reads as somebody of the bank. */
class Reader {
  readonly #line: Line
  readonly #token: string
  readonly #address: () => string

  constructor(line: Line, token: string, address: () => string) {
    this.#line = line
    this.#token = token
    this.#address = address
  }

  async read<A>(path: string): Promise<A> {
    const headers = { authorization: `Bearer ${this.#token}`, "x-forwarded-for": this.#address() }
    const { body, status } = await this.#line.ask({ method: "GET", path, headers })
    if (status !== 200) throw new TypeError(`${path}: ${status} ${JSON.stringify(body)}`)
    return body as A
  }

  async all<A>(path: string): Promise<ReadonlyArray<A>> {
    const items: Array<A> = []
    let cursor = ""
    do {
      const page: Paged<A> = await this.read(`${path}${cursor}`)
      items.push(...page.items)
      cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`
    } while (cursor !== "")
    return items
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const ended = new Set(["settled", "failed", "returned", "cancelled"])

/** The payments of the load's accounts, once the other banks have said what becomes of each. */
const paymentsOf = async (reader: Reader, { people, records }: Bank): Promise<ReadonlyArray<PaymentRead>> => {
  const waits = new Set(
    [...records.payments.values()].filter(({ consent }) => consent === "asked").map(({ key }) => key)
  )
  for (;;) {
    const payments: Array<PaymentRead> = []
    for (const { daily } of people) {
      payments.push(...(await reader.all<PaymentRead>(`/api/v1/payments?limit=500&accountId=${daily}`)))
    }
    const open = payments.filter(({ message, state }) => !ended.has(state) && !waits.has(message?.text ?? ""))
    if (open.length === 0) return payments
    await pause(500)
  }
}

const add = (sums: Map<string, number>, key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount)

const count = (counts: Map<string, number>, key: string) => add(counts, key, 1)

/** What is wrong with the payments, and what each account has paid. */
const checkPayments = (payments: ReadonlyArray<PaymentRead>, { records }: Pick<Bank, "records">) => {
  const [wrong, orders, paid]: [Array<string>, Map<string, number>, Map<string, number>] = [[], new Map(), new Map()]
  for (const { amount, id, message, state } of payments) {
    const key = message?.text ?? ""
    count(orders, key)
    const payment = records.payments.get(key)
    if (payment === undefined) {
      wrong.push(`Nobody asked for payment ${id}`)
      continue
    }
    const should = payment.consent === "asked" ? "created" : payment.taken ? "settled" : "failed"
    if (state !== should) wrong.push(`Payment ${id} is ${state} and not ${should}`)
    if (oreOf(amount) !== payment.ore) wrong.push(`Payment ${id} is for ${amount.amount}`)
    if (payment.orders.size > 1 || !payment.orders.has(id)) {
      wrong.push(`Key ${key} was answered by ${[...payment.orders].join(", ") || "nothing"}, and there is ${id}`)
    }
    if (state === "settled") add(paid, payment.accountId, payment.ore)
  }
  for (const key of records.payments.keys()) {
    if (orders.get(key) !== 1) wrong.push(`Payment key ${key} has ${orders.get(key) ?? 0} orders`)
  }
  return { wrong, paid }
}

/** What is wrong with the transfers, by the lines that each of them should have on the statements of its two accounts. */
const checkTransfers = (statements: ReadonlyMap<string, StatementRead>, { records }: Pick<Bank, "records">) => {
  const [wrong, found]: [Array<string>, Map<string, number>] = [[], new Map()]
  for (const [account, { lines }] of statements) {
    for (const { amount, description, kind } of lines.filter((line) => line.kind === "transfer")) {
      const known = records.transfers.get(description)
      if (known === undefined)
        wrong.push(`Nobody asked for the ${kind} ${description} of ${amount.amount} on ${account}`)
      count(found, `${description} ${account} ${oreOf(amount)}`)
    }
  }
  for (const { entries, from, key, ore, to } of records.transfers.values()) {
    if (entries.size !== 1) wrong.push(`Transfer ${key} was answered by ${entries.size} entries`)
    const lines = [found.get(`${key} ${from} ${-ore}`) ?? 0, found.get(`${key} ${to} ${ore}`) ?? 0]
    if (lines.join() !== "1,1") wrong.push(`Transfer ${key} has ${lines.join(" and ")} lines`)
  }
  const lines = [...found.values()].reduce((sum, each) => sum + each, 0)
  if (lines !== 2 * records.transfers.size)
    wrong.push(`There are ${lines} lines of ${records.transfers.size} transfers`)
  return wrong
}

/** What every account should have: what was paid in, moved and paid. */
const expectedBalances = ({ records }: Pick<Bank, "records">, paid: ReadonlyMap<string, number>) => {
  const balances = new Map(records.deposits)
  for (const { from, ore, to } of records.transfers.values()) {
    add(balances, from, -ore)
    add(balances, to, ore)
  }
  for (const [account, ore] of paid) add(balances, account, -ore)
  return balances
}

const statementsOf = async (reader: Reader, { days, records }: Bank) => {
  const statements = new Map<string, StatementRead>()
  for (const account of records.deposits.keys()) {
    const path = `/api/v1/accounts/${account}/statement?start=${days.start}&end=${days.end}`
    statements.set(account, await reader.read<StatementRead>(path))
  }
  return statements
}

const checkTotals = async (reader: Reader, { begunAt, records }: Bank): Promise<ReadonlyArray<string>> => {
  const wrong: Array<string> = []
  const ledger = await reader.read<{ readonly findings: ReadonlyArray<unknown> }>("/api/v1/ledger/verification")
  if (ledger.findings.length > 0) wrong.push(`The ledger has findings: ${JSON.stringify(ledger.findings.slice(0, 5))}`)
  const trial = await reader.read<{ readonly balanced: boolean }>("/api/v1/ledger/trial-balance")
  if (!trial.balanced) wrong.push("The trial balance does not balance")
  const trail = await reader.read<{ readonly _tag: string }>("/api/v1/audit/verification")
  if (trail._tag !== "Intact") wrong.push(`The audit trail says ${JSON.stringify(trail).slice(0, 500)}`)
  const recorded = await reader.all(
    `/api/v1/audit/records?limit=500&action=banking.transfer&outcome=succeeded&from=${begunAt}`
  )
  if (recorded.length !== records.transfers.size) wrong.push(`The trail has ${recorded.length} transfers`)
  return wrong
}

const reading = async <A>(bank: Bank, read: (reader: Reader) => Promise<A>): Promise<A> => {
  const line = new Line(bank.url)
  try {
    const members = await signStaffIn(bank.url, bank.address)
    const token = members.find(({ role }) => role === "admin")?.token ?? ""
    return await read(new Reader(line, token, bank.address))
  } finally {
    line.close()
  }
}

/** What the bank has on its books of a load. */
export interface Books {
  readonly payments: ReadonlyArray<PaymentRead>
  readonly statements: ReadonlyMap<string, StatementRead>
  /** What its own proofs and counts say is wrong. */
  readonly findings: ReadonlyArray<string>
}

/** Reads the books, once all payments have ended. */
export const readBooks = (bank: Bank): Promise<Books> =>
  reading(bank, async (reader) => {
    const payments = await paymentsOf(reader, bank)
    return { payments, statements: await statementsOf(reader, bank), findings: await checkTotals(reader, bank) }
  })

/** All in which the books differ from what the clients were told, in words. */
export const compare = (
  { findings, payments, statements }: Books,
  bank: Pick<Bank, "records">
): ReadonlyArray<string> => {
  const { paid, wrong } = checkPayments(payments, bank)
  wrong.push(...checkTransfers(statements, bank))
  const balances = expectedBalances(bank, paid)
  for (const [account, { closing }] of statements) {
    const should = balances.get(account) ?? 0
    if (oreOf(closing) !== should) wrong.push(`${account} has ${oreOf(closing)} öre and should have ${should}`)
  }
  return [...wrong, ...findings]
}

/** Which of these transfers left lines on statements. */
export const booked = (bank: Bank, keys: ReadonlySet<string>): Promise<ReadonlyArray<string>> =>
  reading(bank, async (reader) => {
    const lines = [...(await statementsOf(reader, bank)).values()].flatMap((statement) => statement.lines)
    return lines.map(({ description }) => description).filter((description) => keys.has(description))
  })
