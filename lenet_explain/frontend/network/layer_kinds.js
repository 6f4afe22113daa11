// What each kind of layer does in the browser: one entry a kind, under the name that Python's layers give it.
// Maps are {maps, height, width, data}, data: Float32Array, map by map, row by row. Sums are added up in double precision.
//
// Of an entry, with `layer` as network.js lays it out:
//   forward(layer, before, sums)           fills sums.data
//   back(layer, before, sums, errors)      dE/d(sums), Float64Array → dE/d(before), Float64Array
//   terms(layer, before, unit)             what the sum of one unit is made of: opened_unit.js shows it
// A dense layer is a convolution whose kernel covers all it was described for: hence it works on wider inputs too.

/** Calls visit(at in the map before, at in the window) for each cell of a window that lies on the maps. */
function overWindow({ window: { height, width, stride, padding } }, before, y, x, visit) {
  for (let row = 0; row < height; row += 1) {
    const down = y * stride - padding + row;
    if (down < 0 || down >= before.height) continue;
    for (let column = 0; column < width; column += 1) {
      const across = x * stride - padding + column;
      if (across >= 0 && across < before.width) visit(down * before.width + across, row * width + column);
    }
  }
}

/** The window at (y, x) of every map before, one after the other; beyond the edge 0. */
function patchInto(patch, layer, before, y, x) {
  const { height, width, stride, padding } = layer.window;
  const [top, left] = [y * stride - padding, x * stride - padding];
  let at = 0;
  for (let map = 0; map < before.maps; map += 1) {
    for (let row = top; row < top + height; row += 1) {
      const from = (map * before.height + row) * before.width;
      const inside = row >= 0 && row < before.height;
      for (let column = left; column < left + width; column += 1) {
        patch[at++] = inside && column >= 0 && column < before.width ? before.data[from + column] : 0;
      }
    }
  }
}

const weightedSums = {
  forward(layer, before, sums) {
    const { kernels, bias } = layer;
    const cells = layer.cells * before.maps;
    const patch = (layer.patch ??= new Float64Array(cells));
    const area = sums.height * sums.width;
    for (let place = 0; place < area; place += 1) {
      patchInto(patch, layer, before, Math.floor(place / sums.width), place % sums.width);
      for (let map = 0, at = 0; map < sums.maps; map += 1) {
        let sum = bias ? bias[map] : 0;
        for (let cell = 0; cell < cells; cell += 1, at += 1) sum += kernels[at] * patch[cell];
        sums.data[map * area + place] = sum;
      }
    }
  },
  back(layer, before, sums, errors) {
    const back = new Float64Array(before.data.length);
    const { height, width, stride, padding } = layer.window;
    const area = sums.height * sums.width;
    for (let at = 0; at < errors.length; at += 1) {
      if (errors[at] === 0) continue;
      const [map, place] = [Math.floor(at / area), at % area];
      const [top, left] = [Math.floor(place / sums.width) * stride - padding, (place % sums.width) * stride - padding];
      const [first, last] = [Math.max(0, -top), Math.min(height, before.height - top)];
      const [from, to] = [Math.max(0, -left), Math.min(width, before.width - left)];
      for (let input = 0; input < before.maps; input += 1) {
        const kernel = (map * before.maps + input) * layer.cells;
        for (let row = first; row < last; row += 1) {
          const under = (input * before.height + top + row) * before.width + left;
          const cells = kernel + row * width;
          for (let column = from; column < to; column += 1) back[under + column] += errors[at] * layer.kernels[cells + column];
        }
      }
    }
    return back;
  },
};

const blockSums = {
  forward(layer, before, sums) {
    eachUnit(sums, (map, y, x, at) => {
      sums.data[at] = added(layer, before, map, y, x) * layer.coefficient[map] + layer.bias[map];
    });
  },
  back: (layer, before, sums, errors) => spread(layer, before, sums, errors, (map) => layer.coefficient[map]),
};

