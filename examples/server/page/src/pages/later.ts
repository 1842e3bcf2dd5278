/** The pages that not everybody needs. They come together, when the first of them is asked for: one way to the server, not six. */
export { PayeesPage } from "./payees/Payees.tsx"
export { PlansPage } from "./plans/Plans.tsx"
export { SettingsPage } from "./settings/Settings.tsx"
export { UsersPage } from "./users/Users.tsx"
export { WebhooksPage } from "./webhooks/Webhooks.tsx"
