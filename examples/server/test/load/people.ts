/**
 * The customers that the load is made of: each comes to the bank as anybody does, over HTTP, and has money on two accounts.
 */
import { codeOfStep, stepAt } from "@saldo/testing/TotpCodes"
import * as DateTime from "effect/DateTime"
import * as Redacted from "effect/Redacted"
import { createHash, randomUUID } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { password, personalNumber, staff } from "../../src/demo/people.ts"
import { type Answer, Line, type Request } from "./line.ts"
import { kronor, type Records } from "./records.ts"

/** What codes are made of, and the last of them that was used. */
export interface Authenticator {
  readonly secret: Redacted.Redacted
  lastStep: number
  /** When the code that was given out last has been used: they are good in their order alone. */
  used: Promise<unknown>
}

/** A customer who can sign in. */
export interface Person {
  readonly email: string
  readonly customerId: string
  readonly daily: string
  readonly saved: string
  /** Every eighth person has a second factor. */
  readonly authenticator: Authenticator | null
}

/** Somebody of the bank, who has signed in. */
export interface Member {
  readonly role: (typeof staff)[number]["role"]
  readonly token: string
}

/** The code that the person's authenticator shows, or will show in a moment; undefined when both were used. */
const nextCode = (authenticator: Authenticator): string | undefined => {
  const now = stepAt(DateTime.nowUnsafe())
  const step = Math.max(authenticator.lastStep + 1, now)
  if (step > now + 1) return undefined
  authenticator.lastStep = step
  return Redacted.value(codeOfStep(authenticator.secret, step))
}

/** Uses the next code, when the one before it has been used. */
export const useCode = <A>(authenticator: Authenticator, use: (code: string | undefined) => Promise<A>): Promise<A> => {
  const using = authenticator.used.then(() => use(nextCode(authenticator)))
  // Whether it could be used is for the one who used it.
  authenticator.used = using.catch(() => undefined)
  return using
}

/** An address that no other caller of this run has had, unless there were sixteen million before. */
export const addresses = () => {
  let count = 0
  return (): string => {
    count += 1
    return `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`
  }
}

const startingKronor = 1_000_000

