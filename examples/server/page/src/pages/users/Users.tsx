/** The users, for those who look after them. */
import * as people from "../../client/people.ts"
import { showInstant } from "../../format/dates.ts"
import { hrefOf, narrowTo, type Route } from "../../router.ts"
import { locale } from "../../settings.ts"
import { Head, Page, Table } from "../../ui/basics.tsx"
import { SelectField } from "../../ui/fields.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Empty } from "../../ui/states.tsx"
import { usePages } from "../../ui/usePages.ts"
import { t } from "../../words/words.ts"
import { Invite } from "./Invite.tsx"
import { nameOf, rolesText, UserState } from "./parts.tsx"
import { UserPage } from "./User.tsx"
import { namedUser, u } from "./words.ts"

const states = ["active", "unverified", "locked", "deleted"] as const

const UserTable = ({ users }: { readonly users: ReadonlyArray<people.User> }) => (
  <Table label={t("users.title")}>
    <thead>
      <tr>
        <Head>{u("name")}</Head>
        <Head>{u("state")}</Head>
        <Head wide>{u("roles")}</Head>
        <Head wide>{u("since")}</Head>
      </tr>
    </thead>
    <tbody>
      {users.map((user) => (
        <tr key={user.id}>
          <th scope="row">
            <a href={hrefOf(["users", user.id])}>{nameOf(user)}</a>
            <span class="quiet block">{user.email ?? user.id}</span>
            <span class="quiet narrow">{rolesText(user.roles)}</span>
          </th>
          <td>
            <UserState of={user.state} />
          </td>
          <td class="wide">{rolesText(user.roles)}</td>
          <td class="wide">{showInstant(user.createdAt, locale())}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const List = ({ route }: { readonly route: Route }) => {
  const state = route.query.get("state") ?? ""
  const pages = usePages((cursor, signal) => people.list({ limit: 50, cursor, state }, signal), [state])
  return (
    <Page
      title={t("users.title")}
      lead={u("lead")}
      actions={
        <a class="button button-main" href="#/users/invite">
          {u("invite")}
        </a>
      }
    >
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label={u("state")}
          value={state}
          onValue={(value) => narrowTo(route, { state: value })}
          options={[["", t("filter.any")], ...states.map((known) => [known, namedUser("user", known)] as const)]}
        />
      </form>
      <Paged pages={pages} lines={8} empty={<Empty title={u("none")} />}>
        {(items) => <UserTable users={items} />}
      </Paged>
    </Page>
  )
}

/** The users, one of them, or an invitation. */
export const UsersPage = ({ route }: { readonly route: Route }) => {
  const [, id] = route.parts
  if (id === undefined) return <List route={route} />
  return id === "invite" ? <Invite /> : <UserPage key={id} id={id} />
}
