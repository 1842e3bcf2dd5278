/** The pages for who is not signed in, apart from the sign-in itself. */
import type { MailedLink } from "../../entrance.ts"
import { Forgotten, SignUp, Verification } from "./Asking.tsx"
import { Mailed } from "./Mailed.tsx"

interface DoorPagesProps {
  readonly at: string | undefined
  readonly link: MailedLink | undefined
  readonly onDone: (notice?: string) => void
}

/** The page that somebody has come to by a link of a mail, or by an address. */
export const DoorPages = ({ at, link, onDone }: DoorPagesProps) => {
  if (link !== undefined) return <Mailed link={link} onDone={onDone} />
  switch (at) {
    case "sign-up":
      return <SignUp />
    case "forgotten-password":
      return <Forgotten />
    default:
      return <Verification />
  }
}
