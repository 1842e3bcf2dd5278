/** Who is paid, how much and from where: what a payment and a plan of payments both ask. */
import type { Account, PaymentOrder } from "../client/client.ts"
import type { AccountText } from "../client/wire.ts"
import { showNumber } from "../format/accountNumber.ts"
import { readAmount } from "../format/money.ts"
import { locale } from "../settings.ts"
import { Money } from "../ui/basics.tsx"
import { SelectField, TextField } from "../ui/fields.tsx"
import { named, t } from "../words/words.ts"
import { KeptPayees } from "./keptPayees.tsx"
import type { Filling } from "./OrderFlow.tsx"
import { accountNames, amountError, messageText } from "./orders.tsx"

type Scheme = AccountText["scheme"]

/** The kinds of account numbers. */
export const schemes: ReadonlyArray<Scheme> = ["Bankgiro", "Plusgiro", "Iban", "SwedishAccount", "NorwegianAccount"]

/** What is typed about who is paid. */
export interface PayeeDraft {
  readonly accountId: string
  readonly name: string
  readonly scheme: Scheme
  readonly number: string
  readonly amount: string
  readonly kind: "text" | "reference"
  readonly message: string
}

/** What is ordered about who is paid. */
export type PayeeTerms = Omit<PaymentOrder, "executeOn">

/** Nothing typed yet; it comes from the first of the accounts. */
export const noPayee = (accounts: ReadonlyArray<Account>): PayeeDraft => ({
  accountId: accounts[0]?.id ?? "",
  name: "",
  scheme: "Bankgiro",
  number: "",
  amount: "",
  kind: "text",
  message: ""
})

const currencyOf = (accounts: ReadonlyArray<Account>, { accountId }: PayeeDraft): string =>
  accounts.find(({ id }) => id === accountId)?.currency ?? "SEK"

/** What was typed as the bank takes it, or undefined while something is missing or cannot be read. */
export const payeeTerms = (accounts: ReadonlyArray<Account>, draft: PayeeDraft): PayeeTerms | undefined => {
  const [name, number, message] = [draft.name.trim(), draft.number.trim(), draft.message.trim()]
  const amount = readAmount(draft.amount, currencyOf(accounts, draft), locale())
  if (name === "" || number === "" || amount._tag !== "Amount") return undefined
  return {
    accountId: draft.accountId,
    amount: amount.money,
    creditor: { name, account: { scheme: draft.scheme, number } },
    ...(message === ""
      ? {}
      : {
          message: draft.kind === "text" ? { _tag: "Text", text: message } : { _tag: "Reference", reference: message }
        })
  }
}

interface PayeeFieldsProps extends Pick<Filling<PayeeDraft, never>, "draft" | "set" | "faultAt"> {
  readonly accounts: ReadonlyArray<Account>
  /** Whether it was tried to go on, so that what is missing is to be said. */
  readonly tried: boolean
}

/** The fields about who is paid. */
export const PayeeFields = ({ accounts, draft, faultAt, set, tried }: PayeeFieldsProps) => {
  const names = accountNames(accounts)
  const currency = currencyOf(accounts, draft)
  const missing = (value: string) => (tried && value.trim() === "" ? t("error.missing") : undefined)
  return (
    <>
      <SelectField
        label={t("payment.from")}
        value={draft.accountId}
        onValue={(accountId) => set({ accountId })}
        error={faultAt("accountId")}
        options={accounts.map(({ currency: held, id }) => [id, `${names.get(id) ?? id} (${held})`] as const)}
      />
      <KeptPayees onChoose={({ account, name }) => set({ name, scheme: account.scheme, number: account.number })} />
      <TextField
        label={t("payment.name")}
        value={draft.name}
        onValue={(name) => set({ name })}
        error={missing(draft.name) ?? faultAt("creditor.name")}
        maxLength={70}
        autocomplete="off"
      />
      <SelectField
        label={t("payment.scheme")}
        value={draft.scheme}
        onValue={(scheme) => set({ scheme: scheme as Scheme })}
        options={schemes.map((scheme) => [scheme, named("scheme", scheme)] as const)}
      />
      <TextField
        label={t("payment.number")}
        value={draft.number}
        onValue={(number) => set({ number })}
        error={missing(draft.number) ?? faultAt("creditor.account")}
        maxLength={64}
        autocomplete="off"
        spellcheck={false}
      />
      <TextField
        label={`${t("field.amount")} (${currency})`}
        value={draft.amount}
        onValue={(amount) => set({ amount })}
        error={(tried ? amountError(readAmount(draft.amount, currency, locale())) : undefined) ?? faultAt("amount")}
        inputMode="decimal"
        autocomplete="off"
      />
      <SelectField
        label={t("payment.kind")}
        value={draft.kind}
        onValue={(kind) => set({ kind: kind === "text" ? "text" : "reference" })}
        options={[
          ["text", t("payment.message")],
          ["reference", t("payment.reference")]
        ]}
      />
      <TextField
        label={draft.kind === "text" ? t("payment.message") : t("payment.reference")}
        hint={t("optional")}
        value={draft.message}
        onValue={(message) => set({ message })}
        error={faultAt("message")}
        maxLength={draft.kind === "text" ? 140 : 35}
        autocomplete="off"
      />
    </>
  )
}

/** What is ordered about who is paid, in pairs. */
export const payeeFacts = (accounts: ReadonlyArray<Account>, { accountId, amount, creditor, message }: PayeeTerms) =>
  [
    [t("field.amount"), <Money key="amount" of={amount} />],
    [t("payment.from"), accountNames(accounts).get(accountId) ?? accountId],
    [t("payment.name"), creditor.name],
    [named("scheme", creditor.account.scheme), showNumber(creditor.account)],
    [t("payment.message"), messageText(message)]
  ] as const
