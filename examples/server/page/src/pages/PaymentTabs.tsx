/** The way between single payments and those that come round. */
import { Tabs } from "../ui/basics.tsx"
import { t } from "../words/words.ts"

const hrefs = { single: "#/payments", recurring: "#/payments/recurring" } as const

/** Both lists of payments. */
export const PaymentTabs = ({ at }: { readonly at: keyof typeof hrefs }) => (
  <Tabs
    label={t("payments.title")}
    at={hrefs[at]}
    of={[
      [hrefs.single, t("payments.single")],
      [hrefs.recurring, t("plans.title")]
    ]}
  />
)
