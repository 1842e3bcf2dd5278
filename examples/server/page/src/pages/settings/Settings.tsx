/** What somebody decides about itself. */
import { hrefOf, type Route } from "../../router.ts"
import { Page, Tabs } from "../../ui/basics.tsx"
import { t } from "../../words/words.ts"
import { ApiKeysPart } from "./ApiKeys.tsx"
import { ProfilePart } from "./Profile.tsx"
import { SecurityPart } from "./Security.tsx"
import { SessionsPart } from "./Sessions.tsx"
import { s } from "./words.ts"

const parts = {
  profile: ProfilePart,
  security: SecurityPart,
  sessions: SessionsPart,
  keys: ApiKeysPart
} as const

type PartName = keyof typeof parts

const names = Object.keys(parts) as ReadonlyArray<PartName>

const hrefFor = (name: PartName): string => hrefOf(name === "profile" ? ["settings"] : ["settings", name])

/** The settings. */
export const SettingsPage = ({ route }: { readonly route: Route }) => {
  const at = names.find((name) => name === route.parts[1]) ?? "profile"
  const Part = parts[at]
  return (
    <Page title={t("settings.title")}>
      <Tabs label={s("tabs")} at={hrefFor(at)} of={names.map((name) => [hrefFor(name), s(`tab.${name}`)] as const)} />
      <Part />
    </Page>
  )
}
