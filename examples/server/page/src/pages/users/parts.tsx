/** What the pages about users have in common. */
import type { User } from "../../client/people.ts"
import { named } from "../../words/words.ts"
import { namedUser, u } from "./words.ts"

/** The roles that the bank knows; what each may do is for the server to say. */
const roles: ReadonlyArray<string> = ["customer", "teller", "officer", "auditor", "admin"]

const tones = { unverified: "wait", active: "good", locked: "bad", deleted: "calm" } as const

/** What a user is called. */
export const nameOf = ({ email, name }: User): string => name ?? email ?? u("deleted")

/** Roles to choose from, also those that somebody has and the page does not know. */
export const roleOptions = (held: ReadonlyArray<string> = []): ReadonlyArray<readonly [string, string]> =>
  [...new Set([...roles, ...held])].map((role) => [role, named("role", role)] as const)

/** Roles in words. */
export const rolesText = (held: ReadonlyArray<string>): string =>
  held.length === 0 ? u("roles.none") : held.map((role) => named("role", role)).join(", ")

/** The state of a user as a word with a mark. */
export const UserState = ({ of }: { readonly of: User["state"] }) => (
  <span class={`state state-${tones[of]}`}>{namedUser("user", of)}</span>
)
