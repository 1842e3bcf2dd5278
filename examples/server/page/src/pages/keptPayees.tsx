/** Receivers that were kept, where one is paid. */
import { useState } from "preact/hooks"
import { useMe } from "../access.ts"
import type { Payment } from "../client/client.ts"
import * as payees from "../client/payees.ts"
import { showNumber } from "../format/accountNumber.ts"
import type { Load } from "../ui/useLoad.ts"
import { useLoad } from "../ui/useLoad.ts"
import { Act } from "../ui/Act.tsx"
import { SelectField } from "../ui/fields.tsx"
import { t } from "../words/words.ts"

type File = NonNullable<payees.Payee["file"]>

/** The receivers that whoever pays has kept; nobody's for those who pay for no customer. */
const useKept = (): Load<ReadonlyArray<payees.Payee>> => {
  const { party } = useMe()
  return useLoad(
    async (signal) => (party === null ? [] : (await payees.list(party, { limit: 200 }, signal)).items),
    [party]
  )
}

/** A choice among those that were kept. When they cannot be had, everything can be typed all the same. */
export const KeptPayees = ({ onChoose }: { readonly onChoose: (file: File) => void }) => {
  const [chosen, setChosen] = useState("")
  const { value: kept = [] } = useKept()
  if (kept.length === 0) return null
  return (
    <SelectField
      label={t("payees.kept")}
      value={chosen}
      onValue={(id) => {
        setChosen(id)
        const file = kept.find((payee) => payee.id === id)?.file ?? null
        if (file !== null) onChoose(file)
      }}
      options={[
        ["", t("payees.other")],
        ...kept.flatMap(({ file, id }) =>
          file === null ? [] : [[id, `${file.name}, ${showNumber(file.account)}`] as const]
        )
      ]}
    />
  )
}

/** Keeps the receiver of a payment, unless it is kept already. */
export const KeepPayee = ({ creditor: { account, name } }: Pick<Payment, "creditor">) => {
  const { party } = useMe()
  const [done, setDone] = useState(false)
  const { value: kept } = useKept()
  const known = kept?.some(
    ({ file }) => file?.account.number === account.number && file.account.scheme === account.scheme
  )
  if (party === null || known !== false) return null
  return done ? (
    <p class="notice">{t("payees.done")}</p>
  ) : (
    <Act
      label={t("payees.keep")}
      said={t("payees.done")}
      write={(key) => payees.add(party, { name, account }, key)}
      done={() => setDone(true)}
    />
  )
}
