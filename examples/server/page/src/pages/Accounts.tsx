/** The accounts within reach, with what each has. */
import { useMay, useMe } from "../access.ts"
import * as client from "../client/client.ts"
import { hrefOf, narrowTo, type Route } from "../router.ts"
import { Head, Money, Page, State, Table } from "../ui/basics.tsx"
import { SelectField } from "../ui/fields.tsx"
import { Paged } from "../ui/Paged.tsx"
import { Empty } from "../ui/states.tsx"
import { useLoad } from "../ui/useLoad.ts"
import { usePages } from "../ui/usePages.ts"
import { named, t } from "../words/words.ts"

const states = ["open", "blocked", "closed"] as const

const Has = ({ account }: { readonly account: client.Account }) => {
  const { error, value } = useLoad((signal) => client.accounts.balance(account.id, signal), [account.id])
  if (value === undefined) {
    return (
      <>
        <td class="number quiet">{error === undefined ? "…" : t("accounts.unknown")}</td>
        <td class="number quiet wide">{error === undefined ? "…" : t("accounts.unknown")}</td>
      </>
    )
  }
  return (
    <>
      <td class="number">
        <Money of={value.balance} />
      </td>
      <td class="number wide">{value.available === null ? "–" : <Money of={value.available} />}</td>
    </>
  )
}

/** The list of accounts. */
export const AccountsPage = ({ route }: { readonly route: Route }) => {
  const me = useMe()
  const may = useMay()
  const state = route.query.get("state") ?? ""
  const pages = usePages((cursor, signal) => client.accounts.list({ limit: 20, cursor, state }, signal), [state])
  return (
    <Page
      title={t("accounts.title")}
      actions={
        may("bank:transact") ? (
          <a class="button button-main" href="#/transfer">
            {t("transfer.title")}
          </a>
        ) : null
      }
    >
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <SelectField
          label={t("field.state")}
          value={state}
          onValue={(value) => narrowTo(route, { state: value })}
          options={[["", t("filter.any")], ...states.map((known) => [known, named("state", known)] as const)]}
        />
      </form>
      <Paged pages={pages} empty={<Empty title={t("accounts.none")} />}>
        {(items) => (
          <Table label={t("accounts.title")}>
            <thead>
              <tr>
                <Head of="field.account" />
                <Head of="field.state" wide />
                <Head of="field.balance" number />
                <Head of="field.available" number wide />
              </tr>
            </thead>
            <tbody>
              {items.map((account) => (
                <tr key={account.id}>
                  <th scope="row">
                    <a href={hrefOf(["accounts", account.id])}>{account.name}</a>
                    <span class="quiet block">
                      {named("product", account.product.productId)}
                      {me.party === null ? ` · ${account.customerId}` : ""}
                    </span>
                  </th>
                  <td class="wide">
                    <State domain="state" of={account.state} />
                  </td>
                  <Has account={account} />
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
    </Page>
  )
}
