/** What the links of mails open. */
import { useState } from "preact/hooks"
import { signOut } from "../../client/session.ts"
import * as visitor from "../../client/visitor.ts"
import type { MailedLink } from "../../entrance.ts"
import { DoorFrame } from "../../ui/DoorFrame.tsx"
import { Form } from "../../ui/Form.tsx"
import { NewPassword, newPasswordFault } from "../../ui/NewPassword.tsx"
import { useForm } from "../../ui/useForm.ts"
import { t } from "../../words/words.ts"
import { d } from "./words.ts"

/** Where somebody asks for another mail of a kind; an invitation comes from whoever invites, another address from inside. */
const another: Readonly<Record<MailedLink["purpose"], string | undefined>> = {
  "verify-email": "#/verification",
  "reset-password": "#/forgotten-password",
  "accept-invitation": undefined,
  "change-email": undefined
}

interface LinkProps {
  readonly link: MailedLink
  /** Leaves for the sign-in, with something to say there; or for another place at the door. */
  readonly onDone: (notice?: string) => void
}

const Another = ({ link, onDone }: LinkProps) => {
  const href = another[link.purpose]
  return href === undefined ? null : (
    <a class="button" href={href} onClick={() => onDone()}>
      {d("link.another")}
    </a>
  )
}

const Cut = ({ link, onDone }: LinkProps) => (
  <DoorFrame title={d("cut.title")} lead={link.purpose === "accept-invitation" ? d("cut.invited") : d("cut.lead")}>
    <div class="form-actions">
      <Another link={link} onDone={onDone} />
      <button type="button" class="button" onClick={() => onDone()}>
        {d("mail.back")}
      </button>
    </div>
  </DoorFrame>
)

interface ConfirmProps extends LinkProps {
  readonly title: string
  readonly lead: string
  readonly label: string
  readonly confirm: (mailed: { readonly token: string }) => Promise<void>
  readonly onConfirmed: () => void
}

/** Confirming takes a press: programs that look into links before their reader does would do it otherwise. */
const Confirm = ({ confirm, label, lead, link, onConfirmed, onDone, title }: ConfirmProps) => {
  const [failed, setFailed] = useState(false)
  const form = useForm({
    initial: {},
    check: () => ({}),
    write: async () => {
      try {
        await confirm({ token: link.token })
      } catch (error) {
        setFailed(true)
        throw error
      }
    },
    done: onConfirmed
  })
  return (
    <DoorFrame title={title} lead={lead}>
      <Form of={form} label={label} others={failed ? <Another link={link} onDone={onDone} /> : null}>
        {null}
      </Form>
    </DoorFrame>
  )
}

const VerifyEmail = (props: LinkProps) => (
  <Confirm
    {...props}
    title={d("verify.title")}
    lead={d("verify.lead")}
    label={d("verify.go")}
    confirm={visitor.verifyEmail}
    onConfirmed={() => props.onDone(d("verify.done"))}
  />
)

const ChangeEmail = (props: LinkProps) => (
  <Confirm
    {...props}
    title={d("change.title")}
    lead={d("change.lead")}
    label={d("change.go")}
    confirm={visitor.confirmEmailChange}
    onConfirmed={() => {
      // All sessions have ended, this one too.
      void signOut()
      props.onDone(d("change.done"))
    }}
  />
)

const ChoosePassword = ({ link, onDone }: LinkProps) => {
  const invited = link.purpose === "accept-invitation"
  const [failed, setFailed] = useState(false)
  const form = useForm({
    initial: { password: "" },
    check: ({ password }) => ({ password: newPasswordFault(password, []) }),
    write: async ({ password }) => {
      const act = invited ? visitor.acceptInvitation : visitor.confirmPasswordReset
      try {
        await act({ token: link.token, password })
      } catch (error) {
        setFailed(true)
        throw error
      }
    },
    blames: { "password-unsuitable": "password" },
    done: () => {
      // Whoever was signed in here before is somebody else, or is so no more.
      void signOut()
      onDone(invited ? d("invitation.done") : d("reset.done"))
    }
  })
  return (
    <DoorFrame
      title={invited ? d("invitation.title") : d("reset.title")}
      lead={invited ? d("invitation.lead") : d("reset.lead")}
    >
      <Form
        of={form}
        label={invited ? d("invitation.go") : d("reset.go")}
        others={failed && form.error !== undefined ? <Another link={link} onDone={onDone} /> : null}
      >
        <NewPassword
          label={invited ? d("sign-up.password") : d("reset.password")}
          value={form.values.password}
          onValue={(password) => form.set({ password })}
          error={form.errorOf("password")}
          about={[]}
        />
      </Form>
      <p class="door-note">
        <button type="button" class="button button-plain" onClick={() => onDone()}>
          {t("sign-in.title")}
        </button>
      </p>
    </DoorFrame>
  )
}

const pages = {
  "verify-email": VerifyEmail,
  "change-email": ChangeEmail,
  "reset-password": ChoosePassword,
  "accept-invitation": ChoosePassword
} as const satisfies Record<MailedLink["purpose"], unknown>

/** What a link of a mail is for. */
export const Mailed = ({ link, onDone }: LinkProps) => {
  if (link.token === "") return <Cut link={link} onDone={onDone} />
  const Drawn = pages[link.purpose]
  return <Drawn link={link} onDone={onDone} />
}
