/** What stands around every page: the way to the others, who is signed in, language and appearance. */
import { useLayoutEffect, useState } from "preact/hooks"
import type { Me } from "../client/client.ts"
import type { Place } from "../places.tsx"
import { change, current, type Language, type Theme } from "../settings.ts"
import { leave } from "./leave.ts"
import { t } from "../words/words.ts"

/** Language and appearance. */
export const Preferences = () => {
  const { language, theme } = current()
  return (
    <div class="preferences">
      <label>
        <span class="unseen">{t("preference.language")}</span>
        <select
          value={language}
          onChange={({ currentTarget }) => change({ language: currentTarget.value as Language })}
        >
          <option value="en">English</option>
          <option value="sv">Svenska</option>
        </select>
      </label>
      <label>
        <span class="unseen">{t("preference.theme")}</span>
        <select value={theme} onChange={({ currentTarget }) => change({ theme: currentTarget.value as Theme })}>
          <option value="system">{t("theme.system")}</option>
          <option value="light">{t("theme.light")}</option>
          <option value="dark">{t("theme.dark")}</option>
        </select>
      </label>
    </div>
  )
}

interface TopBarProps {
  readonly places: ReadonlyArray<Place>
  readonly at: string | undefined
  readonly me: Me
}

/** The way to every page: a column beside it, or a menu above it where there is no room. */
export const TopBar = ({ at, me, places }: TopBarProps) => {
  const [open, setOpen] = useState(false)
  useLayoutEffect(() => {
    const close = () => setOpen(false)
    const escape = ({ key }: KeyboardEvent) => {
      if (key === "Escape") close()
    }
    addEventListener("hashchange", close)
    addEventListener("keydown", escape)
    return () => {
      removeEventListener("hashchange", close)
      removeEventListener("keydown", escape)
    }
  }, [])
  return (
    <header class={`frame ${open ? "frame-open" : ""}`}>
      <div class="frame-top">
        <a class="wordmark" href="#/">
          Saldo
        </a>
        <button
          type="button"
          class="button frame-toggle"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          {open ? t("menu.close") : t("menu.open")}
        </button>
      </div>
      <div id="menu" class="frame-menu">
        <nav aria-label={t("menu.pages")}>
          <ul>
            {places
              .filter(({ listed }) => listed)
              .map(({ key, title }) => (
                <li key={key}>
                  <a href={`#/${key}`} aria-current={key === at ? "page" : undefined}>
                    {title()}
                  </a>
                </li>
              ))}
          </ul>
        </nav>
        <div class="frame-foot">
          <p class="frame-me">
            <strong>{me.name ?? me.id}</strong>
            <span>{me.email}</span>
          </p>
          <a href="#/settings" aria-current={at === "settings" ? "page" : undefined}>
            {t("settings.title")}
          </a>
          <Preferences />
          <button type="button" class="button" onClick={leave}>
            {t("sign-out")}
          </button>
        </div>
      </div>
    </header>
  )
}

/** Says so when there is no connection. */
export const Connection = () => {
  const [online, setOnline] = useState(navigator.onLine)
  useLayoutEffect(() => {
    const look = () => setOnline(navigator.onLine)
    addEventListener("online", look)
    addEventListener("offline", look)
    return () => {
      removeEventListener("online", look)
      removeEventListener("offline", look)
    }
  }, [])
  return <div role="status">{online ? null : <p class="offline">{t("state.offline.banner")}</p>}</div>
}
