/** The page as a whole: who is signed in, where they are, and what stands around it. */
import { useEffect, useRef, useState } from "preact/hooks"
import { grants, MeContext } from "./access.ts"
import * as client from "./client/client.ts"
import { SignedOut } from "./client/problem.ts"
import { mayBeSignedIn, onSession } from "./client/session.ts"
import { placeOf, placesFor } from "./places.tsx"
import { useRoute } from "./router.ts"
import { SignIn } from "./pages/SignIn.tsx"
import { change, hasChosenLanguage, useSettings } from "./settings.ts"
import { Connection, Preferences, TopBar } from "./ui/Frame.tsx"
import { Announcer } from "./ui/announce.tsx"
import { Failure, Guard, Loading } from "./ui/states.tsx"
import { useLoad } from "./ui/useLoad.ts"
import { t } from "./words/words.ts"

const useSignedIn = (): boolean => {
  const [signedIn, setSignedIn] = useState(mayBeSignedIn)
  useEffect(() => onSession(setSignedIn), [])
  return signedIn
}

const Door = () => (
  <>
    <main id="main">
      <SignIn />
    </main>
    <footer class="door-foot">
      <Preferences />
    </footer>
  </>
)

const Inside = ({ me }: { readonly me: client.Me }) => {
  const route = useRoute()
  const first = useRef(true)
  const places = placesFor((permission) => grants(me.permissions, permission))
  const place = placeOf(places, route)
  useEffect(() => {
    const heading = document.querySelector<HTMLElement>("#main h1")
    document.title = heading === null ? "Saldo" : `${heading.textContent} · Saldo`
    // The browser's own focus is right when the page is opened, and wrong when only the part after # has changed.
    if (!first.current) {
      scrollTo(0, 0)
      heading?.focus({ preventScroll: true })
    }
    first.current = false
  }, [route.path])
  return (
    <MeContext.Provider value={me}>
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
    </MeContext.Provider>
  )
}

const Lost = () => (
  <>
    <h1 tabIndex={-1}>{t("lost.title")}</h1>
    <p>
      <a href="#/">{t("lost.home")}</a>
    </p>
  </>
)

const Known = () => {
  const load = useLoad(client.me, [])
  const { value } = load
  useEffect(() => {
    if (value === undefined || hasChosenLanguage()) return
    change({ language: value.locale.startsWith("sv") ? "sv" : "en" }, false)
  }, [value?.id])
  if (value !== undefined) return <Inside me={value} />
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
  return (
    <>
      <Announcer />
      {signedIn ? <Known /> : <Door />}
    </>
  )
}
