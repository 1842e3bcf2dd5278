import type { HolidayCalendar } from "./HolidayCalendar.ts"

/**
 * Denmark: days on which Danmarks Nationalbank and the banks are closed, from 2006 on.
 *
 * Public holidays are those of the church ("helligdage"). Store Bededag, the fourth Friday after Easter, ended with lov
 * nr. 214 of 7 March 2023 from 1 January 2024. Constitution Day, Christmas Eve, New Year's Eve and, from 2009, the
 * Friday after Ascension Day are no public holidays but bank closing days ("banklukkedage": Danmarks Nationalbank,
 * https://www.nationalbanken.dk, list of 2026 and 2027; Danish Bankers Association, list of 2006).
 */
export const denmark: HolidayCalendar = {
  id: "DK",
  name: "Denmark, banks",
  weekend: [6, 7],
  firstYear: 2006,
  rules: [
    { kind: "fixed", name: "Nytårsdag", month: 1, day: 1 },
    { kind: "easter", name: "Skærtorsdag", offset: -3 },
    { kind: "easter", name: "Langfredag", offset: -2 },
    { kind: "easter", name: "Anden påskedag", offset: 1 },
    { kind: "easter", name: "Store bededag", offset: 26, until: 2023 },
    { kind: "easter", name: "Kristi himmelfartsdag", offset: 39 },
    { kind: "easter", name: "Banklukkedag efter Kristi himmelfartsdag", offset: 40, from: 2009 },
    { kind: "easter", name: "Anden pinsedag", offset: 50 },
    { kind: "fixed", name: "Grundlovsdag", month: 6, day: 5 },
    { kind: "fixed", name: "Juleaftensdag", month: 12, day: 24 },
    { kind: "fixed", name: "Juledag", month: 12, day: 25 },
    { kind: "fixed", name: "Anden juledag", month: 12, day: 26 },
    { kind: "fixed", name: "Nytårsaftensdag", month: 12, day: 31 }
  ]
}
