/** A form with what went wrong above its fields and what can be done below them. */
import type { ComponentChildren } from "preact"
import { t } from "../words/words.ts"
import { Failure } from "./states.tsx"
import type { FormState } from "./useForm.ts"

interface FormProps<Values> {
  readonly of: FormState<Values>
  /** What sending it is called. */
  readonly label: string
  readonly busy?: string
  /** Whether there is no way back from it. */
  readonly grave?: boolean
  /** What can be done in place of sending it. */
  readonly others?: ComponentChildren
  readonly children: ComponentChildren
}

/** A form. */
export const Form = <Values,>({ busy, children, grave = false, label, of, others }: FormProps<Values>) => (
  <form class="form" onSubmit={of.submit} noValidate>
    {of.error === undefined ? null : <Failure error={of.error} {...(of.unsure ? { note: t("intent.unknown") } : {})} />}
    {children}
    <div class="form-actions">
      <button type="submit" class={`button ${grave ? "button-grave" : "button-main"}`} disabled={of.busy}>
        {of.busy ? (busy ?? t("intent.sending")) : label}
      </button>
      {others}
    </div>
  </form>
)
