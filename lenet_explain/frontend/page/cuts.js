// A tab whose connection was lost and is back.

export const APP = '[data-testid="stApp"]';
const STATE = "data-test-connection-state"; // of Streamlit's own, on APP

/** Whenever a lost connection is back, asks for the whole page, by the newest `page.lenetAsk`. A server that was restarted
 * knows nothing of the fragments that Streamlit's timers ask it for, and the tab would stand still. */
export function askAfterCuts(page, app, Observer = globalThis.MutationObserver) {
  if (page.lenetCuts || !app) return;
  let cut = false;
  page.lenetCuts = new Observer(() => {
    const connected = app.getAttribute(STATE) === "CONNECTED";
    if (connected && cut) page.lenetAsk();
    cut = !connected;
  });
  page.lenetCuts.observe(app, { attributes: true, attributeFilter: [STATE] });
}
