/** The way between single payments, those that come round, and those who are paid. */
import { Tabs } from "../ui/basics.tsx"
import { t } from "../words/words.ts"

const hrefs = { single: "#/payments", recurring: "#/payments/recurring", receivers: "#/payments/receivers" } as const

/** The lists about payments. */
export const PaymentTabs = ({ at }: { readonly at: keyof typeof hrefs }) => (
  <Tabs
    label={t("payments.title")}
    at={hrefs[at]}
    of={[
      [hrefs.single, t("payments.single")],
      [hrefs.recurring, t("plans.title")],
      [hrefs.receivers, t("payees.title")]
    ]}
  />
)
