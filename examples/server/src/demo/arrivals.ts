/**
 * How people come to the bank: as users by an invitation that they accept, as customers by what they show of themselves.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Customers } from "saldo/banking/Customers"
import { DepositAccounts } from "saldo/banking/DepositAccounts"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import { Outbox } from "saldo/core/Outbox"
import { sha256 } from "saldo/core/sha256"
import { IdentityMail } from "saldo/identity/IdentityMail"
import { MailChannel, MailsSent } from "saldo/identity/MailChannel"
import { mailSubscription } from "saldo/identity/MailDue"
import { Users } from "saldo/identity/Users"
import { current, savings, tenant } from "../offer.ts"
import { type Customer, password, personalNumber } from "./people.ts"

const page = "https://bank.example/mailed"

/** Mails that are read by those who get them, in this process. */
export const mails = IdentityMail.layerWith({
  issuer: "Saldo Bank",
  pages: { "verify-email": page, "reset-password": page, "accept-invitation": page, "change-email": page }
}).pipe(Layer.provideMerge(MailChannel.layerMemory))

const key = (what: string) => CommandKey.make(`story ${what}`)

/** Somebody who will sign in. */
interface Newcomer {
  readonly slug: string
  readonly name: string
  readonly email: string
  readonly role: string
  readonly party: string | null
}

/** Invites somebody, has the mail delivered, and lets its reader follow the link. Gives as whom the user acts. */
export const invite = Effect.fnUntraced(function* ({ email, name, party, role, slug }: Newcomer) {
  const [users, outbox] = [yield* Users, yield* Outbox]
  const [mail, sent] = [yield* IdentityMail, yield* MailsSent]
  const user = yield* users
    .invite({
      key: key(`invite ${slug}`),
      email: Redacted.make(email),
      name: Redacted.make(name),
      locale: "sv",
      roles: [role],
      party
    })
    .pipe(Actor.as(Actor.system(tenant)))
  yield* outbox.handleNext(mailSubscription, mail.deliver)
  const letter = (yield* sent.all).findLast(({ to }) => Redacted.value(to.address) === email)
  const token = /#(\S+)/u.exec(letter === undefined ? "" : Redacted.value(letter.text))?.[1]
  if (token === undefined) return yield* Effect.die(new RangeError(`No invitation came to ${slug}`))
  yield* users.acceptInvitation({ tenant, token: Redacted.make(token), password: Redacted.make(password) })
  return yield* Effect.orDie(Effect.flatMap(users.acting(tenant, user.id), Effect.fromOption))
}, Effect.orDie)

/** A customer with accounts, and as whom it acts. */
export type Arrived = Effect.Success<ReturnType<typeof arrive>>

/** Makes somebody a customer, with a current and a savings account. */
export const arrive = Effect.fnUntraced(function* (officer: Actor.Identity, person: Customer) {
  const [customers, accounts] = [yield* Customers, yield* DepositAccounts]
  const step = (what: string) => key(`${what} ${person.slug}`)
  const office = Effect.gen(function* () {
    const { id: customerId } = yield* customers.register({
      key: step("register"),
      kind: "person",
      registration: { scheme: "SwedishPersonalNumber", number: Redacted.make(personalNumber(person)) },
      details: { name: Redacted.make(person.name), email: Redacted.make(person.email) }
    })
    yield* customers.submitDocuments({
      key: step("documents"),
      customerId,
      documents: [
        { kind: "passport", digest: sha256(`passport of ${person.slug}`), expiresOn: null },
        { kind: "proof-of-address", digest: sha256(`bill of ${person.slug}`), expiresOn: null }
      ]
    })
    yield* customers.verify({ key: step("verify"), customerId })
    yield* customers.activate({ key: step("activate"), customerId })
    const daily = yield* accounts.open({ key: step("open current"), customerId, productId: current.id })
    const saved = yield* accounts.open({ key: step("open savings"), customerId, productId: savings.id })
    return { customerId, daily, saved }
  })
  const opened = yield* office.pipe(Actor.as(officer))
  const identity = yield* invite({ ...person, role: "customer", party: opened.customerId })
  return { ...opened, person, identity }
}, Effect.orDie)