/** Makes calls of which each has to succeed. */
const calling =
  (line: Line, address: () => string) =>
  async (request: Request, token?: string): Promise<Answer> => {
    const answer = await line.ask({
      ...request,
      headers: {
        "x-forwarded-for": address(),
        ...(request.method === "GET" ? {} : { "idempotency-key": randomUUID() }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...request.headers
      }
    })
    if (answer.status < 300) return answer
    throw new TypeError(`${request.method} ${request.path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }

type Call = ReturnType<typeof calling>

const post = async <A>(call: Call, token: string | undefined, path: string, body?: unknown): Promise<A> =>
  (await call({ method: "POST", path, ...(body === undefined ? {} : { body }) }, token)).body as A

const signIn = async (call: Call, email: string): Promise<string> =>
  (await post<{ readonly accessToken: string }>(call, undefined, "/api/auth/login", { email, password })).accessToken

/** Signs the people of the bank in. */
export const signStaffIn = async (url: string, address: () => string): Promise<ReadonlyArray<Member>> => {
  const line = new Line(url)
  const call = calling(line, address)
  const members: Array<Member> = []
  for (const { email, role } of staff) members.push({ role, token: await signIn(call, email) })
  line.close()
  return members
}

interface Staff {
  readonly teller: string
  readonly officer: string
  readonly admin: string
}

const tokenOf = (members: ReadonlyArray<Member>, role: Member["role"]): string =>
  members.find((member) => member.role === role)?.token ?? ""

const becomeCustomer = async (call: Call, { admin, officer, teller }: Staff, number: number, records: Records) => {
  const email = `load-${number}@example.test`
  const day = String(1 + (number % 28)).padStart(2, "0")
  const month = String(1 + (Math.floor(number / 28) % 12)).padStart(2, "0")
  const digits = `${String(60 + Math.floor(number / 336))}${month}${day}989`
  const name = `Load ${number}`
  const customer = await post<{ readonly id: string }>(call, officer, "/api/v1/customers", {
    kind: "person",
    registration: { scheme: "SwedishPersonalNumber", number: personalNumber({ digits }) },
    details: { name, email }
  })
  const on = `/api/v1/customers/${customer.id}`
  const digest = (what: string) => createHash("sha256").update(`${what} of ${email}`).digest("hex")
  await post(call, officer, `${on}/documents`, {
    documents: ["passport", "proof-of-address"].map((kind) => ({ kind, digest: digest(kind), expiresOn: null }))
  })
  await post(call, officer, `${on}/verification`)
  await post(call, officer, `${on}/activation`)
  const accounts: Array<string> = []
  for (const productId of ["current", "savings"]) {
    const { id } = await post<{ readonly id: string }>(call, officer, "/api/v1/accounts", {
      customerId: customer.id,
      productId
    })
    const amount = kronor(startingKronor * 100)
    await post(call, teller, "/api/v1/transactions/deposits", { accountId: id, amount })
    records.deposits.set(id, startingKronor * 100)
    accounts.push(id)
  }
  await post(call, admin, "/api/v1/users", { email, name, locale: "sv", roles: ["customer"], party: customer.id })
  const [daily = "", saved = ""] = accounts
  return { email, customerId: customer.id, daily, saved }
}

/** The tokens in the mails of a folder, by the address to which they went. */
export const mailed = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const names = await readdir(folder).catch(() => [])
  const tokens = new Map<string, string>()
  for (const name of names.filter((each) => each.endsWith(".eml"))) {
    const [head = "", body = ""] = (await readFile(join(folder, name), "utf8")).split("\r\n\r\n", 2)
    const to = /^To: [^]*?<([^>]+)>/mu.exec(head)?.[1]
    const token = /#(\S+)/u.exec(Buffer.from(body, "base64").toString("utf8"))?.[1]
    if (to !== undefined && token !== undefined) tokens.set(to, token)
  }
  return tokens
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const secondFactor = async (call: Call, email: string): Promise<Authenticator> => {
  const token = await signIn(call, email)
  const { secret } = await post<{ readonly secret: string }>(call, token, "/api/auth/second-factor", { password })
  const authenticator: Authenticator = { secret: Redacted.make(secret), lastStep: 0, used: Promise.resolve() }
  await useCode(authenticator, (code) => post(call, token, "/api/auth/second-factor/confirmation", { code }))
  return authenticator
}

/** Where the people are made, and what is known of it. */
export interface Founding {
  readonly url: string
  /** The folder into which the server's mails go. */
  readonly mails: string
  readonly address: () => string
  readonly members: ReadonlyArray<Member>
  readonly records: Records
}

/** So many new customers with money; several are made at a time. */
export const found = async (
  { address, mails, members, records, url }: Founding,
  count: number
): Promise<ReadonlyArray<Person>> => {
  const tokens = {
    teller: tokenOf(members, "teller"),
    officer: tokenOf(members, "officer"),
    admin: tokenOf(members, "admin")
  }
  // By their numbers and not as they come: who has a second factor is the same in each run.
  const people: Array<Person> = Array.from({ length: count })
  let next = 0
  const lane = async () => {
    const line = new Line(url)
    const call = calling(line, address)
    while (next < count) {
      const number = next++
      const person = await becomeCustomer(call, tokens, number, records)
      let token: string | undefined
      while ((token = (await mailed(mails)).get(person.email)) === undefined) await pause(100)
      await post(call, undefined, "/api/auth/invitation-acceptance", { token, password })
      people[number] = { ...person, authenticator: number % 8 === 7 ? await secondFactor(call, person.email) : null }
    }
    line.close()
  }
  await Promise.all(Array.from({ length: Math.min(8, count) }, lane))
  return people
}