const means = {
  forward(layer, before, sums) {
    eachUnit(sums, (map, y, x, at) => {
      sums.data[at] = added(layer, before, map, y, x) / cellsThere(layer, before, y, x);
    });
  },
  back(layer, before, sums, errors) {
    return spread(layer, before, sums, errors, (map, y, x) => 1 / cellsThere(layer, before, y, x));
  },
};

const largest = {
  forward(layer, before, sums) {
    eachUnit(sums, (map, y, x, at) => {
      sums.data[at] = before.data[largestOf(layer, before, map, y, x)];
    });
  },
  back(layer, before, sums, errors) {
    const back = new Float64Array(before.data.length);
    eachUnit(sums, (map, y, x, at) => {
      if (errors[at]) back[largestOf(layer, before, map, y, x)] += errors[at];
    });
    return back;
  },
};

const normalised = {
  forward(layer, before, sums) {
    eachUnit(sums, (map, y, x, at) => {
      sums.data[at] = ((before.data[at] - layer.mean[map]) / spreadOf(layer, map)) * layer.scale[map] + layer.shift[map];
    });
  },
  back(layer, before, sums, errors) {
    const area = sums.height * sums.width;
    return errors.map((error, at) => {
      const map = Math.floor(at / area);
      return (error * layer.scale[map]) / spreadOf(layer, map);
    });
  },
};

/** Squared distances to the codes, Eq. 7; the codes do not learn. */
const distances = {
  forward(layer, before, sums) {
    const area = sums.height * sums.width;
    eachUnit(sums, (map, y, x, at) => {
      let sum = 0;
      for (let input = 0; input < before.maps; input += 1) {
        sum += (before.data[input * area + (at % area)] - layer.codes[map * before.maps + input]) ** 2;
      }
      sums.data[at] = sum;
    });
  },
  back(layer, before, sums, errors) {
    const area = sums.height * sums.width;
    const back = new Float64Array(before.data.length);
    eachUnit(sums, (map, y, x, at) => {
      for (let input = 0; input < before.maps && errors[at]; input += 1) {
        const from = input * area + (at % area);
        back[from] += 2 * errors[at] * (before.data[from] - layer.codes[map * before.maps + input]);
      }
    });
    return back;
  },
};

export const spreadOf = (layer, map) => Math.sqrt(layer.variance[map] + layer.epsilon);

function eachUnit({ maps, height, width }, visit) {
  let at = 0;
  for (let map = 0; map < maps; map += 1) {
    for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) visit(map, y, x, at++);
  }
}

/** How many cells of a window lie on the maps: fewer than it has where it reaches beyond the edge. */
export function cellsThere(layer, before, y, x) {
  let count = 0;
  overWindow(layer, before, y, x, () => (count += 1));
  return count;
}

function added(layer, before, map, y, x) {
  const from = map * before.height * before.width;
  let sum = 0;
  overWindow(layer, before, y, x, (pixel) => {
    sum += before.data[from + pixel];
  });
  return sum;
}

/** Where the largest value of a window lies; of equal ones the first counts. */
export function largestOf(layer, before, map, y, x) {
  const from = map * before.height * before.width;
  let best = -1;
  overWindow(layer, before, y, x, (pixel) => {
    if (best < 0 || before.data[from + pixel] > before.data[best]) best = from + pixel;
  });
  return best;
}

function spread(layer, before, sums, errors, share) {
  const back = new Float64Array(before.data.length);
  eachUnit(sums, (map, y, x, at) => {
    const error = errors[at] * share(map, y, x);
    if (error) overWindow(layer, before, y, x, (pixel) => (back[map * before.height * before.width + pixel] += error));
  });
  return back;
}

export const KINDS = {
  convolution: weightedSums,
  dense: weightedSums,
  subsampling: blockSums,
  "average pooling": means,
  "max pooling": largest,
  "batch normalisation": normalised,
  "radial basis": distances,
};
