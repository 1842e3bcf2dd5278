/**
 * A loan's life as a function of time: announced, advance subscription, open, allocation, paid out, repaid, or cancelled.
 */

/** The language of a status text. */
export type Language = "sv" | "da" | "nb" | "en"

/** What is settled about a loan on the day it is listed. Instants are unix milliseconds, amounts whole currency units. */
export interface LoanPlan {
  readonly amount: number
  readonly minAmount: number
  readonly listedAt: number
  readonly startsAt: number
  readonly endsAt: number
  /** Minutes of advance subscription at the start of the window; 0 for none. */
  readonly bookBuildingMinutes: number
  readonly durationMonths: number
  /** In [0, 1): below 0.04 the loan is cancelled. */
  readonly fate: number
  /** In [0, 1): how much the crowd will have subscribed in the end. */
  readonly demand: number
  /** In [0, 1): how fast it subscribes. */
  readonly pace: number
}

/** State ids. 11 and 30 are Kameo's; the others are choices of this emulator, so that loans have a whole life. */
export const stateIds = {
  upcoming: 10,
  advanceSubscription: 11,
  open: 20,
  allocation: 30,
  closed: 40,
  paidOut: 50,
  repaid: 60,
  cancelled: 90
} as const

const texts: Readonly<Record<number, Readonly<Record<Language, string>>>> = {
  10: { sv: "Kommande", da: "Kommende", nb: "Kommende", en: "Upcoming" },
  11: { sv: "Förhandsteckning", da: "Forhåndstegning", nb: "Forhåndstegning", en: "Advance subscription" },
  20: { sv: "Öppen för teckning", da: "Åben for tegning", nb: "Åpen for tegning", en: "Open for subscription" },
  30: { sv: "Tilldelning", da: "Tildeling", nb: "Tildeling", en: "Allocation" },
  40: { sv: "Avslutad", da: "Afsluttet", nb: "Avsluttet", en: "Closed" },
  50: { sv: "Utbetald", da: "Udbetalt", nb: "Utbetalt", en: "Paid out" },
  60: { sv: "Återbetald", da: "Tilbagebetalt", nb: "Tilbakebetalt", en: "Repaid" },
  90: { sv: "Avbruten", da: "Annulleret", nb: "Avbrutt", en: "Cancelled" }
}

/** The localized text of a state id; of an unknown id a text that names it. */
export const statusText = (stateId: number, language: Language): string =>
  texts[stateId]?.[language] ?? `Status ${stateId}`

const dayMillis = 86_400_000
const lateMillis = 3 * dayMillis
const step = 500

const cancelled = (plan: LoanPlan): boolean => plan.fate < 0.04

/** Subscribed in the end, as a share of the amount: a third oversubscribed, half exactly full, the rest short. */
const finalShare = ({ demand }: LoanPlan): number =>
  demand < 0.15 ? 0.2 + demand * 5 : demand < 0.67 ? 1 : 1 + (demand - 0.67) * 1.7

/** One loan in five still gains a little in the three days after its window. */
const endsLate = ({ pace }: LoanPlan): boolean => pace > 0.8

const wholeSteps = (value: number): number => Math.floor(value / step) * step

/**
 * The subscribed amount at an instant, in steps of 500: 0 before the window, never falling, and for one loan in five
 * still growing for three days after it.
 */
export const subscribedAmount = (plan: LoanPlan, now: number): number => {
  if (now < plan.startsAt) return 0
  const final = wholeSteps(plan.amount * finalShare(plan))
  const atEnd = endsLate(plan) ? wholeSteps(final * 0.9984) : final
  const stop = cancelled(plan) ? Math.min(now, cancelledAt(plan)) : now
  if (stop < plan.endsAt) {
    const passed = (stop - plan.startsAt) / (plan.endsAt - plan.startsAt)
    return wholeSteps(atEnd * (1 - (1 - passed) ** (1.2 + plan.pace * 3)))
  }
  const late = Math.min(1, (stop - plan.endsAt) / lateMillis)
  return atEnd + wholeSteps((final - atEnd) * late)
}

const cancelledAt = (plan: LoanPlan): number => plan.startsAt + Math.floor((plan.endsAt - plan.startsAt) * plan.pace)

const paidOutAt = (plan: LoanPlan): number => plan.endsAt + (4 + Math.floor(plan.pace * 6)) * dayMillis

const monthMillis = 30.4375 * dayMillis

/** The state id at an instant. A loan below half of its amount when its allocation ends is closed and never paid out. */
export const loanState = (plan: LoanPlan, now: number): number => {
  if (now < plan.startsAt) return stateIds.upcoming
  if (cancelled(plan) && now >= cancelledAt(plan)) return stateIds.cancelled
  if (now < plan.endsAt) {
    return now < plan.startsAt + plan.bookBuildingMinutes * 60_000 ? stateIds.advanceSubscription : stateIds.open
  }
  if (now < paidOutAt(plan)) return stateIds.allocation
  if (finalShare(plan) < 0.5) return stateIds.closed
  return now < paidOutAt(plan) + plan.durationMonths * monthMillis ? stateIds.paidOut : stateIds.repaid
}
