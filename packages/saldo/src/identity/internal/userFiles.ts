/**
 * What is sealed of users: how it is found, sealed and opened.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { jsonText } from "../../core/JsonText.ts"
import { keyOfEmail } from "../emailAddress.ts"
import type { IdentityKeys } from "../IdentityKeys.ts"
import { StoredUser, type User, UserFile } from "../User.ts"

const FileText = jsonText(Schema.toCodecJson(UserFile))
const encodeFile = Schema.encodeEffect(FileText)
const decodeFile = Schema.decodeEffect(FileText)

const placeOf = ({ id, tenant }: Pick<StoredUser, "id" | "tenant">) => ["user", tenant, id]

const encodeUser = Schema.encodeEffect(StoredUser)

/** A user as it may be stored. What nobody could read again is a mistake in whoever took the input, and is not kept. */
export const storable = (user: StoredUser): Effect.Effect<StoredUser> => Effect.as(Effect.orDie(encodeUser(user)), user)

/** Seals and opens the files of users under the host's keys. */
export const makeFiles = (keys: IdentityKeys["Service"]) => {
  const open = Effect.fnUntraced(function* (user: StoredUser) {
    return user.sealed === null
      ? null
      : yield* Effect.orDie(decodeFile(Redacted.value(yield* keys.open(placeOf(user), user.sealed))))
  })

  const seal = Effect.fnUntraced(function* (user: Pick<StoredUser, "id" | "tenant">, file: UserFile) {
    const text = Redacted.make(yield* Effect.orDie(encodeFile(file)), { label: "user" })
    return { sealed: yield* keys.seal(placeOf(user), text), sealedBy: keys.currentId }
  })

  return {
    open,
    seal,
    /** The digest by which the user of an address is found, whatever was typed. */
    emailIndex: (tenant: string, email: Redacted.Redacted) =>
      keys.digest(["email", tenant], keyOfEmail(Redacted.value(email))),
    /** A user as it is read, when its file is open. */
    read: (user: StoredUser, file: UserFile | null): User => ({
      id: user.id,
      tenant: user.tenant,
      state: user.state,
      roles: user.roles,
      party: user.party,
      locale: user.locale,
      createdAt: user.createdAt,
      version: user.version,
      profile: file === null ? null : { email: file.email, name: file.name },
      hasSecondFactor: file?.secondFactor?.confirmed ?? false
    })
  }
}

/** What `makeFiles` makes. */
export type Files = ReturnType<typeof makeFiles>
