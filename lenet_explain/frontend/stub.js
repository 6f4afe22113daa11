// The script that Streamlit is given for a component: it fetches the component's module from the server and passes every
// call on to its default export. ui/parts/register.py writes this text into the page and adds which module of which version.

const UPDATED = "This app has been updated since you opened it.";
const UNREACHABLE = "This part of the page could not be loaded: the connection is gone, or the app has been updated.";

const notices = new WeakMap(); // by place

/** Where the server's addresses begin. Its own style sheet tells, even below a proxy's prefix: the page's address does
 * not, since it has the page's name in it, and a script's `src` is read relative to that name. */
export function home({ styleSheets, baseURI }) {
  const sheet = [...styleSheets].find(({ href }) => /\/static\/css\/[^/]+$/.test(href ?? ""));
  return new URL(sheet ? "../../" : "./", sheet?.href ?? baseURI);
}

/**
 * The default export of a component's script.
 * @param {string} version of all modules: a tab runs those of one version only
 * @param {string[]} needed paths: the component's module first, then all that it imports, fetched side by side
 */
export function component(version, needed) {
  const loading = load(version, needed);
  const newest = new WeakMap();
  return async (given) => {
    const place = given.parentElement;
    const call = {};
    newest.set(place, call);
    let show;
    try {
      show = (await loading).default;
    } catch (error) {
      console.error(error);
      tell(place, error.sentence ?? UNREACHABLE);
      return undefined;
    }
    if (!place.isConnected) return undefined;
    const leave = show(given);
    place.host?.setAttribute("data-drawn", ""); // until then it is hidden: see ui/parts/register.py
    // Streamlit ends a call that a newer one has overtaken: the newer one has taken over its view
    return () => newest.get(place) === call && leave?.();
  };
}

async function load(version, needed) {
  const tab = document.documentElement.dataset;
  tab.frontend ??= version;
  if (tab.frontend !== version) throw Object.assign(new Error(`${needed[0]} is of another version`), { sentence: UPDATED });
  const [entry, ...others] = needed.map((path) => new URL(`frontend/${version}/${path}`, home(document)).href);
  for (const href of others) {
    if (document.head.querySelector(`link[href="${href}"]`)) continue;
    document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  }
  return import(entry);
}

/** One sentence instead of the component. */
function tell(place, sentence) {
  if (notices.has(place)) return;
  const notice = document.createElement("p");
  const reload = Object.assign(document.createElement("button"), { type: "button", textContent: "Reload the page" });
  reload.onclick = () => location.reload();
  notice.setAttribute("role", "alert");
  notice.style.cssText = "margin: 0.5rem 0; font: 1rem/1.5 var(--st-font); color: var(--st-text-color)";
  reload.style.cssText = "font: inherit; min-height: 2rem; cursor: pointer";
  notice.append(`${sentence} `, reload);
  for (const child of place.children) child.style.display = "none";
  place.append(notice);
  place.host?.setAttribute("data-drawn", "");
  notices.set(place, notice);
}
