import "~/app/theme/tokens.css";
import "~/app/theme/mantine.css";
import "~/app/theme/base.css";
import "~/app/theme/mantine-ours.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { onSignedOut } from "~/api/client";
import { sessionKey } from "~/api/queries/session";
import type { Session } from "~/api/types";
import { App } from "~/app/App";
import { styleNonce } from "~/app/nonce";
import { makeQueryClient, Providers } from "~/app/providers";
import { startI18n } from "~/i18n/index";
import { useUi } from "~/stores/uiStore";

const client = makeQueryClient();

/* Dialogs lock the page's scrolling with a style block of their own; it reads its nonce from here. */
Object.assign(globalThis, { __webpack_nonce__: styleNonce() });

onSignedOut(() => {
  const signedIn = client.getQueryData<Session>(sessionKey)?.authenticated === true;
  if (signedIn) useUi.getState().setSignInNeeded(true);
});

/* A deployment replaced the files this page still names: fetch the new page once. */
window.addEventListener("vite:preloadError", (event) => {
  event.preventDefault();
  window.location.reload();
});

await startI18n();

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no #root");
createRoot(root).render(
  <StrictMode>
    <Providers client={client}>
      <App />
    </Providers>
  </StrictMode>,
);
