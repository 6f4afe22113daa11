// A picture that the server has read for this visitor: laid on the paper once.
import { unframe } from "./frame.js";
import { draw } from "./live.js";

let laid = null; // the identity of the one on the paper

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function handed({ data }) {
  const { meta, tensors } = unframe(data);
  if (laid === meta.identity) return;
  laid = meta.identity;
  draw(Uint8Array.from(tensors.ink), "your picture");
}
