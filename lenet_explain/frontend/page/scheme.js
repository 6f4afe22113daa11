// Tells the server when this visitor turns from light to dark or back: pictures take their colours from there.

/** Whether a CSS colour, #rrggbb or rgb(), is darker than middle grey. */
function isDark(colour) {
  const hex = colour.trim().match(/^#([0-9a-f]{6})/i);
  const channels = hex ? [0, 2, 4].map((at) => Number.parseInt(hex[1].slice(at, at + 2), 16)) : (colour.match(/\d+/g) ?? []).map(Number);
  return channels.length >= 3 && channels[0] + channels[1] + channels[2] < 384;
}

/** Called by Streamlit at first, with every change of data and with every change of theme. */
export default function scheme({ parentElement, data, setTriggerValue }) {
  const [{ scheme: drawn }] = data;
  const shown = isDark(getComputedStyle(parentElement.host ?? parentElement).getPropertyValue("--st-background-color")) ? "dark" : "light";
  if (shown !== drawn) setTriggerValue("changed", shown);
}
