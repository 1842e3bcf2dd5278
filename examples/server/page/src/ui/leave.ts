import { signOut } from "../client/session.ts"

/** Signs out because somebody wants to: whoever signs in next begins at the beginning, and not where this one was. */
export const leave = (): void => {
  void signOut()
  location.hash = "#/"
}
