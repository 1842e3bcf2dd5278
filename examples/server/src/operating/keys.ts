/**
 * Changes the keys of the host, under which everything secret is sealed, and those that sign access tokens.
 */
import * as Cause from "effect/Cause"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { DataKeyStore } from "saldo/banking/DataKeyStore"
import { PersonalData } from "saldo/banking/PersonalData"
import * as Actor from "saldo/core/Actor"
import { OperatorTenant } from "saldo/identity/OperatorTenant"
import { SigningKeyId } from "saldo/identity/SigningKey"
import { SigningKeys } from "saldo/identity/SigningKeys"
import { SigningKeyStore } from "saldo/identity/SigningKeyStore"
import { Users } from "saldo/identity/Users"
import { UserStore } from "saldo/identity/UserStore"
import { WebhookKeys } from "saldo/notifications/WebhookKeys"
import type { Place } from "../database.ts"
import { newNamedKey } from "saldo/core/KeyFile"
import * as keyFile from "../keyFile.ts"
import { ServerFailure } from "../ServerFailure.ts"
import { webhookSecretsOpened } from "./verification.ts"

type Rings = keyFile.Keys
type Ring = Rings["customers"] | Rings["webhooks"]

const failing = (happened: string, remedy: string) => new ServerFailure({ happened, remedy })

/** Adds a key to each ring that opens and does not seal yet. Processes that start from now on know it. */
export const announce = Effect.fnUntraced(function* ({ keys: file }: Place) {
  const { customers, identity, webhooks } = yield* keyFile.read(file)
  if (customers.next !== undefined) {
    return yield* failing(`${file} has keys already that are to be current.`, "Go on with `keys use`.")
  }
  const [one, two, three] = [yield* newNamedKey, yield* newNamedKey, yield* newNamedKey]
  yield* keyFile.replace(file, {
    customers: { ...customers, next: one },
    identity: { ...identity, next: two },
    webhooks: { ...webhooks, next: three }
  })
  yield* Console.log(
    `${file} has new keys, which seal nothing yet. Give it to every process and restart them; then \`keys use\`.`
  )
})

const promoted = <R extends Ring>({ next, ...ring }: R) =>
  next === undefined ? ring : { ...ring, current: next, previous: [...(ring.previous ?? []), ring.current] }

/** Has the keys seal that were announced. */
export const use = Effect.fnUntraced(function* ({ keys: file }: Place) {
  const { customers, identity, webhooks } = yield* keyFile.read(file)
  if (customers.next === undefined) {
    return yield* failing(`${file} has no keys that are to be current.`, "Begin with `keys announce`.")
  }
  yield* keyFile.replace(file, {
    customers: promoted(customers),
    identity: promoted(identity),
    webhooks: promoted(webhooks)
  })
  yield* Console.log(
    `${file} seals by its new keys. Give it to every process and restart them; then \`keys reseal\`, and \`keys retire\`.`
  )
})

const untilNone = <R>(some: Effect.Effect<number, never, R>): Effect.Effect<number, never, R> =>
  Effect.flatMap(some, (count) =>
    count === 0 ? Effect.succeed(0) : Effect.map(untilNone(some), (more) => count + more)
  )

/** Seals by the current keys what earlier ones seal, a part at a time, while the bank goes on. */
export const reseal = Effect.gen(function* () {
  const [data, users, signing] = [yield* PersonalData, yield* Users, yield* SigningKeys]
  const dataKeys = yield* untilNone(data.rewrap())
  const people = yield* untilNone(users.reseal())
  const keys = yield* untilNone(signing.reseal)
  yield* Console.log(`Sealed again: ${dataKeys} data keys, ${people} users, ${keys} signing keys.`)
})

const current = <R extends Ring>(ring: R) => Struct.omit(ring, ["previous"])

/** Takes away the keys that seal nothing any more. Those are kept by whom a database from before can still be opened. */
export const retire = Effect.fnUntraced(function* ({ keys: file }: Place) {
  const { customers, identity, webhooks } = yield* keyFile.read(file)
  const customersOld = yield* DataKeyStore.use((store) => store.wrappedByOthers(customers.current.id, 1))
  const usersOld = yield* UserStore.use((store) => store.sealedByOthers(identity.current.id, 1))
  const signingOld = (yield* SigningKeyStore.use((store) => store.list)).filter(
    ({ sealedBy }) => sealedBy !== identity.current.id
  )
  if (customersOld.length + usersOld.length + signingOld.length > 0) {
    return yield* failing("Earlier keys still seal something.", "Run `keys reseal` first.")
  }
  // Their secrets are sealed anew whenever they are changed, and by nothing else.
  const webhooksFresh = yield* webhookSecretsOpened.pipe(
    Effect.provide(WebhookKeys.layer({ current: webhooks.current })),
    Effect.as(true),
    Effect.catchCauseIf(Cause.hasDies, () => Effect.succeed(false))
  )
  yield* keyFile.replace(file, {
    customers: current(customers),
    identity: current(identity),
    webhooks: webhooksFresh ? current(webhooks) : webhooks
  })
  yield* Console.log(
    webhooksFresh
      ? `${file} has the current keys alone. Keep the file of before as long as back-ups of before.`
      : `${file} has the current keys, and an earlier one that secrets of webhooks need: change these, and retire again.`
  )
})

/** Runs as the operator of the installation. */
const asOperator = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.flatMap(OperatorTenant, (tenant) => work.pipe(Actor.as(Actor.system(tenant))))

/** Has a new key sign access tokens; what the others signed stays good. */
export const rotateSigning = Effect.gen(function* () {
  const { id } = yield* SigningKeys.use(({ rotate }) => Effect.orDie(rotate)).pipe(asOperator)
  const { keys } = yield* SigningKeys.use(({ published }) => published)
  const others = keys.flatMap(({ kid }) => (kid === id ? [] : [`${kid} verifies until its last token is over.`]))
  yield* Console.log([`${id} signs from now on.`, ...others].join("\n"))
})

/** Ends a key that signed, and every access token that it signed. */
export const withdrawSigning = Effect.fnUntraced(function* (name: string) {
  const unknown = () => failing(`No key of the name ${name} signs or verifies.`, "`keys sign` says which there are.")
  const id = yield* Effect.mapError(Schema.decodeEffect(SigningKeyId)(name), unknown)
  yield* SigningKeys.use(({ withdraw }) => withdraw(id)).pipe(
    asOperator,
    Effect.catchTags({ SigningKeyNotFound: () => Effect.fail(unknown()), NotPermitted: Effect.die })
  )
  yield* Console.log(`What ${id} signed is refused. Whoever has signed in goes on by its refresh token.`)
})
