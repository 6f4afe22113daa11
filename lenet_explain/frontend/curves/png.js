// A picture of the SVG that ui/run_table.py sends, drawn by this browser and saved as PNG, twice as large.

const SCALE = 2;

function save(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

async function picture(svg, { width, height }) {
  const image = new Image(width, height);
  const source = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = SCALE * width;
    canvas.height = SCALE * height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(source);
  }
}

export default function png({ parentElement, data: [data] }) {
  const button = parentElement.querySelector("button");
  for (const [name, colour] of Object.entries(data.colours)) button.style.setProperty(`--${name}`, colour);
  button.onclick = async () => {
    const file = URL.createObjectURL(await picture(data.svg, data));
    save(file, data.name);
    setTimeout(() => URL.revokeObjectURL(file), 10_000);
  };
}
