/**
 * Twenty-five invented loans, one per case that a reader of the listing has to survive; no borrower of them exists.
 */
import type { ListedLoan } from "./LoanBook.ts"
import { statusText } from "./loanLife.ts"

/** The instant at which the sample loans' states and dates fit each other: noon of 10 March 2026 in Stockholm. */
export const referenceClock = "2026-03-10T12:00:00+01:00"

const sample = (
  id: number,
  title: string,
  picture: string,
  amount: number | string,
  subscribed: number | string,
  stateId: number,
  differences: ListedLoan
): ListedLoan => ({
  title,
  teaser: `#${id} | Påhittat exempelobjekt`,
  image: `https://img.kameo.invalid/${Math.floor(id / 10)}/${id}/${picture}.jpg`,
  loan_application_id: id,
  application_amount: amount,
  annual_interest_rate: 9,
  duration_in_months: 12,
  is_listed: 0,
  available_kiis_languages: "SE",
  risk_score: "B",
  subscribed_amount: subscribed,
  subscription_state: { state_id: stateId, status_text_localized: statusText(stateId, "sv") },
  listing_date: "2026-03-06T10:12:31+01:00",
  subscription_starts_at: "2026-03-09T14:00:00+01:00",
  subscription_ends_at: "2026-03-16T23:59:00+01:00",
  allocation_type_id: 2,
  book_building_duration: 1440,
  currency: "SEK",
  min_amount: 500,
  underwriter_state: 0,
  fully_funded_state: 0,
  my_bid_amount: 0,
  ...differences
})

const nullLoan = (id: number, title: string, amount: number): ListedLoan => ({
  ...Object.fromEntries(Object.keys(sample(id, title, "", amount, 0, 20, {})).map((key) => [key, null])),
  title,
  loan_application_id: id,
  application_amount: amount
})

