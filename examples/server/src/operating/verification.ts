/**
 * Proves that a database is whole and that the keys at hand open it: after a restore, and whenever one wants to know.
 */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { AuditTrail } from "saldo/audit/AuditTrail"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { WrappingKeys } from "saldo/banking/WrappingKeys"
import * as Actor from "saldo/core/Actor"
import { OperatorTenant } from "saldo/identity/OperatorTenant"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { Users } from "saldo/identity/Users"
import { Ledger } from "saldo/ledger/Ledger"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import { WebhookStore } from "saldo/notifications/WebhookStore"
import type { Cursor, Page, PageRequest } from "saldo/core/Page"
import type { Place } from "../database.ts"
import { tenant } from "../offer.ts"
import { ServerFailure } from "../ServerFailure.ts"

/** More than any bank has; the port gives them all at once. */
const all = 2 ** 31 - 1

/** The keys of customers, and those of tenants. */
const dataKeysOpened = Effect.gen(function* () {
  const [store, keys] = [yield* DataKeyStore, yield* WrappingKeys]
  const kept = yield* store.wrappedByOthers("", all)
  yield* Effect.forEach(kept, ({ wrapped, wrappingKeyId, ...subject }) =>
    keys.unwrap(subject, { wrapped, wrappingKeyId })
  )
  return kept.length
})

/** Every row of a list that comes in pages. */
const everyOne = <A, E, R>(page: (request: PageRequest) => Effect.Effect<Page<A>, E, R>) =>
  Stream.paginate<Cursor | undefined, A, never, R>(undefined, (cursor) =>
    Effect.map(Effect.orDie(page({ limit: 100, ...(cursor === undefined ? {} : { cursor }) })), ({ items, next }) => [
      items,
      Option.fromNullishOr(next)
    ])
  )

/** A user in a list has been opened. */
const usersOpened = Effect.flatMap(Users, (users) => Stream.runCount(everyOne((page) => users.list({}, page))))

/** Opens every secret that signs webhooks of the bank, and says how many there are. */
export const webhookSecretsOpened = Effect.gen(function* () {
  const [store, keys] = [yield* WebhookStore, yield* WebhookKeys]
  return yield* everyOne((page) => store.list(tenant, page)).pipe(
    Stream.flatMap(({ webhook }) =>
      Stream.mapEffect(Stream.fromIterable(webhook.secrets), ({ sealed }) => keys.open(webhook, sealed))
    ),
    Stream.runCount
  )
})

/** The key that signs now, if any token was ever signed; to ask for one makes it. */
const signingOpened = Effect.gen(function* () {
  const keys = yield* SigningKeys
  if ((yield* keys.published).keys.length === 0) return 0
  yield* keys.signing
  return 1
})

/** What a key that is not at hand, or not the right one, is told by: its name, and never what it is. */
const unreadable = new Set(["DataKeyUnreadable", "IdentityDataUnreadable", "WebhookSecretUnreadable"])

const opened = (place: Place) =>
  Effect.all({
    "data keys": dataKeysOpened,
    users: usersOpened,
    "signing keys": signingOpened,
    "webhook secrets": webhookSecretsOpened
  }).pipe(
    Effect.catchCause((cause): Effect.Effect<never, ServerFailure> => {
      const found = Cause.squash(cause)
      return found instanceof Error && "_tag" in found && unreadable.has(String(found._tag))
        ? Effect.fail(
            new ServerFailure({
              happened: `The keys in ${place.keys} do not open this database. ${found.message}.`,
              remedy: "Put the file back that was kept when the database was as it is now, or a later one."
            })
          )
        : Effect.die(found)
    })
  )

const trails = Effect.gen(function* () {
  const trail = yield* AuditTrail
  const verdicts = yield* Effect.forEach([tenant, yield* OperatorTenant], (each) => trail.verify(each))
  return verdicts.map((verdict) =>
    verdict._tag === "Intact"
      ? { whole: true, line: `Trail of ${verdict.tenant}: ${verdict.records} records, head ${verdict.head.hash}` }
      : { whole: false, line: `Trail of ${verdict.tenant}: ${verdict.problem}. ${verdict.detail}` }
  )
})

const books = Effect.gen(function* () {
  const ledger = yield* Ledger
  const { accounts, entries, findings, head } = yield* Effect.orDie(ledger.verify)
  const { balanced } = yield* Effect.orDie(ledger.trialBalance())
  const wrong = findings.map(({ accountId, detail, problem, sequence }) => ({
    whole: false,
    line: `Books, ${sequence === null ? (accountId ?? "journal") : `entry ${sequence}`}: ${problem}. ${detail}`
  }))
  return [
    { whole: true, line: `Books: ${entries} entries on ${accounts} accounts, head ${head.hash}` },
    ...wrong,
    { whole: balanced, line: balanced ? "The books balance." : "The books do not balance." }
  ]
})

/** Recomputes the books and the trails, and opens what is sealed. */
export const verify = Effect.fnUntraced(
  function* (place: Place) {
    const findings = [...(yield* books), ...(yield* trails)]
    const counts = Object.entries(yield* opened(place)).map(([what, count]) => `${count} ${what}`)
    yield* Console.log([...findings.map(({ line }) => line), `Opened: ${counts.join(", ")}.`].join("\n"))
    const wrong = findings.filter(({ whole }) => !whole).length
    if (wrong > 0) {
      return yield* new ServerFailure({
        happened: `The database is not whole: ${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong.`,
        remedy: "Keep it as it is, and compare it with a back-up, beginning at the first entry named."
      })
    }
  },
  (work) => work.pipe(Actor.as(Actor.system(tenant)))
)
