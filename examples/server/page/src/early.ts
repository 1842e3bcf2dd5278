/** Runs before anything is drawn, so that who chose the dark never sees a flash of light. */
const theme = localStorage.getItem("saldo.theme")
if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme
