import { describe, expect, it } from 'vitest';
import type { FusionInputs, FusionNetwork } from '../../host/recommender/fusion-network.ts';
import { initialNetwork, scoreWithNetwork } from '../../host/recommender/fusion-network.ts';
import { exportFusion } from '../../host/recommender/fusion-onnx.ts';
import { openFusion } from '../../host/recommender/fusion-session.ts';
import {
  backward,
  drawLesson,
  forward,
  type Gradients,
  lossAndDerivatives,
  trainedParts,
  trainFusion,
} from '../../host/recommender/fusion-training.ts';
import { historiesOf } from '../../host/recommender/histories.ts';
import { seededRandom } from '../../host/recommender/random.ts';

const shape = { graphColumns: 5, textColumns: 7, textHeads: 3, hidden: 6 };
const [users, items] = [4, 30];

function randomInputs(): FusionInputs {
  const random = seededRandom(2, 'inputs');
  const fill = (length: number) => new Float32Array(length).map(() => random.normal());
  return {
    userGraph: fill(users * 15),
    itemGraph: fill(items * 15),
    userText: fill(users * 7),
    itemText: fill(items * 7),
  };
}

/** Far from its start, so that no part is idle. */
function randomNetwork(): FusionNetwork {
  const network = initialNetwork(shape, seededRandom(3, 'network'));
  const random = seededRandom(4, 'network');
  for (const part of trainedParts) {
    network[part].forEach((_, at) => {
      network[part][at] = random.normal() * 0.5;
    });
  }
  network.mean.forEach((_, at) => {
    network.mean[at] = random.normal();
    network.deviation[at] = 0.5 + random.uniform();
  });
  return network;
}

const columns = { graphColumns: 5, textColumns: 7 };
const histories = historiesOf(
  { nodes: users, rowPtr: Uint32Array.of(0, 2, 3, 3, 3), colIdx: Uint32Array.of(1, 5, 9) },
  items,
);

describe('the exported fusion graph', () => {
  it('scores as the network does', async () => {
    const [network, inputs] = [randomNetwork(), randomInputs()];
    await using session = await openFusion(exportFusion(network), inputs, columns);
    for (const user of [0, 3]) {
      const scores = await session.score(user);
      const expected = scoreWithNetwork(network, inputs, user);
      expect(scores.length).toBe(items);
      expected.forEach((value, item) => {
        expect(Math.abs(scores[item] - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
      expect([...(await session.score(user))]).toEqual([...scores]);
    }
  });

  it('works without h or without e: zeros are no accident', async () => {
    const [network, inputs] = [randomNetwork(), randomInputs()];
    const empty = {
      userGraph: new Float32Array(users * 15),
      itemGraph: new Float32Array(items * 15),
      userText: new Float32Array(users * 7),
      itemText: new Float32Array(items * 7),
    };
    await using session = await openFusion(exportFusion(network), empty, columns);
    const scores = await session.score(0);
    expect(new Set(scores).size).toBe(1);
    expect(scores[0]).toBeCloseTo(scoreWithNetwork(network, empty, 0)[0], 4);
    await using half = await openFusion(
      exportFusion(network),
      { ...inputs, userText: empty.userText, itemText: empty.itemText },
      columns,
    );
    expect(new Set(await half.score(0)).size).toBeGreaterThan(20);
  });

  it('has the same bytes for the same network', () => {
    expect(exportFusion(randomNetwork())).toEqual(exportFusion(randomNetwork()));
  });

  it('names user and item of a score that is not finite', async () => {
    const inputs = randomInputs();
    inputs.itemGraph[15 * 12] = Number.NaN;
    await using session = await openFusion(exportFusion(randomNetwork()), inputs, columns);
    await expect(session.score(2)).rejects.toThrow('the score of item 12 for user 2 is NaN');
  });
});

describe('training of the fusion network', () => {
  it.each([
    { graph: 1, text: 1 },
    { graph: 0, text: 1 },
    { graph: 1, text: 0 },
  ])('has the gradients that finite differences have, h $graph, e $text', (masks) => {
    const [network, inputs] = [randomNetwork(), randomInputs()];
    const next = Uint32Array.of(3, 8, 11);
    const lesson = drawLesson(inputs, shape, histories, next, 0, 13, seededRandom(5, 'draw'));
    const loss = () => {
      const pass = forward(network, inputs, lesson, masks);
      return { loss: lossAndDerivatives(lesson, pass.scores), pass };
    };
    const gradients = Object.fromEntries(
      trainedParts.map((part) => [part, new Float64Array(network[part].length)]),
    ) as Gradients;
    backward(network, inputs, lesson, masks, loss().pass, gradients);
    const step = 1e-6;
    for (const part of trainedParts) {
      network[part].forEach((value, at) => {
        network[part][at] = value + step;
        const up = loss().loss;
        network[part][at] = value - step;
        const down = loss().loss;
        network[part][at] = value;
        expect(gradients[part][at], `${part} ${at}`).toBeCloseTo((up - down) / (2 * step), 4);
      });
    }
  });

  it('draws unseen items once each, or takes all when there are few', () => {
    const inputs = randomInputs();
    const next = Uint32Array.of(3, 8);
    const some = drawLesson(inputs, shape, histories, next, 0, 10, seededRandom(1));
    expect([...some.items.subarray(0, 2)]).toEqual([3, 8]);
    const drawn = some.items.subarray(2);
    expect(new Set(drawn).size).toBe(10);
    expect([1, 5, 3, 8].some((item) => drawn.includes(item))).toBe(false);
    expect(some.share).toBe(26 / 10);
    const all = drawLesson(inputs, shape, histories, next, 0, 500, seededRandom(1));
    expect(all.items.length).toBe(28);
    expect(all.share).toBe(1);
  });

  it('lowers the loss, the same way each time', () => {
    const inputs = randomInputs();
    const later = {
      nodes: users,
      rowPtr: Uint32Array.of(0, 1, 2, 2, 2),
      colIdx: Uint32Array.of(3, 8),
    };
    const options = {
      seed: 1,
      epochs: 30,
      negatives: 20,
      batch: 1,
      learningRate: 0.02,
      decay: 0,
      modalityDropout: 0,
      mostUsers: 10,
    };
    const run = (seed: number) =>
      trainFusion(inputs, histories, later, shape, { ...options, seed });
    const { report, network } = run(1);
    expect(report.users).toBe(2);
    expect(report.losses[29]).toBeLessThan(report.losses[0] / 2);
    expect(exportFusion(run(1).network)).toEqual(exportFusion(network));
    expect(exportFusion(run(2).network)).not.toEqual(exportFusion(network));
  });

  it('has nothing to do without next items', () => {
    const none = { nodes: users, rowPtr: new Uint32Array(users + 1), colIdx: new Uint32Array(0) };
    const options = {
      seed: 1,
      epochs: 3,
      negatives: 20,
      batch: 2,
      learningRate: 0.01,
      decay: 0,
      modalityDropout: 0,
      mostUsers: 10,
    };
    const { report } = trainFusion(randomInputs(), histories, none, shape, options);
    expect(report).toEqual({ users: 0, positives: 0, losses: [] });
  });
});
