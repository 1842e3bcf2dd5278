/** The accounts elsewhere that a customer pays to. */
import { useState } from "preact/hooks"
import { useMe } from "../../access.ts"
import * as payees from "../../client/payees.ts"
import type { AccountText } from "../../client/wire.ts"
import { showNumber } from "../../format/accountNumber.ts"
import { showInstant } from "../../format/dates.ts"
import { locale } from "../../settings.ts"
import { Act } from "../../ui/Act.tsx"
import { announce } from "../../ui/announce.tsx"
import { Head, Page, Section, Table } from "../../ui/basics.tsx"
import { SelectField, TextField } from "../../ui/fields.tsx"
import { Form } from "../../ui/Form.tsx"
import { Paged } from "../../ui/Paged.tsx"
import { Empty } from "../../ui/states.tsx"
import { useForm } from "../../ui/useForm.ts"
import { usePages } from "../../ui/usePages.ts"
import { named, speaker, t } from "../../words/words.ts"
import { schemes } from "../PayeeFields.tsx"
import { PaymentTabs } from "../PaymentTabs.tsx"

const { t: e } = speaker({
  en: {
    lead: "Whom you pay, kept so that you need not type it again.",
    none: "You have kept nobody",
    "none.lead": "After a payment you can keep its receiver with one press.",
    receiver: "Receiver",
    since: "Kept since",
    new: "Keep another receiver",
    add: "Keep it",
    added: "The receiver is kept",
    remove: "Remove",
    "remove.sure": "Really remove it?",
    removed: "The receiver is removed",
    unowned: "Receivers are kept by customers, for themselves."
  },
  sv: {
    lead: "Vilka du betalar till, sparade så att du slipper skriva det igen.",
    none: "Du har inte sparat någon",
    "none.lead": "Efter en betalning kan du spara mottagaren med ett tryck.",
    receiver: "Mottagare",
    since: "Sparad sedan",
    new: "Spara en mottagare till",
    add: "Spara",
    added: "Mottagaren är sparad",
    remove: "Ta bort",
    "remove.sure": "Ta bort den?",
    removed: "Mottagaren är borttagen",
    unowned: "Mottagare sparas av kunder, för deras egen del."
  }
})

interface Values {
  readonly name: string
  readonly scheme: AccountText["scheme"]
  readonly account: string
}

const nobody: Values = { name: "", scheme: "Bankgiro", account: "" }

const Add = ({ customerId, onAdded }: { readonly customerId: string; readonly onAdded: () => void }) => {
  const missing = (value: string) => (value.trim() === "" ? t("error.missing") : undefined)
  const form = useForm({
    initial: nobody,
    check: ({ account, name }) => ({ name: missing(name), account: missing(account) }),
    write: ({ account, name, scheme }, key) =>
      payees.add(customerId, { name: name.trim(), account: { scheme, number: account.trim() } }, key),
    blames: { "beneficiary-taken": "account" },
    done: () => {
      announce(e("added"))
      form.renew()
      onAdded()
    }
  })
  return (
    <Section title={e("new")}>
      <Form of={form} label={e("add")}>
        <TextField
          label={t("payment.name")}
          value={form.values.name}
          onValue={(name) => form.set({ name })}
          error={form.errorOf("name")}
          maxLength={70}
          autocomplete="off"
        />
        <SelectField
          label={t("payment.scheme")}
          value={form.values.scheme}
          onValue={(scheme) => form.set({ scheme: scheme as Values["scheme"] })}
          options={schemes.map((scheme) => [scheme, named("scheme", scheme)] as const)}
        />
        <TextField
          label={t("payment.number")}
          value={form.values.account}
          onValue={(account) => form.set({ account })}
          error={form.errorOf("account")}
          maxLength={64}
          autocomplete="off"
          spellcheck={false}
        />
      </Form>
    </Section>
  )
}

const Kept = ({ customerId }: { readonly customerId: string }) => {
  const [turn, setTurn] = useState(0)
  const pages = usePages((cursor, signal) => payees.list(customerId, { limit: 50, cursor }, signal), [customerId])
  return (
    <>
      <Paged
        pages={pages}
        lines={4}
        empty={
          <Empty title={e("none")}>
            <p>{e("none.lead")}</p>
          </Empty>
        }
      >
        {(items) => (
          <Table label={t("payees.title")}>
            <thead>
              <tr>
                <Head>{e("receiver")}</Head>
                <Head wide>{e("since")}</Head>
                <td />
              </tr>
            </thead>
            <tbody>
              {items.map(({ createdAt, file, id }) => (
                <tr key={id}>
                  <th scope="row">
                    {file?.name ?? id}
                    {file === null ? null : (
                      <span class="quiet block">
                        {named("scheme", file.account.scheme)} {showNumber(file.account)}
                      </span>
                    )}
                  </th>
                  <td class="wide">{showInstant(createdAt, locale())}</td>
                  <td class="number">
                    <Act
                      label={e("remove")}
                      sure={e("remove.sure")}
                      said={e("removed")}
                      of={file?.name ?? id}
                      write={(key) => payees.remove(id, key)}
                      done={pages.of.reload}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Paged>
      <div class="after">
        <Add
          key={turn}
          customerId={customerId}
          onAdded={() => {
            setTurn(turn + 1)
            pages.of.reload()
          }}
        />
      </div>
    </>
  )
}

/** The receivers that a customer has kept. */
export const PayeesPage = () => {
  const { party } = useMe()
  return (
    <Page title={t("payees.title")} lead={e("lead")}>
      <PaymentTabs at="receivers" />
      {party === null ? <Empty title={e("unowned")} /> : <Kept customerId={party} />}
    </Page>
  )
}
