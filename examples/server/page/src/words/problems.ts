/** What the server's refusals are called: in its own words to who reads English, and here in Swedish. */
import type { Problem } from "../client/problem.ts"
import { showTime } from "../format/dates.ts"
import { current, type Language, locale } from "../settings.ts"
import { speaker } from "./words.ts"

const swedish: Readonly<Record<string, readonly [title: string, detail: string]>> = {
  "account-unavailable": ["Kontot är inte tillgängligt", "Kontot är spärrat eller avslutat."],
  "act-on-oneself": ["Det går inte att göra med sig själv", "Någon annan måste göra det."],
  "api-key-expiry-past": ["Tiden har redan gått", "Välj en senare dag, eller ingen."],
  "api-key-not-found": ["Nyckeln finns inte", "Den kan ha tagits bort av någon annan."],
  "approval-by-requester": ["Någon annan måste godkänna", "Den som bad om betalningen kan inte godkänna den."],
  "approval-ended": ["Godkännandet är avslutat", "Någon har redan svarat, eller tiden har gått ut."],
  "beneficiary-not-found": ["Mottagaren finns inte", "Den kan ha tagits bort redan."],
  "beneficiary-taken": ["Mottagaren är redan sparad", "Kontot finns redan bland dina mottagare."],
  "command-in-progress": ["Det pågår redan", "Vänta en stund och försök igen."],
  "credentials-invalid": ["Du är inte inloggad", "Logga in igen."],
  "credentials-rejected": ["Uppgifterna stämmer inte", "Kontrollera adressen, lösenordet och koden."],
  "deposit-account-not-found": ["Kontot finns inte", "Det finns inget sådant konto inom räckhåll."],
  "email-invalid": ["Det är ingen e-postadress", "Det är ingen e-postadress; skriv en som anna@example.com."],
  "email-taken": ["Adressen används redan", "En annan användare har den e-postadressen."],
  "email-unverified": ["Adressen är inte bekräftad", "Öppna länken i mejlet, eller be om ett nytt."],
  "idempotency-mismatch": [
    "Det har redan skickats med annat innehåll",
    "Se efter vad som blev av det första innan du skickar på nytt."
  ],
  "insufficient-funds": ["Pengarna räcker inte", "Det finns inte så mycket på kontot."],
  "internal-failure": ["Något gick fel hos oss", "Försök igen om en stund."],
  "not-permitted": ["Det får du inte göra", "Be någon som får."],
  "nothing-to-skip": ["Det finns inget att hoppa över", "Ingen händelse har misslyckats."],
  "password-unsuitable": ["Lösenordet duger inte", "Välj ett längre, till exempel fyra slumpvisa ord."],
  "payer-not-found": ["Kontot finns inte", "Det finns inget sådant konto att betala från."],
  "payer-unavailable": ["Kontot är inte tillgängligt", "Det går inte att betala från kontot just nu."],
  "payment-limit-exceeded": ["Beloppsgränsen är nådd", "Det är mer än vad som får betalas på en gång eller en dag."],
  "payment-order-not-found": ["Betalningen finns inte", "Det finns ingen sådan betalning inom räckhåll."],
  "payment-order-unfit": ["Det går inte längre", "Betalningen har gått vidare sedan sidan laddades."],
  "payment-plan-not-found": ["Planen finns inte", "Det finns ingen sådan betalningsplan inom räckhåll."],
  "payment-plan-unfit": ["Det går inte längre", "Planen har ändrats sedan sidan laddades."],
  "request-invalid": ["Något i uppgifterna stämmer inte", "Se efter vad som står nedan."],
  "schedule-beyond-calendar": ["Så långt räcker inte kalendern", "Välj dagar som ligger närmare."],
  "scopes-excessive": ["Nyckeln kan inte få så mycket", "En nyckel får högst vad du själv får, och minst något."],
  "second-factor-required": ["En kod behövs", "Skriv koden från din app, eller en återställningskod."],
  "second-factor-unfit": ["Det går inte just nu", "Den andra faktorn har ändrats sedan sidan laddades."],
  "session-not-found": ["Sessionen finns inte", "Den kan ha avslutats redan."],
  "sign-up-closed": ["Här går det inte att registrera sig", "Be om en inbjudan."],
  "token-rejected": ["Länken gäller inte längre", "Be om ett nytt mejl och öppna det senaste."],
  "too-many-attempts": ["Det blev för många försök", "Vänta en stund och försök igen."],
  "too-many-requests": ["Det blev för många försök", "Vänta en stund och försök igen."],
  "too-many-webhooks": ["Det får inte bli fler", "Ta bort en mottagare först."],
  "user-not-found": ["Användaren finns inte", "Det finns ingen sådan användare."],
  "user-state-unfit": ["Det går inte just nu", "Användarens läge tillåter det inte."],
  "version-mismatch": ["Det har ändrats", "Ladda om och bestäm på nytt."],
  "webhook-not-found": ["Mottagaren finns inte", "Den kan ha tagits bort av någon annan."],
  "webhook-state-unfit": ["Det går inte just nu", "Mottagarens läge tillåter det inte."],
  "webhook-url-refused": [
    "Adressen duger inte",
    "Den ska börja med https:// och leda ut på internet, som https://example.com/events."
  ]
}

const words = {
  en: {
    "retry-at": "There were too many attempts; try again after {time}.",
    "weakness.too-short": "It needs at least 12 characters",
    "weakness.too-long": "It has more than 128 characters",
    "weakness.unreadable": "It holds characters that cannot be typed everywhere",
    "weakness.repetition": "It repeats itself",
    "weakness.sequence": "It runs along the keyboard or the alphabet",
    "weakness.common": "Most of it is what many people use",
    "weakness.personal": "It is made of your name or address",
    "weakness.breached": "It is in lists of leaked passwords"
  },
  sv: {
    "retry-at": "Det blev för många försök; försök igen efter {time}.",
    "weakness.too-short": "Det behöver minst 12 tecken",
    "weakness.too-long": "Det har fler än 128 tecken",
    "weakness.unreadable": "Det har tecken som inte går att skriva överallt",
    "weakness.repetition": "Det upprepar sig",
    "weakness.sequence": "Det följer tangentbordet eller alfabetet",
    "weakness.common": "Det mesta av det är vad många använder",
    "weakness.personal": "Det består av ditt namn eller din adress",
    "weakness.breached": "Det finns i listor över läckta lösenord"
  }
} as const satisfies Record<Language, Readonly<Record<string, string>>>

const { named, t } = speaker(words)

/** What is wrong with a password, in words. */
export const weaknessText = (found: ReadonlyArray<unknown>): string =>
  found.map((weakness) => named("weakness", String(weakness))).join(". ")

/** What a refusal says by its own values, which its words in general leave out. */
const particular = (code: string, { retryAt, weaknesses }: Problem["context"]): string | undefined => {
  if (code === "password-unsuitable" && Array.isArray(weaknesses)) return weaknessText(weaknesses)
  return code === "too-many-attempts" && typeof retryAt === "string"
    ? t("retry-at", { time: showTime(retryAt, locale()) })
    : undefined
}

/** What a refusal is called, and what it says. */
export const problemText = ({
  code,
  context,
  detail,
  title
}: Problem): { readonly title: string; readonly detail: string } => {
  const known = current().language === "sv" ? swedish[code] : undefined
  return { title: known?.[0] ?? title, detail: particular(code, context) ?? known?.[1] ?? detail }
}