/** The sample loans in page order. Record 15 repeats record 2 with a newer amount: the later one is the truth. */
export const sampleLoans: ReadonlyArray<ListedLoan> = [
  // 1: seed loan (title+amount as given; the rest ours); allocation below 100 %
  sample(
    4840,
    "Fastighetsbolag söker finansiering för att belåna fem markfastigheter i Strömma, Värmdö",
    "00baf48d4ba68",
    12500000,
    12300000,
    30,
    {
      annual_interest_rate: 9.5,
      duration_in_months: 14,
      listing_date: "2026-02-26T09:05:00+01:00",
      subscription_starts_at: "2026-03-02T14:00:00+01:00",
      subscription_ends_at: "2026-03-05T23:59:00+01:00",
      teaser: "#4840 | Obebyggd mark som säkerhet"
    }
  ),
  // 2: open, partly funded, decimal rate
  sample(5101, "Byggbolag söker kapital till tolv radhus i Östersund", "00c509763cbdd", 8000000, 3212500, 20, {
    annual_interest_rate: 10.25,
    duration_in_months: 15
  }),
  // 3: opens in the future
  sample(5102, "Projekt Ängsvägen: åtta parhus i Åmål", "00c51359b458e", 6400000, 0, 10, {
    duration_in_months: 18,
    risk_score: "C",
    listing_date: "2026-03-10T08:00:00+01:00",
    subscription_starts_at: "2026-03-12T10:00:00+01:00",
    subscription_ends_at: "2026-03-19T23:59:00+01:00"
  }),
  // 4: pre-subscription, oversubscribed above 100 %
  sample(5103, "Bryggfinansiering av hyresfastighet i Norrköping", "00c51d3d2bf3f", 5000000, 7250500, 11, {
    annual_interest_rate: 8.75,
    duration_in_months: 9,
    risk_score: "A"
  }),
  // 5: exactly 100 % while fully_funded_state is 0
  sample(5104, "Tilläggslån för stambyte i Gävle", "00c52720a38f0", 3750000, 3750000, 30, {
    listing_date: "2026-02-27T11:00:00+01:00",
    subscription_starts_at: "2026-03-03T14:00:00+01:00",
    subscription_ends_at: "2026-03-08T23:59:00+01:00"
  }),
  // 6: flagged fully funded inside the window
  sample(5105, "Förvärvslån: kontorshus vid Nissan, Halmstad", "00c531041b2a1", 22000000, 22000000, 20, {
    annual_interest_rate: 8.5,
    duration_in_months: 24,
    risk_score: "A",
    fully_funded_state: 1
  }),
  // 7: window over, below target
  sample(5106, "Lokalombyggnad i Örebro", "00c53ae792c52", 4000000, 1260000, 40, {
    annual_interest_rate: 11,
    duration_in_months: 10,
    risk_score: "D",
    listing_date: "2026-02-10T09:00:00+01:00",
    subscription_starts_at: "2026-02-12T14:00:00+01:00",
    subscription_ends_at: "2026-02-20T23:59:00+01:00"
  }),
  // 8: only the three required keys
  { title: "Markköp utanför Växjö", loan_application_id: 5107, application_amount: 2900000 },
  // 9: every optional key null
  nullLoan(5108, "Renovering av torp i Bålsta", 1150000),
  // 10: amount above int32
  sample(5109, "Stadsutveckling i tre etapper, Hammarö", "00c55891f9965", 2750000000, 330000000, 20, {
    annual_interest_rate: 7.9,
    duration_in_months: 36,
    risk_score: "A"
  }),
  // 11: Danish loan, DKK
  sample(5110, "Ejendomsselskab søger byggekredit til rækkehuse på Ærø", "00c5627571316", 9500000, 6270000, 20, {
    annual_interest_rate: 9.25,
    available_kiis_languages: "DK",
    currency: "DKK"
  }),
  // 12: Norwegian loan, NOK (hidden unless subscription_origin_norway=1)
  sample(5111, "Utbygger søker finansiering av leiligheter på Sørøya", "00c56c58e8cc7", 18000000, 900000, 20, {
    annual_interest_rate: 10,
    duration_in_months: 16,
    available_kiis_languages: "NO",
    risk_score: "C",
    currency: "NOK"
  }),
  // 13: window crosses the daylight-saving change; several sheet languages
  sample(5112, "Seniorboende i Skövde", "00c5763c60678", 14200000, 0, 10, {
    annual_interest_rate: 9.1,
    duration_in_months: 20,
    available_kiis_languages: "SE,DK,NO",
    listing_date: "2026-03-10T07:30:00+01:00",
    subscription_starts_at: "2026-03-27T14:00:00+01:00",
    subscription_ends_at: "2026-04-03T23:59:00+02:00"
  }),
  // 14: smallest possible loan, zero rate, one month
  sample(5113, "Testlån", "00c5801fd8029", 500, 0, 20, {
    annual_interest_rate: 0,
    duration_in_months: 1,
    risk_score: "E"
  }),
  // 15: same id as 5101 on a later page, newer amount (must merge, newest wins)
  sample(5101, "Byggbolag söker kapital till tolv radhus i Östersund", "00c509763cbdd", 8000000, 3299500, 20, {
    annual_interest_rate: 10.25,
    duration_in_months: 15
  }),
  // 16: own bid present, listed, underwritten
  sample(5114, "Refinansiering av butikslokal i Trelleborg", "00c58a034f9da", 5500000, 4400000, 20, {
    annual_interest_rate: 9.75,
    is_listed: 1,
    underwriter_state: 1,
    my_bid_amount: 25000
  }),
  // 17: title with quotes, ampersand, angle brackets, dash, emoji, outer blanks
  sample(5115, '  Kv. "Sjöboden" & Söner – 4 lägenheter <etapp 2> 🏗  ', "00c593e6c738b", 2000000, 1000000, 20, {
    annual_interest_rate: 12,
    duration_in_months: 8,
    risk_score: "D"
  }),
  // 18: title longer than 255 characters (legacy column limit)
  sample(
    5116,
    "Etappvis exploatering av kustnära tomter: delområde 1 vid Gräsö, delområde 2 vid Gräsö, delområde 3 vid Gräsö, delområde 4 vid Gräsö, delområde 5 vid Gräsö, delområde 6 vid Gräsö, delområde 7 vid Gräsö, delområde 8 vid Gräsö, delområde 9 vid Gräsö, delområde 10 vid Gräsö, delområde 11 vid Gräsö",
    "00c59dca3ed3c",
    7000000,
    700000,
    20,
    {}
  ),
  // 19: UTC dates with microseconds
  sample(5117, "Energirenovering av flerbostadshus i Luleå", "00c5a7adb66ed", 5000000, 1000000, 20, {
    annual_interest_rate: 8,
    duration_in_months: 24,
    risk_score: "A",
    listing_date: "2026-03-06T09:12:31.000000Z",
    subscription_starts_at: "2026-03-09T13:00:00.000000Z",
    subscription_ends_at: "2026-03-16T22:59:00.000000Z"
  }),
  // 20: cancelled
  sample(5118, "Återkallat projekt i Ystad", "00c5b1912e09e", 3000000, 0, 90, {
    risk_score: "C",
    listing_date: "2026-02-01T09:00:00+01:00",
    subscription_starts_at: "2026-02-03T14:00:00+01:00",
    subscription_ends_at: "2026-02-10T23:59:00+01:00"
  }),
  // 21: paid out, running
  sample(5119, "Hotellombyggnad i Åre", "00c5bb74a5a4f", 16000000, 16000000, 50, {
    annual_interest_rate: 10,
    duration_in_months: 18,
    risk_score: "C",
    listing_date: "2025-10-01T09:00:00+02:00",
    subscription_starts_at: "2025-10-03T14:00:00+02:00",
    subscription_ends_at: "2025-10-09T23:59:00+02:00",
    fully_funded_state: 1
  }),
  // 22: repaid
  sample(5120, "Villatomter i Kungälv", "00c5c5581d400", 4500000, 4500000, 60, {
    listing_date: "2024-11-04T09:00:00+01:00",
    subscription_starts_at: "2024-11-06T14:00:00+01:00",
    subscription_ends_at: "2024-11-12T23:59:00+01:00",
    fully_funded_state: 1
  }),
  // 23: numbers as localized strings (NBSP thousands, comma, percent sign): accept after normalising
  sample(5121, "Kedjehus i Ängelholm", "00c5cf3b94db1", "8\u00a0500\u00a0000,00", "2\u00a0125\u00a0000", 20, {
    annual_interest_rate: "9,75 %",
    duration_in_months: "12",
    min_amount: "500"
  }),
  // 24: zero amount: reject, keep the rest of the page
  sample(5122, "Felaktig post", "00c5d91f0c762", 0, 0, 20, {}),
  // 25: blank title: reject, keep the rest of the page
  sample(5123, "   ", "00c5e30284113", 1000000, 0, 20, {})
]
