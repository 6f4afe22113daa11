// A picture from the clipboard goes to the server, which reads it: it knows the formats and their traps.

/**
 * Listens for pictures pasted into the page until the returned function is called.
 * @param {{largest: () => number, refuse: (words: string) => void, take: (base64: string) => void}} means largest: bytes
 */
export function takePasted({ largest, refuse, take }) {
  const pasted = (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    refuse("");
    if (file.size > largest()) {
      refuse(`The picture has ${(file.size / 1e6).toFixed(1)} MB, and may have ${largest() / 1e6}: make it smaller first.`);
      return;
    }
    const reader = new FileReader();
    reader.onload = () => take(String(reader.result).split(",")[1]);
    reader.readAsDataURL(file);
  };
  document.addEventListener("paste", pasted);
  return () => document.removeEventListener("paste", pasted);
}
