import type { HolidayCalendar } from "./HolidayCalendar.ts"

/**
 * Norway: days on which Norges Bank's settlement system (NBO) is closed, from 2017 on.
 *
 * Statutory: lov om helligdager og helligdagsfred (LOV-1995-02-24-12) § 2, and lov om 1 og 17 mai som høgtidsdager
 * (LOV-1947-04-26-1). Christmas Eve is no statutory holiday before the afternoon; NBO is closed on it (Norges Bank,
 * "Settlement days", https://www.norges-bank.no, lists of 2017 and 2019). New Year's Eve is a settlement day. Whether NBO
 * kept Christmas Eve before 2017 is not known here, so the calendar begins with the earliest list that was read.
 */
export const norway: HolidayCalendar = {
  id: "NO",
  name: "Norway, settlement",
  weekend: [6, 7],
  firstYear: 2017,
  rules: [
    { kind: "fixed", name: "Første nyttårsdag", month: 1, day: 1 },
    { kind: "easter", name: "Skjærtorsdag", offset: -3 },
    { kind: "easter", name: "Langfredag", offset: -2 },
    { kind: "easter", name: "Andre påskedag", offset: 1 },
    { kind: "fixed", name: "Offentlig høytidsdag", month: 5, day: 1 },
    { kind: "fixed", name: "Grunnlovsdag", month: 5, day: 17 },
    { kind: "easter", name: "Kristi himmelfartsdag", offset: 39 },
    { kind: "easter", name: "Andre pinsedag", offset: 50 },
    { kind: "fixed", name: "Julaften", month: 12, day: 24 },
    { kind: "fixed", name: "Første juledag", month: 12, day: 25 },
    { kind: "fixed", name: "Andre juledag", month: 12, day: 26 }
  ]
}
