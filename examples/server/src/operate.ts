/**
 * `operate`: what whoever runs the bank does beside the server, which may run meanwhile.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as bank from "./bank.ts"
import { nameOf, type Place, storageOf } from "./database.ts"
import { backUp } from "./operating/backup.ts"
import * as deadLetters from "./operating/deadLetters.ts"
import { invite, inviteFlags } from "./operating/invitation.ts"
import * as keys from "./operating/keys.ts"
import { verify } from "./operating/verification.ts"
import { explained, ServerFailure } from "./ServerFailure.ts"
import { type Placed, placeFlags, placeOf } from "./settings.ts"

type Bank = Layer.Success<ReturnType<typeof bank.layer>>

/** Does work on the bank of a place, without its workers and without its interface. */
const onBank = <A, R>(placed: Placed, work: (place: Place) => Effect.Effect<A, ServerFailure, Bank | R>) =>
  Effect.gen(function* () {
    const place = yield* placeOf(placed)
    return yield* work(place).pipe(
      Effect.provide(bank.layer(storageOf(place), place.keys)),
      Effect.mapError(explained(nameOf(place)))
    )
  })

const backup = Command.make(
  "backup",
  { destination: Argument.String("destination").pipe(Argument.withDescription("The file of the copy")), ...placeFlags },
  ({ destination, ...placed }) => Effect.flatMap(placeOf(placed), (place) => backUp(place, destination))
).pipe(Command.withDescription("Copy the SQLite file of the bank as it is at one moment, while it is written"))

const verification = Command.make("verify", placeFlags, (placed) => onBank(placed, verify)).pipe(
  Command.withDescription("Recompute the books and the trails, and open what is sealed")
)

const invitation = Command.make("invite", { ...inviteFlags, ...placeFlags }, ({ email, name, role, ...placed }) =>
  onBank(placed, (place) => invite({ email, name, role }, place))
).pipe(Command.withDescription("Make a user, such as the first administrator, who gets a mail to choose a password"))

const announce = Command.make("announce", placeFlags, (placed) => Effect.flatMap(placeOf(placed), keys.announce)).pipe(
  Command.withDescription("Add new keys to the key file, which open and do not seal yet")
)

const use = Command.make("use", placeFlags, (placed) => Effect.flatMap(placeOf(placed), keys.use)).pipe(
  Command.withDescription("Have the announced keys seal")
)

const reseal = Command.make("reseal", placeFlags, (placed) => onBank(placed, () => keys.reseal)).pipe(
  Command.withDescription("Seal by the current keys what earlier ones seal")
)

const retire = Command.make("retire", placeFlags, (placed) => onBank(placed, keys.retire)).pipe(
  Command.withDescription("Take away the keys that seal nothing any more")
)

const sign = Command.make("sign", placeFlags, (placed) => onBank(placed, () => keys.rotateSigning)).pipe(
  Command.withDescription("Have a new key sign access tokens from now on")
)

const withdraw = Command.make(
  "withdraw",
  { id: Argument.String("id").pipe(Argument.withDescription("The name of the key")), ...placeFlags },
  ({ id, ...placed }) => onBank(placed, () => keys.withdrawSigning(id))
).pipe(Command.withDescription("End a key that signs access tokens, with all that it signed"))

const keyCommands = Command.make("keys").pipe(
  Command.withDescription("Change the keys that seal what is secret, and those that sign"),
  Command.withSubcommands([announce, use, reseal, retire, sign, withdraw])
)

const letters = Command.make("list", placeFlags, (placed) => onBank(placed, () => deadLetters.list)).pipe(
  Command.withDescription("Name the mails that were given up on, and why")
)

const again = Command.make("redeliver", placeFlags, (placed) => onBank(placed, () => deadLetters.redeliver)).pipe(
  Command.withDescription("Have them all tried again")
)

const deadLetterCommands = Command.make("dead-letters").pipe(
  Command.withDescription("Mails that could not be delivered"),
  Command.withSubcommands([letters, again])
)

const operate = Command.make("operate").pipe(
  Command.withDescription("What whoever runs the bank does beside the server"),
  Command.withSubcommands([backup, verification, invitation, keyCommands, deadLetterCommands])
)

// A copy of the bank is for nobody else either.
process.umask(0o077)

Command.run(operate, { version: "0.1.0" }).pipe(
  Effect.tapError((error) => (error instanceof ServerFailure ? Console.error(error.message) : Effect.void)),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({ disableErrorReporting: false })
)
