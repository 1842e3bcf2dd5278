/**
 * Makes users of the bank from outside it, as a bank that has nobody yet has nobody who could.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Flag from "effect/cli/Flag"
import * as Actor from "saldo/core/Actor"
import { CommandKey } from "saldo/core/Command"
import * as Id from "saldo/core/Id"
import { Users } from "saldo/identity/Users"
import type { Place } from "../database.ts"
import { tenant } from "../offer.ts"
import { roles } from "../roles.ts"
import { ServerFailure } from "../ServerFailure.ts"

/** Who is invited, and to what. */
export const inviteFlags = {
  email: Flag.Redacted("email").pipe(Flag.withDescription("Where the mail goes, by which the user signs in")),
  name: Flag.Redacted("name").pipe(Flag.withDescription("The name of the user")),
  role: Flag.Literals("role", Object.keys(roles)).pipe(Flag.withDescription("What the user may do"))
}

interface Invited {
  readonly email: Redacted.Redacted
  readonly name: Redacted.Redacted
  readonly role: string
}

/** The mail leaves with the next that a server delivers. */
export const invite = Effect.fnUntraced(function* ({ email, name, role }: Invited, { mails }: Place) {
  const key = CommandKey.make(yield* Id.make("cmd"))
  const user = yield* Users.use((users) => users.invite({ key, email, name, roles: [role], party: null })).pipe(
    Actor.as(Actor.system(tenant)),
    Effect.mapError(
      (error) => new ServerFailure({ happened: `${error.message}.`, remedy: "Correct it, and invite again." })
    )
  )
  yield* Console.log(`${user.id} is invited as ${role}. A running server puts the mail into ${mails}.`)
})
