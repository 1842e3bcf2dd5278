/**
 * What mails to users say, in Swedish and English.
 */
import type { MailKind } from "./MailDue.ts"

/** What a text is about: the name of the host, that of the reader, and the link, where there is one to follow. */
export interface MailFacts {
  readonly issuer: string
  readonly name: string
  readonly link: string | null
  /** For how long the link is good, in hours. */
  readonly hours: number
}

/** A subject of one line, and a text. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

type Template = (facts: MailFacts) => { readonly subject: string; readonly lines: ReadonlyArray<string> }
type Templates = Readonly<Record<MailKind, Template>>

const english: Templates = {
  "verify-email": ({ hours, issuer, link }) => ({
    subject: `Verify your e-mail address for ${issuer}`,
    lines: [
      `Open this link to verify your e-mail address. It is good for ${hours} hours.`,
      link ?? "",
      "If you did not sign up, you need not do anything."
    ]
  }),
  "reset-password": ({ hours, issuer, link }) => ({
    subject: `Choose a new password for ${issuer}`,
    lines: [
      `Open this link to choose a new password. It is good once and for ${hours} h.`,
      link ?? "",
      "If you did not ask for it, you need not do anything: your password stays as it is."
    ]
  }),
  "accept-invitation": ({ hours, issuer, link }) => ({
    subject: `Choose your password for ${issuer}`,
    lines: [
      `There is an account for you at ${issuer}. Open this link to choose your password. It is good for ${hours} hours.`,
      link ?? "",
      "If you expect no account, you need not do anything."
    ]
  }),
  "address-in-use": ({ issuer }) => ({
    subject: `You have an account at ${issuer}`,
    lines: [
      `Somebody signed up at ${issuer} with your e-mail address, which has an account already. Nothing changed.`,
      "If it was you, sign in, or ask for a new password if you have forgotten yours."
    ]
  }),
  "password-changed": ({ issuer }) => ({
    subject: `Your password for ${issuer} was changed`,
    lines: ["Your password was changed. If it was not you, ask for a new one at once and tell us."]
  }),
  "second-factor-added": ({ issuer }) => ({
    subject: `An authenticator was added at ${issuer}`,
    lines: ["To sign in takes a code of your authenticator from now on. If it was not you, tell us at once."]
  }),
  "second-factor-removed": ({ issuer }) => ({
    subject: `The authenticator was removed at ${issuer}`,
    lines: ["To sign in takes no code any more. If it was not you, change your password at once and tell us."]
  }),
  "change-email": ({ hours, issuer, link }) => ({
    subject: `Confirm your new e-mail address for ${issuer}`,
    lines: [
      `Open this link to sign in with this e-mail address from now on. It is good once and for ${hours} h.`,
      link ?? "",
      "If you did not ask for it, you need not do anything: nothing changes."
    ]
  }),
  "email-change-asked": ({ issuer }) => ({
    subject: `Another e-mail address was asked for at ${issuer}`,
    lines: [
      "You asked to sign in with another e-mail address. It takes the place of this one once the link in a mail to it is opened.",
      "If it was not you, change your password at once, which takes the wish back, and tell us."
    ]
  }),
  "email-changed": ({ issuer }) => ({
    subject: `Your e-mail address for ${issuer} was changed`,
    lines: [
      "You sign in with another e-mail address from now on, and have been signed out everywhere. This address is not used any more.",
      "If it was not you, tell us at once."
    ]
  }),
  "address-wanted": ({ issuer }) => ({
    subject: `You have an account at ${issuer}`,
    lines: [
      `Somebody wanted your e-mail address for another account at ${issuer}. It belongs to your account, and nothing changed.`,
      "If it was you, sign in with it, or ask for a new password if you have forgotten yours."
    ]
  })
}

const swedish: Templates = {
  "verify-email": ({ hours, issuer, link }) => ({
    subject: `Bekräfta din e-postadress hos ${issuer}`,
    lines: [
      `Öppna länken för att bekräfta din e-postadress. Den gäller i ${hours} timmar.`,
      link ?? "",
      "Om du inte har registrerat dig behöver du inte göra något."
    ]
  }),
  "reset-password": ({ hours, issuer, link }) => ({
    subject: `Välj ett nytt lösenord hos ${issuer}`,
    lines: [
      `Öppna länken för att välja ett nytt lösenord. Den gäller en gång och i ${hours} h.`,
      link ?? "",
      "Om du inte har bett om det behöver du inte göra något: ditt lösenord är som förut."
    ]
  }),
  "accept-invitation": ({ hours, issuer, link }) => ({
    subject: `Välj ditt lösenord hos ${issuer}`,
    lines: [
      `Det finns ett konto för dig hos ${issuer}. Öppna länken för att välja ditt lösenord. Den gäller i ${hours} timmar.`,
      link ?? "",
      "Om du inte väntar dig något konto behöver du inte göra något."
    ]
  }),
  "address-in-use": ({ issuer }) => ({
    subject: `Du har ett konto hos ${issuer}`,
    lines: [
      `Någon registrerade sig hos ${issuer} med din e-postadress, som redan har ett konto. Inget har ändrats.`,
      "Om det var du kan du logga in, eller be om ett nytt lösenord om du har glömt ditt."
    ]
  }),
  "password-changed": ({ issuer }) => ({
    subject: `Ditt lösenord hos ${issuer} har ändrats`,
    lines: ["Ditt lösenord har ändrats. Om det inte var du, be genast om ett nytt och hör av dig till oss."]
  }),
  "second-factor-added": ({ issuer }) => ({
    subject: `En autentiseringsapp har lagts till hos ${issuer}`,
    lines: [
      "Från och med nu krävs en kod från din app för att logga in. Om det inte var du, hör genast av dig till oss."
    ]
  }),
  "second-factor-removed": ({ issuer }) => ({
    subject: `Autentiseringsappen har tagits bort hos ${issuer}`,
    lines: [
      "Det krävs ingen kod längre för att logga in. Om det inte var du, byt genast lösenord och hör av dig till oss."
    ]
  }),
  "change-email": ({ hours, issuer, link }) => ({
    subject: `Bekräfta din nya e-postadress hos ${issuer}`,
    lines: [
      `Öppna länken för att logga in med den här e-postadressen från och med nu. Den gäller en gång och i ${hours} h.`,
      link ?? "",
      "Om du inte har bett om det behöver du inte göra något: inget ändras."
    ]
  }),
  "email-change-asked": ({ issuer }) => ({
    subject: `En annan e-postadress har begärts hos ${issuer}`,
    lines: [
      "Du har bett om att få logga in med en annan e-postadress. Den ersätter den här när länken i ett brev till den öppnas.",
      "Om det inte var du, byt genast lösenord, vilket tar tillbaka begäran, och hör av dig till oss."
    ]
  }),
  "email-changed": ({ issuer }) => ({
    subject: `Din e-postadress hos ${issuer} har ändrats`,
    lines: [
      "Från och med nu loggar du in med en annan e-postadress, och du har loggats ut överallt. Den här adressen används inte längre.",
      "Om det inte var du, hör genast av dig till oss."
    ]
  }),
  "address-wanted": ({ issuer }) => ({
    subject: `Du har ett konto hos ${issuer}`,
    lines: [
      `Någon ville använda din e-postadress för ett annat konto hos ${issuer}. Den hör till ditt konto, och inget har ändrats.`,
      "Om det var du kan du logga in med den, eller be om ett nytt lösenord om du har glömt ditt."
    ]
  })
}

/** What a mail says in the language of a tag: Swedish in `sv` and its regions, English in every other. */
export const mailText = (kind: MailKind, locale: string, facts: MailFacts): MailText => {
  const isSwedish = /^sv(?:-|$)/iu.test(locale)
  const { lines, subject } = (isSwedish ? swedish : english)[kind](facts)
  const greeting = isSwedish ? `Hej ${facts.name}!` : `Hello ${facts.name},`
  return { subject, text: `${[greeting, ...lines, facts.issuer].join("\n\n")}\n` }
}
