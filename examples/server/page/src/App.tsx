/** The page as a whole: who is signed in, where they are, and what stands around it. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { mailedLink, type MailedLink } from "./entrance.ts"
import { grants, MeContext, RenewMeContext } from "./access.ts"
import * as client from "./client/client.ts"
import { SignedOut } from "./client/problem.ts"
import { mayBeSignedIn, onSession } from "./client/session.ts"
import { placeOf, placesFor } from "./places.tsx"
import { useRoute } from "./router.ts"
import { SignIn } from "./pages/SignIn.tsx"
import { change, hasChosenLanguage, useSettings } from "./settings.ts"
import { Connection, Preferences, TopBar } from "./ui/Frame.tsx"
import { announce, Announcer } from "./ui/announce.tsx"
import { Page } from "./ui/basics.tsx"
import { DoorFrame } from "./ui/DoorFrame.tsx"
import { lazy } from "./ui/lazy.tsx"
import { Failure, Guard, Loading } from "./ui/states.tsx"
import { useLoad } from "./ui/useLoad.ts"
import { t } from "./words/words.ts"

const useSignedIn = (): boolean => {
  const [signedIn, setSignedIn] = useState(mayBeSignedIn)
  useLayoutEffect(() => onSession(setSignedIn), [])
  return signedIn
}

const DoorPages = lazy(
  (inside) => <DoorFrame title="Saldo">{inside}</DoorFrame>,
  async () => (await import("./pages/door/DoorPages.tsx")).DoorPages
)

/** Where somebody can be who is not signed in; anywhere else is the sign-in. */
const atDoor: ReadonlySet<string | undefined> = new Set(["sign-up", "forgotten-password", "verification"])

interface DoorProps {
  readonly link: MailedLink | undefined
  readonly notice: string | undefined
  readonly onDone: (notice?: string) => void
}

const Door = ({ link, notice, onDone }: DoorProps) => {
  const [at] = useRoute().parts
  const first = useRef(true)
  useLayoutEffect(() => {
    if (!first.current) document.querySelector<HTMLElement>("#main h1")?.focus()
    first.current = false
  }, [at, link])
  return (
    <>
      <main id="main">
        <Guard key={at}>
          {link !== undefined || atDoor.has(at) ? (
            <DoorPages at={at} link={link} onDone={onDone} />
          ) : (
            <SignIn notice={notice} />
          )}
        </Guard>
      </main>
      <footer class="door-foot">
        <Preferences />
      </footer>
    </>
  )
}

const Inside = ({ me, renew }: { readonly me: client.Me; readonly renew: () => void }) => {
  const route = useRoute()
  const first = useRef(true)
  const places = placesFor((permission) => grants(me.permissions, permission))
  const place = placeOf(places, route)
  useEffect(() => {
    // Whoever has just signed in from one of the pages at the door is past them.
    if (atDoor.has(route.parts[0])) location.replace("#/")
  }, [route.path])
  useLayoutEffect(() => {
    // The browser's own focus is right when the page is opened, and wrong when only the part after # has changed.
    if (!first.current) {
      scrollTo(0, 0)
      document.querySelector<HTMLElement>("#main h1")?.focus({ preventScroll: true })
    }
    first.current = false
  }, [route.path])
  return (
    <MeContext.Provider value={me}>
      <RenewMeContext.Provider value={renew}>
        <a
          class="skip"
          href="#main"
          onClick={(event) => {
            event.preventDefault()
            document.querySelector<HTMLElement>("#main h1")?.focus()
          }}
        >
          {t("skip")}
        </a>
        <TopBar places={places} at={place?.key} me={me} />
        <main id="main">
          <Connection />
          <Guard key={route.path}>{place === undefined ? <Lost /> : place.draw(route)}</Guard>
        </main>
      </RenewMeContext.Provider>
    </MeContext.Provider>
  )
}

const Lost = () => (
  <Page title={t("lost.title")}>
    <p>
      <a href="#/">{t("lost.home")}</a>
    </p>
  </Page>
)

const Known = () => {
  const load = useLoad(client.me, [])
  const { value } = load
  useEffect(() => {
    if (value === undefined || hasChosenLanguage()) return
    change({ language: value.locale.startsWith("sv") ? "sv" : "en" }, false)
  }, [value?.id])
  if (value !== undefined) return <Inside me={value} renew={load.reload} />
  return (
    <main id="main" class="door-inner">
      <h1 class="unseen">Saldo</h1>
      {load.error === undefined || load.error instanceof SignedOut ? (
        <Loading />
      ) : (
        <Failure error={load.error} retry={load.reload} />
      )}
    </main>
  )
}

/** The whole page. */
export const App = () => {
  useSettings()
  const signedIn = useSignedIn()
  const [link, setLink] = useState(mailedLink)
  const [notice, setNotice] = useState<string>()
  const onDone = (said?: string) => {
    setLink(undefined)
    setNotice(said)
    if (said !== undefined) announce(said)
  }
  useEffect(() => {
    // What was said at the door has been read by who is inside.
    if (signedIn) setNotice(undefined)
  }, [signedIn])
  return (
    <>
      <Announcer />
      {signedIn && link === undefined ? <Known /> : <Door link={link} notice={notice} onDone={onDone} />}
    </>
  )
}
