import type { Origin } from "../LoanBook.ts"
import { between, pick } from "./seededHash.ts"

type Words = readonly [string, ...ReadonlyArray<string>]

interface Language {
  readonly openings: Words
  readonly objects: Words
  readonly places: Words
  readonly securities: Words
}

/** Invented projects in real places: no borrower, no street and no company of these texts exists. */
const languages: Readonly<Record<Origin, Language>> = {
  SE: {
    openings: [
      "Byggbolag söker kapital till #",
      "Fastighetsbolag söker finansiering av #",
      "Bryggfinansiering: #",
      "Förvärvslån för #",
      "Byggkredit till #",
      "Refinansiering av #",
      "Tilläggslån för #",
      "Projektutvecklare söker lån till #"
    ],
    objects: [
      "% radhus",
      "% parhus",
      "% villatomter",
      "% bostadsrätter",
      "hyresfastighet med % lägenheter",
      "% kedjehus",
      "kontorshus",
      "lagerlokal",
      "markfastighet",
      "ombyggnad av skola till % lägenheter",
      "stambyte i % lägenheter",
      "äldreboende",
      "butikslokal",
      "% studentlägenheter",
      "energirenovering av flerbostadshus"
    ],
    places: [
      "Östersund",
      "Åmål",
      "Gävle",
      "Norrköping",
      "Växjö",
      "Örebro",
      "Luleå",
      "Skövde",
      "Ystad",
      "Kungälv",
      "Ängelholm",
      "Trelleborg",
      "Halmstad",
      "Åre",
      "Bålsta",
      "Hammarö",
      "Kristianstad",
      "Söderhamn",
      "Örnsköldsvik",
      "Mjölby",
      "Säffle",
      "Höganäs",
      "Värmdö",
      "Nyköping",
      "Umeå"
    ],
    securities: [
      "Pantbrev med bästa rätt",
      "Pantbrev i andra hand och borgen",
      "Aktiepant och moderbolagsborgen",
      "Obebyggd mark som säkerhet"
    ]
  },
  DK: {
    openings: [
      "Ejendomsselskab søger byggekredit til #",
      "Bygherre søger finansiering af #",
      "Brofinansiering: #",
      "Refinansiering af #",
      "Købslån til #"
    ],
    objects: [
      "% rækkehuse",
      "% andelsboliger",
      "% ejerlejligheder",
      "erhvervslokale",
      "udlejningsejendom med % lejemål",
      "% sommerhusgrunde",
      "ombygning af fabrik til % boliger",
      "lagerbygning"
    ],
    places: [
      "Ærø",
      "Aarhus",
      "Odense",
      "Næstved",
      "Køge",
      "Hjørring",
      "Sønderborg",
      "Rønne",
      "Holbæk",
      "Tønder",
      "Ribe"
    ],
    securities: ["Førsteprioritetspant", "Pant efter realkredit", "Selvskyldnerkaution fra moderselskab"]
  },
  NO: {
    openings: [
      "Utbygger søker finansiering av #",
      "Eiendomsselskap søker lån til #",
      "Byggelån til #",
      "Refinansiering av #",
      "Mellomfinansiering: #"
    ],
    objects: [
      "% leiligheter",
      "% rekkehus",
      "% hyttetomter",
      "næringsbygg",
      "% tomannsboliger",
      "utleiebygg med % hybler",
      "lagerhall",
      "ombygging av skole til % leiligheter"
    ],
    places: [
      "Sørøya",
      "Tromsø",
      "Ålesund",
      "Bodø",
      "Drammen",
      "Molde",
      "Hønefoss",
      "Gjøvik",
      "Årdal",
      "Tønsberg",
      "Narvik"
    ],
    securities: ["Førsteprioritets pant", "Pant i aksjer og morselskapsgaranti", "Annenprioritets pant"]
  }
}

/** Title and security text of the loan with this index; the same (seed, index) always gives the same words. */
export const loanWords = (
  seed: number,
  index: number,
  origin: Origin
): { readonly title: string; readonly security: string } => {
  const language = languages[origin]
  const object = pick(language.objects, seed, index, 2).replace("%", String(between(seed, index, 3, 4, 48)))
  const opening = pick(language.openings, seed, index, 1).replace("#", object)
  const at = origin === "SE" ? "i" : origin === "DK" ? "ved" : "på"
  return {
    title: `${opening} ${at} ${pick(language.places, seed, index, 4)}`,
    security: pick(language.securities, seed, index, 5)
  }
}
