const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** Adam with decoupled weight decay (Kingma & Ba 2015; Loshchilov & Hutter 2019) for one array. */
export class Adam {
  private readonly weights: Float64Array;
  private readonly decay: number;
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  private steps = 0;

  constructor(weights: Float64Array, decay: number) {
    this.weights = weights;
    this.decay = decay;
    this.first = new Float64Array(weights.length);
    this.second = new Float64Array(weights.length);
  }

  /** Changes the weights in place, against `gradient` times `scale`. */
  step(gradient: Float64Array, scale: number, rate: number): void {
    this.steps++;
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = 1 - beta2 ** this.steps;
    const { weights, first, second, decay } = this;
    for (let at = 0; at < weights.length; at++) {
      const slope = gradient[at] * scale;
      first[at] = beta1 * first[at] + (1 - beta1) * slope;
      second[at] = beta2 * second[at] + (1 - beta2) * slope * slope;
      const change = first[at] / correction1 / (Math.sqrt(second[at] / correction2) + epsilon);
      weights[at] -= rate * (change + decay * weights[at]);
    }
  }
}
