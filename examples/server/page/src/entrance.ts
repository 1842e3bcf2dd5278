/**
 * The links of mails. The token is behind `#`, so that neither a log nor a referrer has it, and leaves the address bar and the
 * browser's history as soon as the page is there: from then on it is in memory alone.
 */

const purposes = ["verify-email", "reset-password", "accept-invitation", "change-email"] as const

/** A link that somebody got by mail and opened; the token is empty when the link was cut off. */
export interface MailedLink {
  readonly purpose: (typeof purposes)[number]
  readonly token: string
}

/** The link of an address, if it is one of a mail. */
export const linkFrom = ({ hash, pathname }: Pick<Location, "hash" | "pathname">): MailedLink | undefined => {
  const purpose = purposes.find((known) => pathname === `/${known}`)
  return purpose === undefined ? undefined : { purpose, token: hash.slice(1) }
}

const take = (): MailedLink | undefined => {
  const link = linkFrom(location)
  if (link !== undefined) history.replaceState(null, "", "/")
  return link
}

/** The link by which the page was opened. */
export const mailedLink = take()
