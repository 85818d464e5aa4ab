import { parseXml, type XmlElement, xmlAt } from '../../support/xml.ts';
import type { HlsLoop, HlsReport, NumberRange, ResourceCounts } from './hw-reports.ts';

/** `27`, `30 ~ 541`; undefined for `undef`, `-`, `?` and what is missing. */
function range(text: string | undefined): NumberRange | undefined {
  const numbers = /^(\d+)(?:\s*[~-]\s*(\d+))?$/.exec(text?.trim() ?? '');
  if (numbers === null) return undefined;
  const [, min = '', max = min] = numbers;
  return { min: Number(min), max: Number(max) };
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** A range as text, or as elements `range/min` and `range/max`, as trip counts are written. */
function elementRange(element: XmlElement | undefined): NumberRange | undefined {
  if (element === undefined) return undefined;
  const bounds = xmlAt(element, 'range') ?? element;
  const [min, max] = [xmlAt(bounds, 'min'), xmlAt(bounds, 'max')].map((one) => range(one?.text));
  if (min !== undefined && max !== undefined) return { min: min.min, max: max.max };
  return range(element.text);
}

/** Two elements, the least and the most; one of them does where the other is not there. */
function between(parent: XmlElement | undefined, low: string, high: string) {
  if (parent === undefined) return undefined;
  const min = range(xmlAt(parent, low)?.text);
  const max = range(xmlAt(parent, high)?.text);
  if (min === undefined && max === undefined) return undefined;
  return { min: (min ?? max)?.min ?? 0, max: (max ?? min)?.max ?? 0 };
}

function resources(element: XmlElement | undefined): ResourceCounts {
  const counts: Record<string, number> = {};
  for (const { name, text } of element?.children ?? []) {
    const count = decimal(text);
    // 2020's reports call DSPs by their primitive.
    if (count !== undefined) counts[name === 'DSP48E' ? 'DSP' : name] = count;
  }
  return counts;
}

const loopFields = new Set([
  'TripCount',
  'Latency',
  'PipelineII',
  'PipelineDepth',
  'IterationLatency',
]);

/** Loops lie below each other as they are nested; their elements are named after their labels. */
function loopsOf(module: string, summary: XmlElement | undefined): HlsLoop[] {
  return (summary?.children ?? []).flatMap((loop) => {
    const isLoop = loop.children.some(({ name }) => loopFields.has(name));
    if (!isLoop) return [];
    const [interval, latency] = [xmlAt(loop, 'PipelineII'), xmlAt(loop, 'Latency')];
    const [ii, cycles] = [range(interval?.text), elementRange(latency)];
    const trips = elementRange(xmlAt(loop, 'TripCount'));
    const depth = range(xmlAt(loop, 'PipelineDepth')?.text);
    const own: HlsLoop = {
      module,
      name: xmlAt(loop, 'Name')?.text ?? loop.attributes['name'] ?? loop.name,
      ...(ii === undefined ? {} : { interval: ii.max }),
      ...(depth === undefined ? {} : { depth: depth.max }),
      ...(cycles === undefined ? {} : { latency: cycles }),
      ...(trips === undefined ? {} : { trips }),
    };
    return [own, ...loopsOf(module, loop)];
  });
}

/**
 * What Vitis HLS writes as `csynth.xml`: the whole design, with its modules in `ModuleInformation`. The
 * interval of the whole is taken from the root, where it is the top function's own.
 * @returns what it holds; whatever a release does not write is left out, and `warnings` says so when it
 * is something that every release that was seen does write.
 * @throws TilewrightError `XML` when it is no XML, or cut off.
 */
export function parseCsynth(text: string): {
  readonly report: HlsReport;
  readonly warnings: readonly string[];
} {
  const root = parseXml(text);
  const warnings: string[] = [];
  const assigned = xmlAt(root, 'UserAssignments');
  const estimates = xmlAt(root, 'PerformanceEstimates');
  const overall = estimates === undefined ? undefined : xmlAt(estimates, 'SummaryOfOverallLatency');
  const area = xmlAt(root, 'AreaEstimates');
  for (const [name, found] of [
    ['PerformanceEstimates', estimates],
    ['AreaEstimates', area],
  ] as const) {
    if (found === undefined) warnings.push(`the HLS report has no ${name}`);
  }
  const top = (assigned === undefined ? undefined : xmlAt(assigned, 'TopModelName')?.text) ?? '';
  const own = loopsOf(top, estimates && xmlAt(estimates, 'SummaryOfLoopLatency'));
  const inner = (xmlAt(root, 'ModuleInformation')?.children ?? []).flatMap((module) => {
    const name = xmlAt(module, 'Name')?.text ?? module.name;
    return name === top
      ? []
      : loopsOf(name, xmlAt(module, 'PerformanceEstimates', 'SummaryOfLoopLatency'));
  });
  const version = xmlAt(root, 'ReportVersion', 'Version')?.text;
  const target = decimal(assigned && xmlAt(assigned, 'TargetClockPeriod')?.text);
  const estimated = decimal(
    estimates && xmlAt(estimates, 'SummaryOfTimingAnalysis', 'EstimatedClockPeriod')?.text,
  );
  const latency = between(overall, 'Best-caseLatency', 'Worst-caseLatency');
  const interval = between(overall, 'Interval-min', 'Interval-max');
  return {
    warnings,
    report: {
      top,
      ...(version === undefined ? {} : { version }),
      ...(target === undefined ? {} : { targetNs: target }),
      ...(estimated === undefined ? {} : { estimatedNs: estimated }),
      ...(latency === undefined ? {} : { latency }),
      ...(interval === undefined ? {} : { interval }),
      loops: [...own, ...inner],
      used: resources(area && xmlAt(area, 'Resources')),
      available: resources(area && xmlAt(area, 'AvailableResources')),
    },
  };
}
